"""Receipts kept: what the server has proved that it holds. Only they let an entry be called delivered.

A server restored from an old backup knows less than it signed for, and begins a new epoch (I6). So an entry counts as
delivered if a receipt of the present epoch covers it and the server did not, at the last contact, leave it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kiosk import device
from kiosk.store import Database
from sync.receipt import Receipt

Ranges = list[tuple[int, int]]
"""Runs of seqs as (first, last), in order and apart."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the server of this epoch says it holds of this chain."""

    epoch: str
    ranges: Ranges


class Delivery(NamedTuple):
    """held: entries delivered. pending: the others; oldest: the lowest seq of these (0: none)."""

    held: int
    pending: int
    oldest: int


def keep(db: Database, log: int, receipt: Receipt, text: str, signature: bytes) -> None:
    """Write a proved receipt of a log down, within the caller's transaction. Those that it makes superfluous go."""
    span = (receipt.first, receipt.last)
    db.execute("DELETE FROM receipts WHERE log = ? AND first >= ? AND last <= ?", (log, *span))
    db.execute("DELETE FROM set_aside WHERE log = ? AND first >= ? AND last <= ?", (log, *span))
    row = (*span, receipt.hash, receipt.epoch, receipt.server_ms, text, signature, log)
    db.execute("INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    before = told(db, log)
    tell(db, log, Told(receipt.epoch, merged([*before.ranges, span])))


def told(db: Database, log: int) -> Told:
    """Give what the server said that it holds of a log, at its last contact and since."""
    return device.read(db, f"told {log}", Told) or Told("", [])


def tell(db: Database, log: int, now: Told) -> None:
    """Write down what the server says that it holds of a log, within the caller's transaction."""
    device.write(db, f"told {log}", now)


def signed(db: Database, log: int, epoch: str) -> Ranges:
    """Give what receipts of this epoch of the server cover of a log."""
    query = "SELECT first, last FROM receipts WHERE log = ? AND epoch = ?"
    return merged(db.execute(query, (log, epoch)))


def knows_less(db: Database, log: int, now_told: Ranges) -> bool:
    """Tell whether the server no longer names something of a log that it signed for, in whatever epoch."""
    before = merged(db.execute("SELECT first, last FROM receipts WHERE log = ?", (log,)))
    return size(common(before, now_told)) < size(before)


def delivery(db: Database, log: int, head: int) -> Delivery:
    """Count what is delivered of a log and what is pending, up to this head."""
    ranges = _delivered(db, log, head)
    held = size(ranges)
    oldest = ranges[0][1] + 1 if ranges and ranges[0][0] == 1 else 1
    return Delivery(held, head - held, oldest if head > held else 0)


def undelivered(db: Database, log: int, head: int) -> Ranges:
    """Give what is pending of a log, up to this head."""
    ends = [(0, 0), *_delivered(db, log, head), (head + 1, head + 1)]
    gaps = ((before[1] + 1, after[0] - 1) for before, after in pairwise(ends))
    return [(first, last) for first, last in gaps if first <= last]


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Put runs in order, those that touch joined."""
    out: Ranges = []
    for first, last in sorted(ranges):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out


def common(one: Ranges, other: Ranges) -> Ranges:
    """Give what is in both, in one pass over both."""
    out: Ranges = []
    i = j = 0
    while i < len(one) and j < len(other):
        first, last = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if first <= last:
            out.append((first, last))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return out


def size(ranges: Ranges) -> int:
    """Count the seqs of runs that are apart."""
    return sum(last - first + 1 for first, last in ranges)


def _delivered(db: Database, log: int, head: int) -> Ranges:
    now = told(db, log)
    return common(signed(db, log, now.epoch), common(now.ranges, [(1, head)]))
