"""How exports stand: what waits to be sent and until when, what was sent, accepted, refused and why."""

from dataclasses import dataclass

from sqlalchemy import Connection

from server import bulk
from server.books.dates import iso_date
from server.books.months import iso_month
from server.exports.official_rows import ENTER_WORKDAYS
from server.limits import EXPORT_REFUSED_LISTED_MAX
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


def read_exports(connection: Connection, calendar: Calendar, today: int) -> list[ExportState]:
    """Give every closed month of every site that has confirmed hours, in order."""
    months: dict[tuple[str, int], dict[str, int]] = {}
    first: dict[tuple[str, int], int] = {}
    for site, month, state, rows, day in bulk.fetch(connection, _STATES):
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
    refusals = bulk.fetch(connection, _REFUSED, (site, month, EXPORT_REFUSED_LISTED_MAX))
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


_STATES = (
    "SELECT f.site, f.month, COALESCE(e.state, 'waiting'), COUNT(*), MIN(f.day) FROM ("
    "SELECT site, month, who, record, day FROM frozen_posting WHERE verdict = 'credited' "
    "GROUP BY site, month, who, record, day HAVING SUM(minutes) <> 0) f "
    "LEFT JOIN export_row e ON e.site = f.site AND e.month = f.month AND e.who = f.who "
    "AND e.record = f.record AND e.day = f.day "
    "GROUP BY f.site, f.month, COALESCE(e.state, 'waiting')"
)
_REFUSED = (
    "SELECT chunk, place, who, record, reason FROM export_row "
    "WHERE site = ? AND month = ? AND state = 'refused' ORDER BY chunk, place LIMIT ?"
)
