"""The insured list of a day: who is on shift, and who of them has an accident insurance that holds that day (D7)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, select

from server.access.part import EVERYTHING, Part
from server.books.dates import iso_date, iso_time, local_day
from server.database import Database
from server.models.insurance import Insurance
from server.papers.press import GREY, MARGIN, Column, Grid, Ink, Type
from server.papers.stack import Stack
from server.people.reference import load_reference
from server.people.roster import in_parts, names
from server.people.titles import titles
from server.sheets.duties import Duty, Wanted, read_duties

TITLE = "当日保险名单 / Insured on duty"
_FOOT = (
    "含个人信息：用后按规定保管或销毁 / Holds personal data: lock it away or destroy it after use"
)
_COLUMNS = (
    Column("班次 Shift", 38),
    Column("编号 No.", 28),
    Column("姓名 Name", 36),
    Column("队伍 Team", 32),
    Column("保险 Insurance", 40),
)
_NOT = "× 未投保 NOT insured"
_EVER = "长期"


@dataclass(frozen=True, slots=True)
class Insured:
    """A person on a shift. policy: the insurance that holds that day ("": none does); until: its last date ("": open)."""

    site: str
    shift: str
    volunteer: str
    name: str
    team: str
    policy: str
    until: str


@dataclass(frozen=True, slots=True)
class ListMade:
    """What was printed: people on shift that day, each once, those insured, and those who are not, by number."""

    day: str
    people: int
    insured: int
    not_insured: list[str]
    pages: int
    files: list[str]


def print_insured(
    database: Database,
    type_: Type,
    wanted: Wanted,
    file: Path,
    *,
    foot: str = "",
    now_ms: int,
    progress: Callable[[str, int], None],
    part: Part = EVERYTHING,
) -> ListMade:
    """Print the list, by site and shift. Raise `Refused`: `not_found`, `too_large`, `glyph_missing`."""
    with database.read() as connection:
        duties = read_duties(connection, wanted, part)
        rows = _rows(connection, duties, wanted.day)
    stack = Stack(type_, title=TITLE, now_ms=now_ms, foot=foot + _FOOT)
    done = 0
    for site, some in groupby(duties, key=lambda duty: duty.site):
        shifts = list(some)
        own = [row for row in rows if row.site == site]
        _draw(stack, shifts, own, wanted.day)
        done += len(own)
        progress("print", done)
    files = stack.save(file)
    people = {row.volunteer for row in rows}
    without = sorted({row.volunteer for row in rows if not row.policy})
    counts = len(people), len(people) - len(without)
    return ListMade(iso_date(wanted.day), *counts, without, stack.pages, files)


def _rows(connection: Connection, duties: list[Duty], day: int) -> list[Insured]:
    everyone = sorted({who for duty in duties for who in duty.people})
    called, teams = names(connection, everyone), titles(connection, "team")
    reference = load_reference(connection, everyone)
    held = read_held(connection, everyone, day)
    found = []
    for duty in duties:
        for who in duty.people:
            team = reference.team(who, local_day(duty.start_ms))
            policy, until = held.get(who, ("", ""))
            name = called.get(who, "")
            place = duty.site, duty.shift, who, name, teams.get(team, team)
            found.append(Insured(*place, policy, until))
    return found


def read_held(connection: Connection, people: list[str], day: int) -> Mapping[str, tuple[str, str]]:
    """Give of each person who has one an insurance that holds on a day, as known then: its policy and last date.

    Of several the one that holds longest. It is the same reading as that of the rule about insurance.
    """
    last: dict[tuple[str, str, int], int | None] = {}
    for some in in_parts(people):
        asked = select(
            Insurance.volunteer, Insurance.policy, Insurance.first_day, Insurance.last_day
        ).where(Insurance.volunteer.in_(some), Insurance.valid_from <= day)
        ordered = asked.order_by(Insurance.valid_from, Insurance.entered)
        for who, policy, first_day, last_day in connection.execute(ordered):
            last[who, policy, first_day] = last_day
    found: dict[str, tuple[float, str]] = {}
    for (who, policy, first_day), last_day in sorted(last.items(), key=lambda item: item[0]):
        until = float("inf") if last_day is None else last_day
        if first_day <= day <= until and until > found.get(who, (float("-inf"), ""))[0]:
            found[who] = until, policy
    return {
        who: (policy, "" if until == float("inf") else iso_date(int(until)))
        for who, (until, policy) in found.items()
    }


def _draw(stack: Stack, duties: list[Duty], rows: list[Insured], day: int) -> None:
    """Draw the pages of a site."""
    press = stack.page()
    duty = duties[0]
    without = len({row.volunteer for row in rows if not row.policy})
    people = len({row.volunteer for row in rows})
    press.paragraph(f"{duty.site_name} {duty.site}", Ink(16, bold=True))
    press.paragraph(f"当日保险名单 Insured on duty · {iso_date(day)}", Ink(11))
    counts = f"当日上岗 on duty {people} 人  已投保 insured {people - without}  未投保 not insured {without}"
    press.paragraph(counts, Ink(11, bold=without > 0))
    press.paragraph(
        "按排班，不含临时到岗者。By assignments; walk-ins are not among them.", Ink(8, colour=GREY)
    )
    press.y += 2
    times = {one.shift: _times(one) for one in duties}
    grid = Grid(press, _COLUMNS, Ink(9))
    for row in rows:
        is_held = bool(row.policy)
        held = f"{row.policy} 至 {row.until or _EVER}" if is_held else _NOT
        grid.row((times[row.shift], row.volunteer, row.name, row.team, held), bold=not is_held)
    if not rows:
        press.text(MARGIN, press.y + 6, "没有排班人员 / nobody is assigned", Ink(10))


def _times(duty: Duty) -> str:
    start, end = iso_time(duty.start_ms)[11:16], iso_time(duty.end_ms)[11:16]
    return f"{start}–{end} {duty.post_name}"
