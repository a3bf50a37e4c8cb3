"""The log of everything done here, last first: scans, and what leads did. A page at a time, read from the entries themselves."""

from dataclasses import dataclass
from typing import Any

from kiosk import device
from kiosk.app import Kiosk
from kiosk.limits import JOURNAL_LOOK_ENTRIES, JOURNAL_ROWS
from kiosk.log import read_head
from kiosk.store import Database
from schemas.entry import Attest, Handout, Handover, Note, Scan, Void, WalkIn
from sync import canonical

_Deed = Attest | Handout | Handover | Note | Scan | Void | WalkIn
_NAMES = {
    Attest: "attest",
    Handout: "handout",
    Handover: "handover",
    Note: "note",
    Scan: "scan",
    Void: "void",
    WalkIn: "walk_in",
}
_FIELDS = (
    "who",
    "direction",
    "how",
    "state",
    "at_ms",
    "item",
    "count",
    "to",
    "present",
    "topic",
    "text",
    "reason",
    "by",
)
"""What is shown of an entry, where it has it. Never what is sealed."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, last first, and the seq below which to go on; 0: that was all."""

    rows: list[dict[str, Any]]
    before: int


def read_journal(kiosk: Kiosk, before: int, *, only_leads: bool) -> Page:
    """Look back from this seq of the log that goes on (0: from its head). only_leads: leave out what nobody led."""
    db = kiosk.store.db
    identity = device.require_identity(kiosk.store)
    top = read_head(db, identity).seq + 1
    begins = min(before, top) if before > 0 else top
    lowest = max(0, begins - JOURNAL_LOOK_ENTRIES - 1)
    rows: list[dict[str, Any]] = []
    for seq, entry_hash, body in _back(db, identity.number, begins, lowest):
        entry = canonical.understand(body)
        if isinstance(entry, _Deed) and (entry.by or not only_leads):
            rows.append(_row(identity.log, seq, entry_hash, entry))
        if len(rows) == JOURNAL_ROWS:
            return Page(rows, seq)
    return Page(rows, lowest + 1 if lowest else 0)


def _back(db: Database, log: int, begins: int, lowest: int) -> Any:
    return db.execute(
        "SELECT seq, hash, body FROM entries WHERE log = ? AND seq < ? AND seq > ? ORDER BY seq DESC",
        (log, begins, lowest),
    )


def _row(log: str, seq: int, entry_hash: bytes, entry: _Deed) -> dict[str, Any]:
    named = {name: getattr(entry, name) for name in _FIELDS if hasattr(entry, name)}
    about = {"about_seq": entry.seq} if isinstance(entry, Void) else {}
    place = {"log": log, "seq": seq, "hash": entry_hash.hex(), "wall_ms": entry.wall_ms}
    return {"kind": _NAMES[type(entry)], **place, **named, **about}
