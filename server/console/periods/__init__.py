"""Periods: which months of which sites are closed, what the others wait for, and figures that add up."""

from server.console.periods import close
from server.console.periods.browse import pages

__all__ = ["close", "pages"]
