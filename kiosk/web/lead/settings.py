"""Settings of this kiosk that a lead changes: its post, and the duty card of the post."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from kiosk import device
from kiosk.lead.card import Card, read_card, write_card
from kiosk.lead.settle import switch_post
from kiosk.neighbours.met import neighbours
from kiosk.neighbours.setting import add_address, read_setting, remove_address, turn_off, turn_on
from kiosk.roster import posts
from kiosk.store import Database
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
    return {
        "who": session.who,
        "post": enrolment.post,
        "posts": known,
        "card": asdict(card),
        "neighbours": _neighbours(db),
    }


def _neighbours(db: Database) -> dict[str, Any]:
    """Give the setting, where this kiosk can be called, and how it stands with each neighbour."""
    from kiosk.neighbours.found import own_addresses

    setting = read_setting(db)
    return {
        "on": setting.is_on,
        "own": [f"{host}:{setting.port}" for host in own_addresses()],
        "addresses": setting.addresses,
        "met": [asdict(one) for one in neighbours(db)],
    }


@settings.post("/api/lead/neighbours")
def deal() -> dict[str, Any]:
    """Deal with neighbours on this network, or no more."""
    session, fields = lead(), asked.body({"on": bool})
    change = turn_on if fields["on"] else turn_off
    change(here().kiosk(), by=session.who)
    here().worker.wake()
    return {}


@settings.post("/api/lead/neighbours/add")
def add() -> dict[str, Any]:
    """Also call the neighbour at a typed address."""
    session, fields = lead(), asked.body({"address": str})
    return {"address": add_address(here().kiosk(), fields["address"], by=session.who)}


@settings.post("/api/lead/neighbours/remove")
def remove() -> dict[str, Any]:
    """Call it no more."""
    session, fields = lead(), asked.body({"address": str})
    return {"address": remove_address(here().kiosk(), fields["address"], by=session.who)}


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
