"""Gear handed out and returned."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from kiosk.lead.gear import hand_out, held
from kiosk.web import asked
from kiosk.web.here import here
from kiosk.web.lead.asked import lead

gears = Blueprint("lead_gear", __name__)


@gears.get("/api/lead/gear")
def shown() -> dict[str, Any]:
    """List who still has what."""
    lead()
    return {"held": [asdict(one) for one in held(here().kiosk().store.db)]}


@gears.post("/api/lead/gear")
def moved() -> dict[str, Any]:
    """Write down gear that went out, or (count below 0) came back."""
    session, fields = lead(), asked.body({"who": str, "item": str, "count": int})
    kiosk, who = here().kiosk(), fields["who"].strip()
    return {"seq": hand_out(kiosk, who, fields["item"], fields["count"], by=session.who).seq}
