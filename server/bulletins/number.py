"""Numbers of bulletins: one series a server, in which none is given twice, a restore from an old copy or not."""

from sqlalchemy import Connection, func, select

from server.limits import BULLETIN_NUMBERS_APART
from server.models.bulletin import Bulletin
from server.models.epoch import Epoch


def next_number(connection: Connection) -> int:
    """Give the number of the next bulletin.

    Bulletins are in no kiosk's hands: a server put back to an old copy does not know which it issued since. So the first one
    after a restore goes on behind the next multiple of `BULLETIN_NUMBERS_APART`, and leaves out what may be on paper.
    """
    last, made_ms = connection.execute(
        select(func.coalesce(func.max(Bulletin.number), 0), func.max(Bulletin.made_ms))
    ).one()
    restored_ms = connection.scalar(
        select(func.max(Epoch.started_ms)).where(Epoch.reason == "restored")
    )
    if restored_ms is None or (made_ms is not None and made_ms >= restored_ms):
        return int(last) + 1
    return (int(last) // BULLETIN_NUMBERS_APART + 1) * BULLETIN_NUMBERS_APART + 1
