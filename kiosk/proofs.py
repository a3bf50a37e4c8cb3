"""What this kiosk shows of the server's earlier words, so that a server that was restored from an old copy notices it (I6)."""

import msgspec

from kiosk import device
from kiosk.store import Database
from schemas.limits import PROOFS_MAX
from sync import statement

TIME_WORD = "time_word"
Shown = tuple[str, bytes]
"""A statement and its signature."""


class TimeWord(msgspec.Struct, frozen=True):
    """The server's signed time at the last contact of a log."""

    log: str
    statement: str
    signature: bytes


def proofs(db: Database, identity: device.Identity) -> list[Shown]:
    """Give the newest words about this log, and the newest deposit: what was signed last is what a restored server lacks."""
    found = [*_time(db, identity), *_receipts(db, identity), *_deposit(db)]
    return list(dict.fromkeys(found))[:PROOFS_MAX]


def _time(db: Database, identity: device.Identity) -> list[Shown]:
    word = device.read(db, TIME_WORD, TimeWord)
    return [(word.statement, word.signature)] if word and word.log == identity.log else []


def _receipts(db: Database, identity: device.Identity) -> list[Shown]:
    """Give the receipt signed last, and the one that reaches farthest."""
    found = []
    for order in ("server_ms DESC, last DESC", "last DESC, server_ms DESC"):
        query = f"SELECT statement, signature FROM receipts WHERE log = ? ORDER BY {order} LIMIT 1"  # noqa: S608 - from above
        found += db.execute(query, (identity.number,)).fetchall()
    return [(text, bytes(signature)) for text, signature in found]


def _deposit(db: Database) -> list[Shown]:
    """Give the deposit signed last: the end of a central log as this kiosk knows it."""
    rows = db.execute(
        """SELECT statement, signature FROM deposits WHERE key IN
           (SELECT max(key) FROM deposits GROUP BY substr(key, 1, 32))"""
    )
    newest = max(rows, key=lambda row: _signed_ms(row[0]), default=None)
    return [] if newest is None else [(newest[0], bytes(newest[1]))]


def _signed_ms(text: str) -> int:
    return statement.integer(statement.read(text, "deposit")["server_ms"])
