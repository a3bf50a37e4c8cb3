"""Central order: which entry of the centre's own logs comes first. A predecessor log comes wholly before its successor."""

from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from server import bulk
from server.models.central_place import CentralPlace
from server.models.epoch import Epoch
from server.models.log import Log

ORDER_BITS = 40
"""A place in central order is the rank of its log, then its seq in so many bits."""


PLACED = (
    "JOIN central_place p ON p.hash = {hash} JOIN log l ON l.id = p.log "
    "JOIN epoch o ON o.central = l.name"
)
"""Joins central entries with where they stand: `order_of(o.ordinal, p.seq)`. hash: the column with theirs."""

Placed = Select[*tuple[Any, ...]]

BEHIND_ALL = 2**62 - 1
"""A place behind all there are: of what is only tried."""


def keep_place(connection: Connection, entry: tuple[int, int, bytes], *, is_set: bool) -> None:
    """Keep where a central entry (log, seq, hash) stands, as the last of its log."""
    log, seq, entry_hash = entry
    before = entered_before(connection, log, seq)
    bulk.insert(connection, CentralPlace, [(log, seq, entry_hash, before + is_set)])


def entered_before(connection: Connection, log: int, seq: int) -> int:
    """Give how many changes of reference data were made before this place."""
    for number in reversed(_up_to(connection, log)):
        query = select(CentralPlace.entered).where(CentralPlace.log == number)
        if number == log:
            query = query.where(CentralPlace.seq < seq)
        found = connection.scalar(query.order_by(CentralPlace.seq.desc()).limit(1))
        if found is not None:
            return found
    return 0


def ranks(connection: Connection) -> dict[int, int]:
    """Give the rank of each central log, by its number: its epoch's place among all."""
    rows = connection.execute(
        select(Log.id, Epoch.ordinal).join(Epoch, Epoch.central == Log.name).order_by(Epoch.ordinal)
    )
    return {row.id: row.ordinal for row in rows}


def placed(query: Select[*tuple[Any, ...]], hash_: InstrumentedAttribute[bytes]) -> Placed:
    """Ask besides where central entries stand, by the column with their hashes: `rank` and `seq`, as `order_of` takes them."""
    told = query.add_columns(Epoch.ordinal.label("rank"), CentralPlace.seq)
    told = told.join(CentralPlace, CentralPlace.hash == hash_).join(Log, Log.id == CentralPlace.log)
    return told.join(Epoch, Epoch.central == Log.name)


def order_of(rank: int, seq: int) -> int:
    """Give a place in central order as one number."""
    return (rank << ORDER_BITS) + seq


def place_at(connection: Connection, order: int) -> tuple[int, int]:
    """Give log and seq of a place in central order; of one behind all there are (`BEHIND_ALL`), in the last log."""
    numbers = {rank: number for number, rank in ranks(connection).items()}
    seq = order & ((1 << ORDER_BITS) - 1)
    return numbers[min(order >> ORDER_BITS, max(numbers))], seq


def _up_to(connection: Connection, log: int) -> list[int]:
    """Give the central logs up to this one, in order."""
    ranked = ranks(connection)
    last = ranked.get(log, max(ranked.values(), default=0))
    return [number for number, rank in ranked.items() if rank <= last]
