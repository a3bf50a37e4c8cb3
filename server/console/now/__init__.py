"""How it stands just now: a board and a map of sites, a site by itself, and how posts were covered over a day."""

from server.console.now import board, coverage, site
from server.console.now.doors import pages

__all__ = ["board", "coverage", "pages", "site"]
