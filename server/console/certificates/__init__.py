"""Certificates: whose, over what, and how each stands; issuing one, and withdrawing it."""

from server.console.certificates import issue, team, withdraw
from server.console.certificates.browse import pages

__all__ = ["issue", "pages", "team", "withdraw"]
