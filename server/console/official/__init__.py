"""The official site: what waits to be sent and until when, sending it, and taking its receipts back."""

from server.console.official import send
from server.console.official.browse import pages

__all__ = ["pages", "send"]
