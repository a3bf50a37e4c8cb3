"""Send confirmed hours of closed periods to the official site: files with control totals, each row in one of them once (F5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, func, select

from schemas.vocabulary import Code
from server import bulk
from server.access.part import EVERYTHING, Part
from server.books.periods.months import iso_month
from server.database import Database
from server.exports.official_rows import HEADER, Body, RowMaker, Wanted
from server.exports.sheet import Cell, write_sheet, xlsx_bytes
from server.limits import EXPORT_ROWS_MAX
from server.models.export import ExportChunk, ExportRow
from server.models.period import PeriodClose
from server.whole_file import write_whole
from server.workdays.calendar import Calendar
from sync.errors import Refused


class Form(StrEnum):
    """As what a file is written. The values are the ends of file names."""

    CSV = "csv"
    XLSX = "xlsx"


_WRITERS: Mapping[Form, Callable[[Sequence[str], Sequence[Sequence[Cell]]], bytes]] = {
    Form.CSV: write_sheet,
    Form.XLSX: lambda header, rows: xlsx_bytes(header, rows, title="报送"),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """Control totals of some rows: people, records, minutes."""

    people: int
    records: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was written. again: how many of its rows had been refused before."""

    chunk: int
    site: str
    month: str
    file: str
    rows: int
    again: int
    people: int
    records: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Order:
    """What to send, and where to. again: refused rows, too. site, month: of this one only ("" and 0: of all that are closed).

    part: the sites that whoever sends may see.
    """

    folder: Path
    body: Body
    site: str = ""
    month: int = 0
    again: bool = False
    form: Form = Form.CSV
    part: Part = EVERYTHING


def send_official(database: Database, calendar: Calendar, order: Order, now_ms: int) -> list[Sent]:
    """Write a file for every so many rows that were not sent yet, a site's month at a time; give the files.

    A file is in place before its rows count as sent, and its name and bytes follow from them: stopped in between, the same
    command writes it again. Raise `Refused(totals_differ)` where rows sent and minutes frozen are not the same; `OSError`.
    """
    sent: list[Sent] = []
    for unit in units_of(database, order):
        sent += send_unit(database, calendar, order, unit, now_ms)
    return sent


Unit = tuple[str, int]
"""A site, and a month of it that is closed."""

Beside = Callable[[Connection, list[Sent]], None]
"""Writes something in the transaction in which rows count as sent. What it raises stands against sending them."""


def units_of(database: Database, order: Order) -> list[Unit]:
    """Give what an order is about, in the order in which it is sent."""
    with database.read() as connection:
        closed = select(PeriodClose.site, PeriodClose.month)
        closed = closed.where(order.part.sites_within(PeriodClose.site))
        if order.site:
            closed = closed.where(PeriodClose.site == order.site)
        if order.month:
            closed = closed.where(PeriodClose.month == order.month)
        ordered = closed.order_by(PeriodClose.month, PeriodClose.site)
        return [(site, month) for site, month in connection.execute(ordered)]


def send_unit(
    database: Database,
    calendar: Calendar,
    order: Order,
    unit: Unit,
    now_ms: int,
    beside: Beside = lambda _connection, _sent: None,
) -> list[Sent]:
    """Send one site's month, as `send_official` does."""
    order.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with database.write_facts() as connection, database.read() as derived:
        maker = RowMaker(derived, *unit, order.body, calendar)
        sent = _send_month(connection, maker, order, unit, now_ms)
        beside(connection, sent)
    return sent


def totals(rows: Sequence[Wanted]) -> Totals:
    """Give the control totals of rows."""
    people, records = {row.who for row in rows}, {row.record for row in rows}
    return Totals(len(people), len(records), sum(row.minutes for row in rows))


def _send_month(
    connection: Connection, maker: RowMaker, order: Order, unit: Unit, now_ms: int
) -> list[Sent]:
    site, month = unit
    fresh, refused = _waiting(connection, site, month, again=order.again)
    wanted = sorted([*fresh, *refused])
    if not wanted:
        return []
    number = connection.scalar(select(func.max(ExportChunk.number))) or 0
    sent = []
    for start in range(0, len(wanted), EXPORT_ROWS_MAX):
        number += 1
        part = wanted[start : start + EXPORT_ROWS_MAX]
        sheet = _WRITERS[order.form](HEADER, maker.rows(number, part))
        control = totals(part)
        file = order.folder / f"official-{number:06}.{order.form}"
        write_whole(file, [sheet])
        chunk = (number, site, month, now_ms, control.people, control.records, control.minutes)
        bulk.insert(connection, ExportChunk, [(*chunk, sha256(sheet).digest())])
        rows = [
            (site, month, *one, number, place, "sent", "", "") for place, one in enumerate(part, 1)
        ]
        bulk.upsert(connection, ExportRow, rows)
        again = len(set(part) & set(refused))
        counts = (len(part), again, control.people, control.records, control.minutes)
        sent.append(Sent(number, site, iso_month(month), file.name, *counts))
    _require_agreement(connection, site, month)
    return sent


def _waiting(
    connection: Connection, site: str, month: int, *, again: bool
) -> tuple[list[Wanted], list[Wanted]]:
    """Give what was never sent and, if so wished, what was refused."""
    frozen = [
        Wanted(who, bytes(record), day, int(minutes))
        for who, record, day, minutes in bulk.fetch(connection, _FROZEN, (site, month))
    ]
    states = {
        (who, bytes(record), day): state
        for who, record, day, state in bulk.fetch(connection, _STATES, (site, month))
    }
    fresh = [one for one in frozen if one[:3] not in states]
    refused = [one for one in frozen if states.get(one[:3]) == "refused"] if again else []
    return fresh, refused


def _require_agreement(connection: Connection, site: str, month: int) -> None:
    """Compare what was ever sent of a month with what its close froze: people, records and minutes."""
    frozen = [
        Wanted(who, bytes(record), day, int(minutes))
        for who, record, day, minutes in bulk.fetch(connection, _FROZEN, (site, month))
    ]
    kept = [
        Wanted(who, bytes(record), day, minutes)
        for who, record, day, minutes in bulk.fetch(connection, _SENT, (site, month))
    ]
    if totals(frozen) != totals(kept):
        words = f"{site} {iso_month(month)}: {totals(frozen)} ≠ {totals(kept)}"
        raise Refused(Code.TOTALS_DIFFER, words)


_FROZEN = (
    "SELECT who, record, day, SUM(minutes) FROM frozen_posting "
    "WHERE site = ? AND month = ? AND verdict = 'credited' "
    "GROUP BY who, record, day HAVING SUM(minutes) <> 0"
)
_STATES = "SELECT who, record, day, state FROM export_row WHERE site = ? AND month = ?"
_SENT = "SELECT who, record, day, minutes FROM export_row WHERE site = ? AND month = ?"
