"""Requests for correction: what volunteers say is wrong, until when it must be answered, and the answer (E8)."""

from server.console.corrections import answer, ask
from server.console.corrections.browse import pages

__all__ = ["answer", "ask", "pages"]
