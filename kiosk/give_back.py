"""Give the centre back what it left here before it was restored: batches of its own log, which only it can read (I6)."""

import structlog

from kiosk import owed
from kiosk.doors import Doors
from kiosk.errors import Stopped
from kiosk.store import Store

_log = structlog.get_logger("kiosk.sync")


def give_back(store: Store, doors: Doors, epoch: str) -> None:
    """Give back the deposits of other epochs than this one, newest first, of each log until the server knows it whole.

    One that the server refuses does not stop the others. Raise `Stopped` where trying again later may help.
    """
    known: set[str] = set()
    for one in owed.to_give(store.db, epoch):
        log = one.key[:32]
        if log in known:
            continue
        try:
            reply = doors.deposit(one.wire)
        except Stopped as error:
            if error.later:
                raise
            _log.warning("deposit_refused", code=error.code)
            continue
        if reply["whole"] and not reply["fresh"]:
            known.add(log)
        _log.info("deposit_given_back", log=log, fresh=reply["fresh"])
    with store.write() as db:
        owed.forget(db)
