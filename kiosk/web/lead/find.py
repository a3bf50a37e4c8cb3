"""Looking people up by name, pinyin, initials or number: for the lead at the screen, and for nobody else."""

from typing import Any

from flask import Blueprint, request

from kiosk.lead.names_key import ask_for_names
from kiosk.limits import SEARCH_ROWS_MAX
from kiosk.roster import find, is_known
from kiosk.web import asked
from kiosk.web.here import here
from kiosk.web.lead.asked import book, lead

finding = Blueprint("lead_find", __name__)


@finding.get("/api/lead/people")
def people() -> dict[str, Any]:
    """Give people for `part`: those of the site with name and team, then other numbers of the roster."""
    session, part = lead(), request.args.get("part", "").strip()
    db, known = here().kiosk().store.db, book(session)
    named = known.find(part)
    numbers = dict.fromkeys([one.number for one in named] + find(db, part))
    rows = [{**known.called(number)._asdict(), "number": number} for number in numbers]
    return {"people": rows[:SEARCH_ROWS_MAX], "is_known": is_known(db, part)}


@finding.get("/api/lead/names")
def names() -> dict[str, Any]:
    """Say whether the centre told this kiosk names, and of how many people."""
    known = book(lead())
    return {"told": known.is_told, "count": len(known.lines)}


@finding.post("/api/lead/names")
def ask() -> dict[str, Any]:
    """Ask the centre for names, with the code that this kiosk was enrolled with."""
    from sync.enrolment import read

    session, fields = lead(), asked.body({"code": str})
    ask_for_names(here().kiosk(), session, read(fields["code"]))
    here().worker.ask()
    return {}
