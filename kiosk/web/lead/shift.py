"""What a lead does about a whole shift: who is still here, paper sheets, and handing over."""

from typing import Any

from flask import Blueprint

from kiosk.errors import Stopped, Trouble
from kiosk.guess import STAY_MS_MAX
from kiosk.lead import names
from kiosk.lead.forgot import forgot
from kiosk.lead.hand_over import hand_over
from kiosk.lead.paper import Row, enter_paper
from kiosk.limits import DUTY_SHOWN_MAX
from kiosk.web import asked
from kiosk.web.here import here
from kiosk.web.lead.asked import book, lead

shifts = Blueprint("lead_shift", __name__)


@shifts.get("/api/lead/open")
def still_here() -> dict[str, Any]:
    """List who is on duty, and who has not signed out for longer than anybody is: they forgot."""
    session, kiosk = lead(), here().kiosk()
    db, now = kiosk.store.db, kiosk.clock.read()
    with here().turn:
        there = here().duty.look(db, now)
    called = {number: name for number, _, name in names.read(db, session.key)}
    known, late = book(session), forgot(db, now)
    rows = [(*one, False) for one in sorted(there, key=lambda one: one[1])] + [(*one, True) for one in late]  # fmt: skip
    people = [
        {
            "who": who,
            "called": called.get(who) or known.called(who).name,
            "since_ms": ms,
            "forgot": is_late,
        }
        for who, ms, is_late in rows
    ]
    return {"people": people[:DUTY_SHOWN_MAX], "count": len(there), "stay_ms": STAY_MS_MAX}


@shifts.post("/api/lead/paper")
def paper() -> dict[str, Any]:
    """Enter a paper sheet, whole or not at all."""
    session, fields = lead(), asked.body({"rows": list, "reason": str})
    rows = [_row(row, at) for at, row in enumerate(fields["rows"], 1)]
    done = enter_paper(here().kiosk(), rows, by=session.who, reason=fields["reason"])
    return {"rows": done.rows, "ends": done.ends, "known": done.known}


@shifts.post("/api/lead/handover")
def handover() -> dict[str, Any]:
    """Hand over; the session of who hands over ends."""
    kinds = {"to": str, "present": int, "text": str, "names_go": bool}
    session, fields = lead(), asked.body(kinds)
    fields["to"] = fields["to"].strip()
    head = hand_over(here().kiosk(), by=session.who, **fields)
    here().leading.end()
    return {"seq": head.seq}


def _row(row: object, at: int) -> Row:
    is_row = isinstance(row, dict) and set(row) == {"who", "in_ms", "out_ms"}
    if not is_row:
        raise Stopped(Trouble.WRONG_USAGE, str(at))
    who, in_ms, out_ms = row["who"], row["in_ms"], row["out_ms"]  # type: ignore[index] # just looked
    if type(who) is not str or type(in_ms) is not int or type(out_ms) is not int:
        raise Stopped(Trouble.WRONG_USAGE, str(at))
    return Row(who.strip(), in_ms, out_ms)
