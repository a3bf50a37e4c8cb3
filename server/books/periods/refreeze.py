"""Freeze again what a close froze, where its entry came back from kiosks after a restore and its rows did not (I6).

The entry says what it covers; once all of that is held again, the same rows follow, and their digest proves it.
"""

from sqlalchemy import Connection, func, select

from schemas.central_entry import ClosePeriod
from server.books.derive.queue import queue_people
from server.books.periods.close_period import keep_frozen
from server.books.periods.count_period import counted_now
from server.books.periods.frozen_set import FrozenSet
from server.books.verify.as_covered import NotCovered, as_covered
from server.books.verify.books import closings, covered_by
from server.database import Database
from server.models.period import FrozenPosting


def refreeze(database: Database, server_key: bytes) -> int:
    """Freeze again, in central order, what can be; give how many closes still lack their rows."""
    missing = 0
    with database.read() as connection:
        bare = [closing for closing in closings(connection) if _is_bare(connection, closing[0])]
    for entry, log, seq, order in bare:
        with database.read() as connection:
            frozen = _frozen_again(connection, entry, (log, seq, order), server_key)
        if frozen is None:
            missing += 1
            continue
        with database.write_facts() as connection:
            queue_people(connection, {key.who for key, _ in frozen.postings})
            if _is_bare(connection, entry):
                keep_frozen(connection, entry.site, entry.month, frozen)
    return missing


def _is_bare(connection: Connection, entry: ClosePeriod) -> bool:
    """Tell whether a close froze something and none of it is here."""
    query = select(func.count()).select_from(FrozenPosting)
    here = query.where(FrozenPosting.site == entry.site, FrozenPosting.month == entry.month)
    return entry.rows > 0 and not connection.scalar(here)


def _frozen_again(
    connection: Connection, entry: ClosePeriod, place: tuple[int, int, int], server_key: bytes
) -> FrozenSet | None:
    """Work out what a close froze; None while something that it covers is not here."""
    log, seq, order = place
    try:
        with (
            as_covered(connection, covered_by(connection, log, seq), order, server_key) as then,
            then.read() as copy,
        ):
            frozen = counted_now(copy, entry.site, entry.month).frozen
    except NotCovered:
        return None
    return frozen if frozen.digest() == entry.digest else None
