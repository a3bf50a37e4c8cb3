"""Long work in the background: one's own runs, how far each is, stopping one, and getting what it made."""

from server.console.runs import fetch
from server.console.runs.browse import pages

__all__ = ["fetch", "pages"]
