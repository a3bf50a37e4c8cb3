"""What central entries that settle something leave where it is looked up. Every row follows from its entry alone.

So a database that gets central entries back from elsewhere makes the same rows of them, and `verify` can compare.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import structs
from sqlalchemy import Connection
from sqlalchemy.orm import DeclarativeBase

from schemas.central_entry import (
    Accept,
    Answer,
    CentralEntry,
    Certify,
    ClosePeriod,
    Conclude,
    Correct,
    Decide,
    Listed,
    Merge,
    Object,
    Publish,
    Unmerge,
    Withdraw,
)
from schemas.entry import Entry
from schemas.fleet_entry import Tell, Untell
from server import bulk
from server.central import Appended, Central
from server.models.certificate import CertificateEnd, CertificateRow
from server.models.correction import Correction, CorrectionAnswer
from server.models.decision import Decision, Merger, MergerEnd
from server.models.fleet import KioskMessage, KioskMessageEnd
from server.models.period import PeriodClose
from server.models.star_list import StarList, StarListEnd, StarListPart, StarObjection
from sync.canonical import encode, understand

UNSTAMPED = (bytes(8), 0, 0)
"""The clocks of an entry that is not written yet: writing puts in the true ones."""

Row = tuple[type[DeclarativeBase], tuple[Any, ...]]
"""A table and a row of it, in the order of its columns."""


def write_entry(connection: Connection, central: Central, entry: CentralEntry) -> Appended:
    """Append an entry to the central log, stamped now, and keep its row, in the caller's transaction."""
    stamped: list[CentralEntry] = []

    def stamp(boot: bytes, mono_ms: int, lead_ms: int) -> CentralEntry:
        made = structs.replace(entry, boot=boot, mono_ms=mono_ms, lead_ms=lead_ms)
        stamped.append(made)
        return made

    appended = central.append(connection, stamp)
    keep(connection, stamped[0], appended.hash)
    return appended


def keep(connection: Connection, entry: Entry, entry_hash: bytes) -> None:
    """Keep the row of a central entry, if it has one; one that is there already stays."""
    row = row_of(entry, entry_hash)
    if row is not None:
        bulk.insert_missing(connection, row[0], [row[1]])


def row_of(entry: Entry, entry_hash: bytes) -> Row | None:
    """Give the row that an entry is looked up by."""
    match entry:
        case Decide():
            return Decision, (entry.who, entry_hash, entry.record, entry.mark, encode(entry))
        case Merge():
            return Merger, (entry_hash, entry.who, entry.into, 0)
        case Accept():
            return Merger, (entry_hash, entry.who, entry.into, 1)
        case Unmerge():
            return MergerEnd, (entry.entry, entry_hash)
        case ClosePeriod():
            return PeriodClose, (entry.site, entry.month, entry_hash, encode(entry))
        case Correct():
            values = (entry_hash, entry.who, entry.site, entry.asked_ms, encode(entry))
            return Correction, values
        case Answer():
            return CorrectionAnswer, (entry.request, entry_hash, encode(entry))
        case Tell():
            return KioskMessage, (entry.site, entry_hash, entry.until_ms, encode(entry))
        case Untell():
            return KioskMessageEnd, (entry.entry, entry_hash)
    return _row_on_paper(entry, entry_hash)


def _row_on_paper(entry: Entry, entry_hash: bytes) -> Row | None:
    """Give the row of an entry about a certificate or a list of stars."""
    match entry:
        case Certify():
            values = (entry_hash, entry.number, entry.who, entry.replaces, encode(entry))
            return CertificateRow, values
        case Withdraw():
            return CertificateEnd, (entry.entry, entry_hash, encode(entry))
        case Publish():
            return StarList, (entry_hash, entry.mark, encode(entry))
        case Listed():
            return StarListPart, (entry.mark, entry_hash, encode(entry))
        case Object():
            return StarObjection, (entry_hash, entry.entry, entry.who, encode(entry))
        case Conclude():
            return StarListEnd, (entry.entry, entry_hash, encode(entry))
    return None


TABLES: Mapping[type[DeclarativeBase], str] = {
    Decision: "decision",
    Merger: "merger",
    MergerEnd: "end of a merger",
    PeriodClose: "close",
    Correction: "request for correction",
    CorrectionAnswer: "answer",
    CertificateRow: "certificate",
    CertificateEnd: "end of a certificate",
    StarList: "list of stars",
    StarListPart: "part of a list of stars",
    StarObjection: "objection",
    StarListEnd: "end of a list of stars",
    KioskMessage: "message to a site",
    KioskMessageEnd: "end of a message",
}
"""The tables that hold such rows, and what one row is called."""


def close_of(body: bytes) -> ClosePeriod:
    """Read the entry of a close from its bytes."""
    entry = understand(body)
    if not isinstance(entry, ClosePeriod):
        raise TypeError("the row of a close holds another entry")
    return entry
