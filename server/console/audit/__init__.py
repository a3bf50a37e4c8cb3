"""Who read personal data: the list that an auditor looks through, and whether it is as it was sealed."""

from server.console.audit.browse import pages

__all__ = ["pages"]
