"""How exports stand: what waits to be sent and until when, what was sent, accepted, refused and why."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, and_, func, select

from server.access.part import EVERYTHING, Part
from server.books.dates import iso_date
from server.books.periods.months import iso_month
from server.exports.official_rows import ENTER_WORKDAYS
from server.limits import EXPORT_FILES_LISTED_MAX, EXPORT_REFUSED_LISTED_MAX
from server.models.export import ExportChunk, ExportRow
from server.models.period import FrozenPosting, PeriodClose
from server.workdays.calendar import Calendar, Missing


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that the official site refused, and why."""

    row: str
    volunteer: str
    record: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExportState:
    """A site's closed month. Counts are rows. due: the earliest date by which a row that is not accepted must be entered.

    year_missing: the year whose working days are not known, so that `due` cannot be told (0: none). overdue: `due` is past.
    """

    site: str
    month: str
    waiting: int
    sent: int
    accepted: int
    refused: int
    due: str
    year_missing: int
    overdue: bool
    refusals: list[RefusedRow]


@dataclass(frozen=True, slots=True)
class Place:
    """Some closed sites of one month."""

    month: int
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file that was written, with its control totals."""

    number: int
    site: str
    month: int
    made_ms: int
    people: int
    records: int
    minutes: int


def closed_sites(
    connection: Connection, month: int, part: Part, *, after: str, limit: int
) -> list[str]:
    """Give the first so many sites within that are closed in a month, behind this one."""
    close = PeriodClose
    asked = select(close.site).where(close.month == month, close.site > after)
    ordered = asked.where(part.sites_within(close.site)).order_by(close.site)
    return list(connection.scalars(ordered.limit(limit)))


def closed_months(
    connection: Connection, part: Part, *, before: int = 0, limit: int
) -> list[tuple[int, int]]:
    """Give months that any site within is closed in, with how many sites that are: the newest first.

    before: the month to go on behind (0: from the newest).
    """
    close = PeriodClose
    asked = select(close.month, func.count(close.site.distinct()))
    asked = asked.where(part.sites_within(close.site)).group_by(close.month)
    if before:
        asked = asked.where(close.month < before)
    rows = connection.execute(asked.order_by(close.month.desc()).limit(limit))
    return [(month, int(sites)) for month, sites in rows]


def read_chunks(
    connection: Connection,
    month: int,
    part: Part,
    *,
    before: int = 0,
    limit: int = EXPORT_FILES_LISTED_MAX,
) -> list[Chunk]:
    """Give the files of a month, the newest first. before: the number to go on behind (0: from the newest)."""
    asked = _chunks(part).where(ExportChunk.month == month).order_by(ExportChunk.number.desc())
    if before:
        asked = asked.where(ExportChunk.number < before)
    return [Chunk(*row) for row in connection.execute(asked.limit(limit))]


def read_chunk(connection: Connection, number: int, part: Part) -> Chunk | None:
    """Give a file by its number, if its site is within."""
    row = connection.execute(_chunks(part).where(ExportChunk.number == number)).first()
    return None if row is None else Chunk(*row)


def _chunks(part: Part) -> Select[int, str, int, int, int, int, int]:
    c = ExportChunk
    asked = select(c.number, c.site, c.month, c.made_ms, c.people, c.records, c.minutes)
    return asked.where(part.sites_within(c.site))


def read_exports(
    connection: Connection,
    calendar: Calendar,
    today: int,
    part: Part = EVERYTHING,
    place: Place | None = None,
) -> list[ExportState]:
    """Give every closed month of every site within that has confirmed hours (or those of a place), in order."""
    months: dict[tuple[str, int], dict[str, int]] = {}
    first: dict[tuple[str, int], int] = {}
    for site, month, state, rows, day in connection.execute(_states(part, place)):
        counts = months.setdefault((site, month), {})
        counts[state] = int(rows)
        if state != "accepted":
            first[site, month] = min(day, first.get((site, month), day))
    return [
        _state(connection, key, counts, first.get(key), calendar, today)
        for key, counts in sorted(months.items())
    ]


def _state(
    connection: Connection,
    key: tuple[str, int],
    counts: dict[str, int],
    first: int | None,
    calendar: Calendar,
    today: int,
) -> ExportState:
    site, month = key
    due = None if first is None else calendar.workdays_after(first, ENTER_WORKDAYS)
    refusals = connection.execute(_refused(site, month)) if counts.get("refused") else ()
    return ExportState(
        site,
        iso_month(month),
        counts.get("waiting", 0),
        counts.get("sent", 0),
        counts.get("accepted", 0),
        counts.get("refused", 0),
        "" if due is None or isinstance(due, Missing) else iso_date(due),
        due.year if isinstance(due, Missing) else 0,
        isinstance(due, int) and due < today,
        [
            RefusedRow(f"{chunk:06}-{place:05}", who, bytes(record).hex(), reason)
            for chunk, place, who, record, reason in refusals
        ],
    )


def _states(part: Part, place: Place | None) -> Select[str, int, str, int, int]:
    """Ask for sites and months, how many rows are in each state, and the earliest date of them."""
    posting = FrozenPosting
    keys = (posting.site, posting.month, posting.who, posting.record, posting.day)
    asked = select(*keys).where(posting.verdict == "credited", part.sites_within(posting.site))
    if place is not None:
        asked = asked.where(posting.month == place.month, posting.site.in_(place.sites))
    frozen = asked.group_by(*keys).having(func.sum(posting.minutes) != 0).subquery()
    is_sent = and_(*(frozen.c[key.key] == getattr(ExportRow, key.key) for key in keys))
    state = func.coalesce(ExportRow.state, "waiting")
    counted = select(frozen.c.site, frozen.c.month, state, func.count(), func.min(frozen.c.day))
    joined = counted.select_from(frozen).outerjoin(ExportRow, is_sent)
    return joined.group_by(frozen.c.site, frozen.c.month, state)


def _refused(site: str, month: int) -> Select[int, int, str, bytes, str]:
    row = ExportRow
    asked = select(row.chunk, row.place, row.who, row.record, row.reason).where(
        row.site == site, row.month == month, row.state == "refused"
    )
    return asked.order_by(row.chunk, row.place).limit(EXPORT_REFUSED_LISTED_MAX)
