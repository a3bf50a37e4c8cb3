"""What entries say about somebody that is no scan: voids, walk-ins, and of which entry a lead stated an end. They are few, and
kept by person beside the scans.

A void names an entry of its own log, not a person: whom it concerns is known once both are held, in whatever order they came.
Voids are therefore also marks of their log; the time of such a mark is the seq of the entry that it names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from schemas.entry import Attest, Entry, Scan, Void, WalkIn
from server import bulk
from server.books.derive.stored import KioskLog, pack
from server.books.derive.timeline import Raw, read_rows
from server.models.derived import Mark, SaidRow
from server.reconcile.facts import VoidFact, WalkInFact
from sync.canonical import Strange
from sync.clock import Instant

Named = tuple[Raw, Entry | Strange, Instant | None]
"""An entry as stored, as understood, and its time."""


SaidOf = tuple[str, bytes, str, bytes]
"""A row: who, hash, kind, fact."""


class Said(NamedTuple):
    """What was said about one number."""

    voids: list[VoidFact]
    walk_ins: list[WalkInFact]


class About(NamedTuple):
    """An end that a lead stated about an entry: the time stated, and that entry's hash."""

    at_ms: int
    entry: bytes


class _Stored(NamedTuple):
    """target: hash of the entry that a void names, or that a stated end is about. site: of a walk-in. All are kept for each."""

    log: int
    seq: int
    at_ms: int
    target: bytes
    site: str
    by: str
    reason: bool


class _StoredVoid(NamedTuple):
    hash: bytes
    at_ms: int
    target: bytes
    by: str
    reason: bool


_unpack = msgspec.msgpack.Decoder(_Stored).decode
_unpack_void = msgspec.msgpack.Decoder(_StoredVoid).decode


def unpack_said(fact: bytes) -> _Stored:
    """Read what a row of `said` holds."""
    return _unpack(fact)


VOID, WALK_IN, ABOUT = "void", "walk_in", "about"


def keep_said(
    connection: Connection, kiosk: KioskLog, named: Iterable[Named], first: int, last: int
) -> set[str]:
    """Keep what entries from seq `first` to `last` say about people; give those whom it concerns.

    named: the voids and walk-ins among them. A void kept before may name an entry that is there only now.
    """
    marks, rows = [], []
    for (seq, slot, entry_hash, _), entry, instant in named:
        if instant is None:
            continue
        if isinstance(entry, Void):
            one = _StoredVoid(
                entry_hash, instant.at_ms, entry.hash, entry.by, _is_said(entry.reason)
            )
            marks.append((kiosk.number, VOID, seq, slot, entry.seq, pack(one)))
        elif isinstance(entry, WalkIn):
            place = kiosk.place_at(instant.at_ms)
            site = place.site if place else ""
            fact = _Stored(kiosk.number, seq, instant.at_ms, b"", site, entry.by, True)
            rows.append((entry.who, entry_hash, WALK_IN, pack(fact)))
    bulk.upsert(connection, Mark, marks)
    rows += _voids_of_people(connection, kiosk, first, last)
    bulk.upsert(connection, SaidRow, rows)
    return {row[0] for row in rows}


def about_row(log: int, seq: int, entry_hash: bytes, entry: Attest) -> SaidOf:
    """Give the row of an end that a lead stated about an entry."""
    said = _Stored(log, seq, entry.at_ms, entry.about, "", entry.by, _is_said(entry.reason))
    return entry.who, entry_hash, ABOUT, pack(said)


def abouts_by(rows: Iterable[SaidOf]) -> dict[str, list[About]]:
    """Give what these rows say of stated ends, by number."""
    found: dict[str, list[About]] = {}
    for who, _, _, fact in rows:
        kept = _unpack(bytes(fact))
        found.setdefault(who, []).append(About(kept.at_ms, kept.target))
    return found


def said_by(rows: Iterable[SaidOf], logs: Mapping[int, KioskLog]) -> dict[str, Said]:
    """Give what these rows of `said` say, by number."""
    found: dict[str, Said] = {}
    for who, entry_hash, kind, fact in rows:
        kept, own = _unpack(bytes(fact)), found.setdefault(who, Said([], []))
        name, written = logs[kept.log].name, (kept.seq, bytes(entry_hash), kept.at_ms)
        if kind == VOID:
            own.voids.append(VoidFact(name, *written, kept.target, kept.by, kept.reason))
        else:
            own.walk_ins.append(WalkInFact(name, *written, who, kept.site, kept.by))
    return found


def _voids_of_people(
    connection: Connection, kiosk: KioskLog, first: int, last: int
) -> Iterator[tuple[str, bytes, str, bytes]]:
    """Give the voids that stand at these seqs, or name an entry at them, with whom each concerns."""
    log = kiosk.number
    for seq, target_seq, fact in bulk.fetch(connection, _VOIDS, (log, first, last, first, last)):
        kept = _unpack_void(bytes(fact))
        for row in read_rows(connection, log, target_seq, target_seq):
            is_person = isinstance(row.entry, Scan | Attest) and row.entry.who
            if row.hash == kept.target and is_person and isinstance(row.entry, Scan | Attest):
                said = _Stored(log, seq, kept.at_ms, kept.target, "", kept.by, kept.reason)
                yield row.entry.who, kept.hash, VOID, pack(said)


def _is_said(reason: str) -> bool:
    return bool(reason.strip())


def said_among(
    rows: Sequence[Raw], entries: Sequence[Entry | Strange], instants: Sequence[Instant | None]
) -> list[Named]:
    """Give the voids and walk-ins among entries."""
    both = zip(rows, entries, instants, strict=True)
    return [one for one in both if isinstance(one[1], Void | WalkIn)]


_VOIDS = (
    "SELECT seq, at_ms, fact FROM derived.mark WHERE log = ? AND kind = 'void' "
    "AND (seq BETWEEN ? AND ? OR at_ms BETWEEN ? AND ?) ORDER BY seq, slot"
)
