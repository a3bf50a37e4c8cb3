"""Give the centre back what it left here before it was restored: batches of its own log, which only it can read (I6)."""

import structlog

from kiosk.doors import Doors
from kiosk.errors import Stopped
from kiosk.store import Database
from sync import parcel, statement

_log = structlog.get_logger("kiosk.sync")


def give_back(db: Database, doors: Doors, epoch: str) -> None:
    """Give back the deposits of other epochs than this one, newest first, of each log until the server knows it whole.

    One that the server refuses does not stop the others. Raise `Stopped` where trying again later may help.
    """
    known: set[str] = set()
    for key, text, signature, sealed in _deposits(db):
        log = key[:32]
        if log in known or statement.read(text, "deposit")["epoch"] == epoch:
            continue
        try:
            reply = doors.deposit(parcel.pack(text, bytes(signature), bytes(sealed)))
        except Stopped as error:
            if error.later:
                raise
            _log.warning("deposit_refused", code=error.code)
            continue
        if reply["whole"] and not reply["fresh"]:
            known.add(log)
        _log.info("deposit_given_back", log=log, fresh=reply["fresh"])


def _deposits(db: Database) -> list[tuple[str, str, bytes, bytes]]:
    query = "SELECT key, statement, signature, sealed FROM deposits ORDER BY key DESC"
    rows: list[tuple[str, str, bytes, bytes]] = db.execute(query).fetchall()
    return rows
