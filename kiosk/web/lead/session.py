"""A lead comes to the screen with a PIN, and goes. The page knows the session; nothing of it is on disk."""

import secrets
from dataclasses import asdict
from typing import Any

from flask import Blueprint

from kiosk.lead import leads, names
from kiosk.lead.session import TOKEN_BYTES, Session
from kiosk.lead.told import messages
from kiosk.lead.unlock import unlock
from kiosk.limits import LEAD_IDLE_MS
from kiosk.web import asked
from kiosk.web.here import here
from kiosk.web.lead.asked import lead

sessions = Blueprint("lead_session", __name__)


@sessions.get("/api/leads")
def known() -> dict[str, Any]:
    """Say whether this kiosk has leads yet. Their numbers are told to nobody who is none."""
    return {"has_leads": bool(leads.all_leads(here().kiosk().store.db))}


@sessions.post("/api/lead/begin")
def begin() -> dict[str, Any]:
    """Make the first lead by the enrolment code, and let them in."""
    from sync.enrolment import read

    fields = asked.body({"code": str, "who": str, "pin": str})
    leads.begin(here().kiosk(), read(fields["code"]), fields["who"].strip(), fields["pin"])
    here().worker.ask()  # the centre can seal the site's names to this kiosk only when it knows the key
    return _let_in(fields["who"].strip(), fields["pin"])


@sessions.post("/api/lead/unlock")
def come() -> dict[str, Any]:
    """Let a lead in."""
    fields = asked.body({"who": str, "pin": str})
    return _let_in(fields["who"].strip(), fields["pin"])


@sessions.get("/api/lead/messages")
def told() -> dict[str, Any]:
    """Give what the centre tells the leads here."""
    lead()
    kiosk = here().kiosk()
    found = messages(kiosk.store.db, kiosk.clock.read().wall_ms)
    return {"messages": [asdict(message) for message in found]}


@sessions.post("/api/lead/leave")
def leave() -> dict[str, Any]:
    """Let the lead go."""
    asked.body({})
    lead()
    here().leading.end()
    return {}


@sessions.post("/api/lead/stay")
def stay() -> dict[str, Any]:
    """Say that the lead is still at it: the page asks while somebody types."""
    asked.body({})
    return {"who": lead().who}


def _let_in(who: str, pin: str) -> dict[str, Any]:
    kiosk = here().kiosk()
    key = unlock(kiosk, who, pin)
    now = kiosk.clock.read()
    with kiosk.store.write() as db:
        names.forget_old(db, now)
    session = Session(secrets.token_urlsafe(TOKEN_BYTES), who, key)
    here().leading.begin(session, now)
    return {"session": session.token, "who": who, "idle_ms": LEAD_IDLE_MS}
