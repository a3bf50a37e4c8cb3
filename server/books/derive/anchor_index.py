"""The anchors of a kiosk's log, checked once and found again by seq, at a cost that does not grow with the log."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.entry import Anchor
from server import bulk
from server.books.derive import stored
from server.books.derive.stored import KioskLog
from server.books.derive.timeline import Row, read_anchor_rows
from server.models.derived import Mark
from sync import contact, statement
from sync.clock import AnchorMark, anchor_mark
from sync.ids import LogId

IsAnchor = Callable[[Anchor, LogId], bool]


def anchor_checker(server_key: bytes) -> IsAnchor:
    """Make the check that an anchor's time was signed by this server for this log."""

    def is_anchor(anchor: Anchor, log: LogId) -> bool:
        return anchor.after_ms >= anchor.before_ms and statement.is_signed(
            server_key, contact.anchor_text(anchor, log), anchor.signature
        )

    return is_anchor


@dataclass(frozen=True, slots=True)
class Around:
    """The anchors within a run of seqs, in order, and the nearest on either side."""

    before: AnchorMark | None
    within: list[AnchorMark]
    after: AnchorMark | None

    @property
    def marks(self) -> list[AnchorMark]:
        """All of them, in order."""
        ends = ([self.before] if self.before else []), ([self.after] if self.after else [])
        return [*ends[0], *self.within, *ends[1]]


@dataclass(frozen=True, slots=True)
class AnchorIndex:
    """The index of one log, within one transaction."""

    connection: Connection
    kiosk: KioskLog
    is_anchor: IsAnchor

    def keep(self, first: int, last: int) -> None:
        """Check the anchors held from `first` to `last`, and index those whose signature holds."""
        rows = []
        for row in read_anchor_rows(self.connection, self.kiosk.number, first, last):
            if isinstance(row.entry, Anchor) and self.is_anchor(row.entry, LogId(self.kiosk.name)):
                mark = _mark(row, row.entry)
                fact = stored.pack((mark.boot, mark.mid_ms, mark.server_ms, mark.half_ms))
                rows.append((self.kiosk.number, "anchor", row.seq, row.slot, mark.server_ms, fact))
        bulk.upsert(self.connection, Mark, rows)

    def around(self, first: int, last: int) -> Around:
        """Find the anchors from `first` to `last`, the one before and the one after."""
        log = self.kiosk.number
        rows = bulk.fetch(self.connection, _AROUND, (log, log, first, first, log, last, last))
        marks = [_as_mark(seq, fact) for seq, fact in rows]
        within = [mark for mark in marks if first <= mark.seq <= last]
        return Around(
            next((mark for mark in marks if mark.seq < first), None),
            within,
            next((mark for mark in marks if mark.seq > last), None),
        )

    def by_entry(self) -> dict[tuple[int, int], AnchorMark]:
        """Give all anchors by seq and slot: for a forked log, whose branches have different ones."""
        rows = bulk.fetch(self.connection, _ALL, (self.kiosk.number,))
        return {(seq, slot): _as_mark(seq, fact) for seq, slot, fact in rows}


def _mark(row: Row, anchor: Anchor) -> AnchorMark:
    return anchor_mark(
        row.seq,
        boot=anchor.boot,
        server_ms=anchor.server_ms,
        before_ms=anchor.before_ms,
        after_ms=anchor.after_ms,
    )


def _as_mark(seq: int, fact: bytes) -> AnchorMark:
    kept = stored.unpack_anchor(fact)
    return AnchorMark(seq, kept.boot, kept.mid_ms, kept.server_ms, kept.half_ms)


_ANCHORS = "derived.mark WHERE log = ? AND kind = 'anchor'"
_AROUND = (
    f"SELECT seq, fact FROM {_ANCHORS} "  # noqa: S608 # constants
    f"AND seq >= COALESCE((SELECT MAX(seq) FROM {_ANCHORS} AND seq < ?), ?) "
    f"AND seq <= COALESCE((SELECT MIN(seq) FROM {_ANCHORS} AND seq > ?), ?) ORDER BY seq, slot"
)
_ALL = f"SELECT seq, slot, fact FROM {_ANCHORS}"  # noqa: S608 # constants
