"""Who is who: walk-ins to match with volunteers, and numbers that may be one person."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server.access.part import Part
from server.access.roles import Right
from server.books.dates import local_day
from server.books.decisions import merge as merging
from server.console import form, here
from server.console.reference.doors import pages
from server.console.reference.veil import is_clear
from server.console.words import say as _
from server.limits import LIST_ROWS, SEARCH_CHARS_MAX
from server.people.browse import find
from server.people.duplicates import BORN, PHONE, duplicates
from server.people.mask import masked
from server.people.search import search
from server.people.walk_ins import candidates, details_of, find_walk_in, unmatched
from sync.walk_in import short_number


@pages.page("/walk-ins", needs=Right.DECIDE)
def walk_ins() -> str:
    """List walk-ins whom nobody has matched, without what they gave."""
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        after = request.args.get("after", "")[:20]
        found, more = unmatched(connection, part, after=after, limit=LIST_ROWS)
    return render_template("reference/walk_ins.html", found=found, after=more, short=short_number)


@pages.page("/walk-ins/<number>", needs=Right.DECIDE)
def walk_in(number: str) -> str:
    """Open what one walk-in gave, beside whom they may be. It is noted that it was read."""
    text = request.args.get("q", "").strip()[:SEARCH_CHARS_MAX]
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        one = here.or_404(find_walk_in(connection, part, number))
        details = details_of(connection, _key(), one)
        may_be = candidates(connection, part, details)
        people = (
            search(connection, part, text, limit=LIST_ROWS, by_phone=False).people if text else ()
        )
    here.note("reference.walk_in", number, 1 + len(may_be) + len(people))
    return render_template(
        "reference/walk_in.html",
        one=one,
        details=details,
        candidates=[(each.person, each.by) for each in may_be],
        people=[(person, ()) for person in people],
        text=text,
        short=short_number(number),
    )


@pages.page("/walk-ins/<number>/accept", needs=Right.DECIDE, methods=["POST"])
def accept_walk_in(number: str) -> Response:
    """Say which volunteer a walk-in is."""
    into = request.form.get("into", "").strip()[:20]
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        here.or_404(find_walk_in(connection, part, number))
        _require_person(connection, part, into)
    services, actor = here.services(), here.account().actor()
    merging.accept_walk_in(
        services.database, services.central, actor, number, into, form.why(is_needed=False)
    )
    flash(_("已匹配：%(short)s 是 %(into)s。", short=short_number(number), into=into))
    return redirect(url_for("reference.walk_ins"))


@pages.page("/duplicates", needs=Right.DECIDE)
def duplicate_people() -> str:
    """List numbers that may be one person."""
    by = request.args.get("by", PHONE)
    here.or_404(by in (PHONE, BORN))
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        clear = here.part(connection, Right.UNMASK)
        after = request.args.get("after", "")[:20]
        groups, more = duplicates(connection, part, by, after=after, limit=LIST_ROWS // 2)
    told = {
        one.number: one.name
        if is_clear(clear, {"team": one.team, "region": one.region})
        else masked(one.name)
        for group in groups
        for one in group.people
    }
    if told:
        here.note("reference.duplicates", by, len(told))
    return render_template("reference/duplicates.html", groups=groups, by=by, after=more, told=told)


def _require_person(connection: Connection, part: Part, number: str) -> None:
    here.or_404(find(connection, part, "volunteers", number, local_day(here.now_ms())))


def _key() -> bytes:
    return here.services().signer.keys.seal.private_bytes_raw()
