"""Stars: which thresholds hold, lists that are put up for objection, what they rest on, and concluding them."""

from server.console.stars import object, put_up  # noqa: A004 # named as the use case is
from server.console.stars.browse import pages

__all__ = ["object", "pages", "put_up"]
