"""What a lead does about one person: walk-ins, entries by hand, times stated, entries taken back, warned and gone on."""

from re import fullmatch
from typing import Any

from flask import Blueprint, Response

from kiosk.errors import Stopped, Trouble
from kiosk.lead import enter as entering
from kiosk.lead import names
from kiosk.lead.go_on import go_on
from kiosk.lead.register import Form, register
from kiosk.lead.take_back import take_back
from kiosk.web import asked
from kiosk.web.answer import answer
from kiosk.web.here import here
from kiosk.web.lead.asked import book, lead
from schemas.vocabulary import Direction
from sync.walk_in import code_of, number_of, short_number

people = Blueprint("lead_people", __name__)
_FORM = {"called": str, "name": str, "phone": str, "guardian": str, "guardian_phone": str, "skills": str}  # fmt: skip


@people.post("/api/lead/walk_in")
def walk_in() -> dict[str, Any]:
    """Register a walk-in and sign them in."""
    session = lead()
    fields = asked.body({**_FORM, "is_minor": bool, "agreed": bool})
    texts = {name: fields[name] for name in _FORM if name != "called"}
    form = Form(fields["called"], texts, fields["is_minor"], fields["agreed"])
    done = register(here().kiosk(), session, form)
    number = done.scan.who
    return {"number": number, "short": short_number(number), "answer": answer(done, [])}


@people.get("/api/lead/walk_ins")
def walk_ins() -> dict[str, Any]:
    """List walk-ins with their call names, while these are here."""
    session = lead()
    found = names.read(here().kiosk().store.db, session.key)
    rows = [{"number": n, "short": short_number(n), "wall_ms": ms, "called": c} for n, ms, c in found]  # fmt: skip
    return {"walk_ins": rows}


@people.get("/api/walk_in/<number>.png")
def code(number: str) -> Response:
    """Draw the code of a temporary number: it says nothing but that number."""
    from kiosk.draw import draw_qr  # the drawing is large, and seldom needed

    if not number_of(code_of(number)):
        raise Stopped(Trouble.WRONG_USAGE, "number")
    picture, _ = draw_qr(code_of(number))
    return Response(picture, mimetype="image/png")


@people.post("/api/lead/enter")
def enter() -> dict[str, Any]:
    """Record a scan by hand, now."""
    session, fields = lead(), asked.body({"who": str, "direction": str, "reason": str})
    direction = _direction(fields["direction"])
    who, reason = fields["who"].strip(), fields["reason"]
    done = entering.enter(here().kiosk(), who, direction, by=session.who, reason=reason)
    return answer(done, [], called=book(session).called(who))


@people.post("/api/lead/state")
def state() -> dict[str, Any]:
    """Write down when somebody came or left."""
    kinds = {"who": str, "direction": str, "at_ms": int, "about": str, "reason": str}
    session, fields = lead(), asked.body(kinds)
    about = fields["about"]
    if about and fullmatch(r"[0-9a-f]{64}", about) is None:
        raise Stopped(Trouble.WRONG_USAGE, "about")
    direction = _direction(fields["direction"])
    who, at_ms = fields["who"].strip(), fields["at_ms"]
    stated = entering.Stated(who, direction, at_ms, bytes.fromhex(about))
    head = entering.state(here().kiosk(), stated, by=session.who, reason=fields["reason"])
    return {"seq": head.seq}


@people.post("/api/lead/void")
def void() -> dict[str, Any]:
    """Take an entry back, with a reason."""
    session, (target, reason) = lead(), asked.target_and("reason")
    return {"seq": take_back(here().kiosk(), target, by=session.who, reason=reason).seq}


@people.post("/api/lead/go_on")
def warned() -> dict[str, Any]:
    """Let somebody go on who was warned about."""
    session, (target, reason) = lead(), asked.target_and("reason")
    return {"seq": go_on(here().kiosk(), target, by=session.who, reason=reason).seq}


def _direction(word: str) -> Direction:
    try:
        return Direction(word)
    except ValueError as error:
        raise Stopped(Trouble.WRONG_USAGE, "direction") from error
