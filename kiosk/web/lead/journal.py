"""The log of everything done, a page at a time."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request

from kiosk.lead.journal import read_journal
from kiosk.web.here import here
from kiosk.web.lead.asked import lead

journals = Blueprint("lead_journal", __name__)


@journals.get("/api/lead/journal")
def journal() -> dict[str, Any]:
    """Give a page. before: a seq, 0 for the newest; leads: `1` leaves out what nobody led."""
    lead()
    before = request.args.get("before", "0")
    number = int(before) if before.isdecimal() and len(before) < 17 else 0
    is_leads = request.args.get("leads") == "1"
    return asdict(read_journal(here().kiosk(), number, only_leads=is_leads))
