"""Receipts kept: what the server has proved that it holds. Only they let an entry be called delivered.

A receipt of another epoch than the server's present one proves nothing about what it holds now (I6).
"""

from typing import NamedTuple

from kiosk.store import Database
from sync.receipt import Receipt


class Delivery(NamedTuple):
    """held: entries proved. pending: entries not proved yet; oldest: the lowest seq of them (0: none)."""

    held: int
    pending: int
    oldest: int


def keep(db: Database, receipt: Receipt, text: str, signature: bytes) -> None:
    """Write a proved receipt down, within the caller's transaction. Those that it makes superfluous go."""
    db.execute(
        "DELETE FROM receipts WHERE epoch = ? AND first >= ? AND last <= ?",
        (receipt.epoch, receipt.first, receipt.last),
    )
    db.execute(
        "DELETE FROM set_aside WHERE first >= ? AND last <= ?", (receipt.first, receipt.last)
    )
    row = (receipt.first, receipt.last, receipt.hash, receipt.epoch, receipt.server_ms)
    db.execute("INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, text, signature))


def proved(db: Database, epoch: str) -> list[tuple[int, int]]:
    """Give the ranges that receipts of this epoch prove, merged and in order."""
    rows = db.execute("SELECT first, last FROM receipts WHERE epoch = ? ORDER BY first", (epoch,))
    merged: list[tuple[int, int]] = []
    for first, last in rows:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def delivery(db: Database, epoch: str, head: int) -> Delivery:
    """Count what is proved and what is pending, up to this head."""
    ranges = proved(db, epoch)
    held = sum(max(0, min(last, head) - first + 1) for first, last in ranges)
    oldest = ranges[0][1] + 1 if ranges and ranges[0][0] == 1 else 1
    return Delivery(held, head - held, oldest if head > held else 0)
