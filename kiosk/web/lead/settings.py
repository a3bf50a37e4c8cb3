"""Settings of this kiosk that a lead changes: its post, and the duty card of the post."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from kiosk import device
from kiosk.lead.card import Card, read_card, write_card
from kiosk.lead.settle import switch_post
from kiosk.roster import posts
from kiosk.web import asked
from kiosk.web.here import here
from kiosk.web.lead.asked import lead

settings = Blueprint("lead_settings", __name__)


@settings.get("/api/lead/settings")
def shown() -> dict[str, Any]:
    """Give what can be changed."""
    session, db = lead(), here().kiosk().store.db
    enrolment = device.require_enrolment(db)
    card = read_card(db, enrolment.post) or Card()
    known = [{"code": code, "name": name} for code, name in posts(db)]
    return {"who": session.who, "post": enrolment.post, "posts": known, "card": asdict(card)}


@settings.post("/api/lead/post")
def post() -> dict[str, Any]:
    """Stand at another post."""
    session, fields = lead(), asked.body({"post": str})
    switch_post(here().kiosk(), fields["post"].strip(), by=session.who)
    return {}


@settings.post("/api/lead/card")
def card() -> dict[str, Any]:
    """Write the duty card of the post."""
    session, fields = lead(), asked.body({"what": str, "how": str, "protect": str})
    texts = {name: text.strip() for name, text in fields.items()}
    write_card(here().kiosk(), Card(**texts), by=session.who)
    return {}
