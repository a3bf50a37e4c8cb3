"""Bulletins: those that were issued, what is in one, where each figure comes from; and issuing the next."""

from server.console.bulletins import issue
from server.console.bulletins.browse import pages

__all__ = ["issue", "pages"]
