"""One finding: what was recorded, which rule fired with which figures, the person's day around it, and a suggested decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy import Connection

from server.access.part import Part
from server.access.roles import Right
from server.accounts.acting import Where, acting
from server.books.decisions.actor import Actor
from server.books.decisions.decisions_on import Made, made
from server.books.decisions.draft import Wish
from server.books.decisions.may_decide import FOUR_EYES
from server.books.review.look import Effect, Looked, effect_of, look
from server.books.review.suggest import leading, suggest
from server.console.here import account, note, or_404, part, reading
from server.console.review.asked import read_asked
from server.console.review.doors import pages
from server.console.review.wishing import ACTIONS, local_input
from server.console.review.wording import (
    figures_in_words,
    grade_words,
    rule_words,
    verdict_words,
)
from server.people.mask import masked
from server.people.titles import site_names
from server.reconcile.minutes import minute_of


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what was asked for was not done. was: minutes as they stood when the page was opened, to compare."""

    code: str
    detail: str
    was: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sight:
    """All that the page of a record shows. wish: what is suggested, or was asked for; actor: None for who may only look."""

    looked: Looked
    actor: Actor | None
    wish: Wish | None
    effect: Effect | None
    made: list[Made]
    name: str
    sites: Mapping[str, str]


@pages.page("/review/<number>/<entry>", needs=Right.SEE)
def one(number: str, entry: str) -> str:
    """Show a record, or a lone sign-out."""
    with reading() as connection:
        sight = see(connection, number, entry, None)
    return show(sight)


def see(connection: Connection, number: str, entry: str, wish: Wish | None) -> Sight:
    """Look at a record within the part of whoever asks, with what a wish, or else what is suggested, would do; or answer 404."""
    looked = found_or_404(connection, part(connection, Right.SEE), number, entry)
    where = Where(looked.site, looked.team, looked.region)
    actor = acting(connection, account(), Right.DECIDE, where)
    finding = leading(looked.findings, request.values.get("of", ""))
    wish = wish or suggest(number, looked.record, finding)
    effect = effect_of(looked, actor, wish) if actor and wish else None
    here = [one for one in made(looked.now.told) if _is_here(one, looked)]
    return Sight(
        looked, actor, wish, effect, here, _name(connection, looked), _sites(connection, looked)
    )


def found_or_404(connection: Connection, mine: Part, number: str, entry: str) -> Looked:
    """Look at a record within a part, or answer 404."""
    return or_404(look(connection, mine, number, entry))


def show(sight: Sight, trouble: Trouble | None = None, status: int = 200) -> str:
    """Give the page. That a single person was looked at is noted before."""
    note("review", sight.looked.now.who, 1)
    finding = leading(sight.looked.findings, request.values.get("of", ""))
    held = {f.rule for f in sight.looked.findings}
    return render_template(
        "review/one.html",
        sight=sight,
        one=sight.looked,
        trouble=trouble,
        finding=finding,
        asked=read_asked(request.values),
        at=request.values.get("at", ""),
        four_eyes=bool(held & FOUR_EYES),
        actions=ACTIONS,
        spans=_spans(sight),
        rule_words=rule_words,
        figures=figures_in_words,
        verdict_words=verdict_words,
        grade_words=grade_words,
        status=status,
    )


def _spans(sight: Sight) -> list[tuple[str, str]]:
    """Give the times for the form: those of the wish, else from when to when the record is, and room for another."""
    record, lone = sight.looked.record, sight.looked.lone
    start = minute_of(record.in_ms) if record else None
    end_ms = record.out_ms if record else lone.at_ms if lone else None
    end = None if end_ms is None else minute_of(end_ms)
    spans = list(sight.wish.spans) if sight.wish and sight.wish.spans else [(None, None)]
    first = [(start if a is None else a, end if b is None else b) for a, b in spans]
    return [(local_input(a), local_input(b)) for a, b in [*first, (None, None)][:2]]


def _is_here(made: Made, looked: Looked) -> bool:
    entries = {looked.entry.hex(), *(entry.entry for entry in looked.entries)}
    return made.record in entries


def _name(connection: Connection, looked: Looked) -> str:
    """Give what the person is called: masked, unless whoever may see names asks for it."""
    name = looked.now.name
    if request.values.get("names") != "full":
        return masked(name)
    within = part(connection, Right.UNMASK)
    may = within.has_site(looked.site) or within.has_person(looked.team, looked.region)
    return name if may else masked(name)


def _sites(connection: Connection, looked: Looked) -> dict[str, str]:
    """Give the names of the sites that the page speaks of."""
    codes = {looked.site, *(one.site for one in looked.beside)}
    codes |= {looked.scans[e.entry].site for e in looked.entries if e.entry in looked.scans}
    called = site_names(connection)
    return {code: called[code] for code in codes if code in called}
