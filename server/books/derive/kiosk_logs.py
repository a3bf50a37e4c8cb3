"""The kiosks' logs by number, as facts of people are kept: where each belonged, and up to where it stands."""

from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from server import bulk
from server.books.derive.stored import Cut, KioskLog, Place
from server.kept import once


def kiosk_logs(connection: Connection) -> dict[int, KioskLog]:
    """Give every kiosk's log, in one question."""
    return once(connection, _read)


def _read(connection: Connection) -> dict[int, KioskLog]:
    rows = bulk.fetch(connection, _LOGS)
    return {
        number: _log(number, name, [row[2:] for row in own])
        for (number, name), own in groupby(rows, key=itemgetter(0, 1))
    }


def _log(number: int, name: str, rows: list[tuple[int | None, ...]]) -> KioskLog:
    """Put a log together from its enrolments in order, each beside each of its revocations; None for what it has none of."""
    places = dict.fromkeys(Place(*row[:4]) for row in rows if row[0] is not None)  # type: ignore[arg-type] # as asked
    cuts = {Cut(row[4], bytes(row[5])) for row in rows if row[4] is not None}  # type: ignore[arg-type] # as asked
    return KioskLog(number, name, tuple(places), tuple(sorted(cuts)))


_LOGS = (
    "SELECT l.id, l.name, e.from_ms, e.to_ms, e.site, e.post, r.seq, r.hash FROM log l "
    "LEFT JOIN enrolment e ON e.log = l.name LEFT JOIN log_revocation r ON r.log = l.name "
    "WHERE l.kind = 'kiosk' ORDER BY l.id, e.from_ms"
)
