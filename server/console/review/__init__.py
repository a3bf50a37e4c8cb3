"""Review: the queue of findings, each with its evidence and a suggested decision, alone or many at once."""

from server.console.review import act, browse, many, one, proposals, views
from server.console.review.doors import pages

__all__ = ["act", "browse", "many", "one", "pages", "proposals", "views"]
