"""Explain: why a record, or everything of a volunteer, has the minutes that it has, down to the entries and their clocks."""

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server import bulk
from server.access.part import EVERYTHING, Part
from server.books.dates import local_day
from server.books.derive.person_now import read_now
from server.books.explain.teller import Teller
from server.books.explain.told import Explained
from server.books.within import seen_of
from server.people.roster import names
from server.reconcile.facts import Record
from sync.errors import Refused

HEX_MIN = 6


def explain(
    connection: Connection, what: str, day: int | None = None, *, part: Part = EVERYTHING
) -> Explained:
    """Explain a volunteer by number, or a record by (the beginning of) its id; of a volunteer, one local date if given.

    Of somebody who is not of a team or region within the part, only what lies within it is told. Raise `Refused`: `not_found`,
    also where nothing does; `bad_field` where several records begin so.
    """
    number, prefix = _whom(connection, what)
    now = next(n for n in read_now(connection, [number]).values() if number in n.numbers)
    seen = seen_of(connection, part, now)
    told = Teller(connection, now)
    told.read_clocks()
    records = [r for r in now.records(prefix) if _is_on(r, day) and seen.has_record(r.id)]
    loose = told.loose(day, seen) if not prefix else []
    if not (records or loose or seen.is_whole):
        raise _not_found()
    is_whole = not prefix and day is None and seen.is_whole
    return Explained(
        now.who,
        names(connection, [now.who]).get(now.who),
        sorted(now.numbers) if seen.is_whole else [now.who],
        [told.record(record) for record in records],
        loose,
        told.loose_rules() if is_whole else [],
    )


def is_number(connection: Connection, what: str) -> bool:
    """Tell whether this is the number of anybody."""
    return any(bulk.fetch(connection, query, (what,)) for query in _KNOWN)


def _whom(connection: Connection, what: str) -> tuple[str, str]:
    """Give whose number it is or, of a record, whose it is and how its id begins."""
    if is_number(connection, what):
        return what, ""
    prefix = what.lower()
    if len(prefix) < HEX_MIN or len(prefix) > 64 or set(prefix) - set("0123456789abcdef"):
        raise _not_found()
    span = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
    found = bulk.fetch(connection, _BY_ID, span)
    if not found:
        raise _not_found()
    if len(found) > 1:
        raise Refused(Code.BAD_FIELD, "有多条记录以此开头 / several records begin so: give more")
    return str(found[0][0]), prefix


def _not_found() -> Refused:
    return Refused(Code.NOT_FOUND, "没有这个编号或记录 / no such number or record")


def _is_on(record: Record, day: int | None) -> bool:
    if day is None:
        return True
    last_ms = record.in_ms if record.out_ms is None else record.out_ms
    return local_day(record.in_ms) <= day <= local_day(last_ms)


_KNOWN = (
    "SELECT 1 FROM volunteer WHERE number = ? LIMIT 1",
    "SELECT 1 FROM derived.record WHERE who = ? LIMIT 1",
    "SELECT 1 FROM derived.loose_scan WHERE who = ? LIMIT 1",
)
_BY_ID = "SELECT DISTINCT who, id FROM derived.record WHERE id BETWEEN ? AND ? LIMIT 2"
