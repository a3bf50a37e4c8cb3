"""Lead a figure of a bulletin back to its rows as they were frozen, and say what became of them since."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.part import Part
from server.books.dates import iso_date, read_date
from server.books.hours import Span
from server.bulletins.content import Content
from server.bulletins.figures import GRADES, Figure, Summing, is_counted
from server.bulletins.reach import read_standing
from server.bulletins.read_bulletins import kept_rows, read_frozen
from server.bulletins.rows import Row, read_rows
from server.bulletins.sections import ALL, read_scope
from server.limits import BULLETIN_TRACE_LISTED_MAX
from sync.errors import Refused

HEADER = (
    "区划", "站点", "志愿者编号", "记录编号", "队伍", "开始日期", "结束日期", "证据等级", "可能增加（分钟）",
    "认可（分钟）", "待核（分钟）", "不计（分钟）",
)  # fmt: skip
"""The columns of rows in a file."""

Place = tuple[str, str, str, bytes]
"""Region, site, person and record: what rows are in order of."""


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A row that a figure counts, in words and figures that other commands take: `explain RECORD` tells its whole story."""

    region: str
    site: str
    volunteer: str
    record: str
    team: str
    day: str
    last_day: str
    grade: str
    may_come: int
    credited: int
    held: int
    refused: int


@dataclass(slots=True)
class Since:
    """What became of the rows: as they were, of other minutes, evidence or team, no more there, or there only now."""

    same: int = 0
    changed: int = 0
    gone: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class Traced:
    """A figure. value: as printed, in people, records, sites or minutes; now: what the same query gives now.

    query: which rows it counts, in words. rows: the first of the `count` rows that it counts, as they were frozen.
    """

    number: int
    figure: str
    value: int
    now: int
    count: int
    query: str
    since: Since
    rows: list[Row]


def trace(connection: Connection, number: int, name: str, part: Part) -> Traced:
    """Trace a figure, such as `all.credited` or `R11.people`. Raise `Refused(not_found)`, naming those that there are."""
    content = read_frozen(connection, number, part)
    section, figure = _named(content, name)
    span = Span(read_date(content.first), read_date(content.last))
    scope = read_scope(connection, content.region, span.last, part)
    standing = read_standing(connection, scope.of, span, part)
    summing, since = Summing(scope.names), Since()
    now = summing.passing(read_rows(connection, scope, span, standing.open_minutes, part))
    then = _compared(kept_rows(connection, number), now, since, section)
    count = 0
    rows: list[Row] = []
    for row in then:
        if is_counted(row, figure):
            count += 1
            if len(rows) < BULLETIN_TRACE_LISTED_MAX:
                rows.append(row)
    return Traced(
        number=number,
        figure=f"{section}.{figure}",
        value=next(one.figures[figure] for one in content.sections if one.key == section),
        now=summing.figures().get(section, {}).get(figure, 0),
        count=count,
        query=_query(content, section, figure),
        since=since,
        rows=rows,
    )


def every_row(
    connection: Connection, number: int, name: str, part: Part, *, behind: Place | None = None
) -> Iterator[Row]:
    """Give all rows that a figure counts, however many there are, or those behind a place. Raise `Refused` as `trace`."""
    section, figure = _named(read_frozen(connection, number, part), name)
    for row in kept_rows(connection, number):
        is_wanted = behind is None or place_of(row) > behind
        if is_wanted and _is_of(row, section) and is_counted(row, figure):
            yield row


def listed(traced: Traced) -> list[TracedRow]:
    """Give the rows as people read them."""
    return [shown(row) for row in traced.rows]


def shown(row: Row) -> TracedRow:
    """Give a row as people read it."""
    days = iso_date(row.day), iso_date(row.last_day)
    about = row.region, row.site, row.who, row.record.hex(), row.team
    return TracedRow(*about, *days, row.grade, *row[-4:])


def _named(content: Content, name: str) -> tuple[str, Figure]:
    section, _, figure = name.rpartition(".")
    keys = [one.key for one in content.sections]
    if section not in keys or figure not in list(Figure):
        there = f"{', '.join(keys)} . {', '.join(Figure)}"
        raise Refused(Code.NOT_FOUND, f"没有这个数字 / no such figure; there are: {there}")
    return section, Figure(figure)


def _compared(then: Iterator[Row], now: Iterator[Row], since: Since, section: str) -> Iterator[Row]:
    """Give the frozen rows of a section; both run in one order, and what became of each is counted as they pass."""
    there = next(now, None)
    for row in then:
        while there is not None and place_of(there) < place_of(row):
            since.new += _is_of(there, section)
            there = next(now, None)
        is_there = there is not None and place_of(there) == place_of(row)
        if _is_of(row, section):
            since.gone += not is_there
            since.same += there == row
            since.changed += is_there and there != row
            yield row
        there = next(now, None) if is_there else there
    for rest in (there, *now) if there is not None else ():
        since.new += _is_of(rest, section)


def place_of(row: Row) -> Place:
    """Give where a row is in their order."""
    return row.region, row.site, row.who, row.record


def _is_of(row: Row, section: str) -> bool:
    return section in (ALL, row.section)


def _query(content: Content, section: str, figure: Figure) -> str:
    """Say which rows a figure counts, so that anybody can count them again."""
    where = content.region if section == ALL else section
    return (
        f"records of region {where} and below that touch {content.first}..{content.last}; {_COUNTED[figure]}; "
        f"compare: python -m server hours --by region --from {content.first} --to {content.last}"
    )


_COUNTED = {
    Figure.PEOPLE: "each person once",
    Figure.RECORDS: "each record once",
    Figure.SITES: "each site once",
    Figure.CREDITED: "the sum of minutes credited within these dates",
    Figure.HELD: "the sum of minutes held within these dates",
    Figure.REFUSED: "the sum of minutes refused within these dates",
    Figure.LOW: "the sum of minutes credited within these dates",
    Figure.HIGH: "the sum of minutes credited, held, and that may still come within these dates",
    **{figure: f"each record of grade {letter} once" for letter, figure in GRADES.items()},
}
