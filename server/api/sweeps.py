"""Sweeps: one decision on many findings, looked at record by record first, decided in steps, and taken back at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from marshmallow import fields, validate
from sqlalchemy import Connection, Row

from schemas.vocabulary import Action, Code
from server.access.roles import Right
from server.accounts.acting import actor_of
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import Nothing, Strict, why, words
from server.api.findings import FindingsSought, sought
from server.api.shapes import NAMES, page_shape
from server.books.dates import iso_date, iso_time
from server.books.decisions import sweep as sweeping
from server.books.decisions.decide_many import ACTIONS
from server.books.decisions.sweep import TURNS, Beginning, LeftOut
from server.books.decisions.sweep_steps import step
from server.books.review.sought import read_place
from server.limits import API_CURSOR_CHARS_MAX, FINDINGS_A_PAGE
from server.models.sweep import SweepRow
from sync.errors import Refused

calls = Calls("sweeps", __name__, "One decision on many findings: looked at, decided, taken back.")
NAMES.update({LeftOut: "SweepLeftOut"})


@dataclass(frozen=True, slots=True)
class SweepMinutes:
    """Minutes of the people concerned."""

    credited: int
    held: int
    refused: int


@dataclass(frozen=True, slots=True)
class SweepTold:
    """A sweep. phase: `looking`, `deciding` and `undoing` go on by `/step`; `ready`, `done` and `undone` wait for a person.

    looked, decided, undone: of `total` records, how many are through. records, people: what is or will be decided; left: what is
    not. filters: as of the queue. before, after: as worked out while looking.
    """

    sweep: str
    begun: str
    by: str
    action: str
    why: str
    phase: str
    filters: dict[str, str]
    total: int
    looked: int
    decided: int
    undone: int
    records: int
    people: int
    left: int
    before: SweepMinutes
    after: SweepMinutes


@dataclass(frozen=True, slots=True)
class SweepOpened:
    """A sweep, and what of it is left out: how many by code, and the first by name."""

    sweep: SweepTold
    codes: dict[str, int]
    left_out: list[LeftOut]


class BeginWanted(FindingsSought):
    """What to decide, on which findings: all that the filters match, or those named (`finding` of `/findings`)."""

    action = fields.String(
        required=True, validate=validate.OneOf(sorted(action.value for action in ACTIONS))
    )
    findings = fields.List(
        words(API_CURSOR_CHARS_MAX, 1),
        load_default=None,
        validate=validate.Length(min=1, max=FINDINGS_A_PAGE),
    )


class TurnWanted(Strict):
    """Why."""

    why = why()


@calls.reads("/sweeps", needs=Right.DECIDE, gives=page_shape(SweepTold))
def browse(_asked: dict[str, Any]) -> Page[SweepTold]:
    """Your own sweeps, the newest first, as many as the console shows."""
    with here.reading() as connection:
        found = sweeping.list_sweeps(connection, here.caller().account.id)
    return Page([_told(one) for one in found], None)


@calls.acts("/sweeps", needs=Right.DECIDE, takes=BeginWanted, gives=SweepTold, status=201)
def begin(wanted: dict[str, Any]) -> SweepTold:
    """Begin a sweep. Nothing is decided yet: go on by `/step` until it is `ready`, and look at its effect."""
    me = here.caller().account
    me.require_number()
    places = wanted["findings"]
    with here.reading() as connection:
        begun = Beginning(
            me.id,
            me.number,
            here.now_ms(),
            Action(wanted["action"]),
            urlencode(_filters(wanted)),
            sought(connection, wanted),
            None if places is None else [p for text in places if (p := read_place(text))],
        )
        part = here.part(connection, Right.DECIDE)
        found = sweeping.gather(connection, part, begun)
    with here.services().database.write_facts() as connection:
        mark = sweeping.begin_sweep(connection, begun, found)
    with here.reading() as connection:
        return _told(_find(connection, mark.hex()))


@calls.reads("/sweeps/<sweep:sweep>", needs=Right.DECIDE, gives=SweepOpened)
def one(_asked: dict[str, Any], sweep: str) -> SweepOpened:
    """How far a sweep is, its effect in numbers, and what is left out and why."""
    with here.reading() as connection:
        found = _find(connection, sweep)
        counts, named = sweeping.left_out(connection, bytes(found.mark))
    if named:
        here.note("sweep", sweep, len({each.who for each in named}))
    return SweepOpened(_told(found), counts, named)


@calls.acts("/sweeps/<sweep:sweep>/step", needs=Right.DECIDE, takes=Nothing, gives=SweepTold)
def go_on(_wanted: dict[str, Any], sweep: str) -> SweepTold:
    """Work off the next records; nothing where the sweep waits for a person."""
    services = here.services()
    with here.reading() as connection:
        found = _find(connection, sweep)
    step(services.database, services.central, found, actor_of(here.caller().account))
    with here.reading() as connection:
        return _told(_find(connection, sweep))


@calls.acts("/sweeps/<sweep:sweep>/decide", needs=Right.DECIDE, takes=TurnWanted, gives=SweepTold)
def decide(wanted: dict[str, Any], sweep: str) -> SweepTold:
    """Have decided what was looked at: go on by `/step` until it is `done`. In another phase nothing is done."""
    return _turn(sweep, "decide", wanted["why"])


@calls.acts("/sweeps/<sweep:sweep>/undo", needs=Right.DECIDE, takes=TurnWanted, gives=SweepTold)
def undo(wanted: dict[str, Any], sweep: str) -> SweepTold:
    """Have all of it taken back: go on by `/step` until it is `undone`. In another phase nothing is done."""
    return _turn(sweep, "undo", wanted["why"])


def _turn(sweep: str, act: str, reason: str) -> SweepTold:
    with here.reading() as connection:
        found = _find(connection, sweep)
    with here.services().database.write_facts() as connection:
        sweeping.turn(connection, bytes(found.mark), *TURNS[act], reason)
    with here.reading() as connection:
        return _told(_find(connection, sweep))


def _find(connection: Connection, sweep: str) -> Row[SweepRow]:
    """Give a sweep all of whose records lie within the part. Raise `Refused(not_found)`."""
    found = sweeping.find_sweep(connection, here.part(connection, Right.DECIDE), sweep)
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有这次批量处理 / no such sweep")
    return found


def _filters(wanted: dict[str, Any]) -> Mapping[str, str]:
    """Give the filters as the address of the queue has them."""
    days = {"from": wanted["first"], "to": wanted["last"]}
    kept = {name: wanted[name] for name in ("state", "rule", "severity", "site", "region", "team")}
    kept["q"] = wanted["q"] or wanted["volunteer"]
    kept |= {name: None if day is None else iso_date(day) for name, day in days.items()}
    return {name: value for name, value in kept.items() if value}


def _told(one: Row[SweepRow]) -> SweepTold:
    return SweepTold(
        bytes(one.mark).hex(), iso_time(one.at_ms), one.by, one.action, one.why, one.phase,
        dict(parse_qsl(one.asked)), one.total, one.looked, one.decided, one.undone,
        one.todo, one.people, one.left,
        SweepMinutes(one.credited_before, one.held_before, one.refused_before),
        SweepMinutes(one.credited_after, one.held_after, one.refused_after),
    )  # fmt: skip
