"""Who leads at this kiosk: leads let others in, and each changes their own PIN."""

from typing import Any

from flask import Blueprint

from kiosk.lead import leads as use
from kiosk.web import asked
from kiosk.web.here import here
from kiosk.web.lead.asked import lead

leads = Blueprint("lead_leads", __name__)


@leads.get("/api/lead/leads")
def known() -> dict[str, Any]:
    """Give the numbers of all leads."""
    lead()
    return {"leads": use.all_leads(here().kiosk().store.db)}


@leads.post("/api/lead/leads/add")
def add() -> dict[str, Any]:
    """Make somebody a lead, with a PIN that they type themselves."""
    session, fields = lead(), asked.body({"who": str, "pin": str})
    use.add(here().kiosk(), session.key, fields["who"].strip(), fields["pin"], by=session.who)
    return {"who": fields["who"].strip()}


@leads.post("/api/lead/leads/remove")
def remove() -> dict[str, Any]:
    """Let somebody lead no longer."""
    session, fields = lead(), asked.body({"who": str})
    use.remove(here().kiosk(), fields["who"], by=session.who)
    return {}


@leads.post("/api/lead/pin")
def change() -> dict[str, Any]:
    """Change one's own PIN."""
    session, fields = lead(), asked.body({"pin": str})
    use.change(here().kiosk(), session.key, session.who, fields["pin"])
    return {}
