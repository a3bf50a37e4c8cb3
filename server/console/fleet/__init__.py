"""The fleet: kiosks and how each stands, enrolment codes, messages to their leads, and batches that were set aside."""

from server.console.fleet import aside, browse, codes, confirm, messages, one, revoke
from server.console.fleet.doors import pages

__all__ = ["aside", "browse", "codes", "confirm", "messages", "one", "pages", "revoke"]
