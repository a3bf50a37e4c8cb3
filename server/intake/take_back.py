"""Take a deposit back: a batch of a central log that a kiosk kept for the centre, which may have forgotten it (I6).

Only what this server's identity key signed is taken, so nobody can put words into the centre's mouth.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server import bulk
from server.central import Central, central_row
from server.database import Database
from server.intake import feed
from server.intake.deposits import deposit_row, open_deposit
from server.intake.epoch import Proof, notice
from server.intake.ingest import keep, read_ranges
from server.intake.reapply import reapply
from server.models.feed import FeedHead, FeedRow
from server.signing import Signer
from sync import parcel
from sync.batch import Batch
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a deposit brought. fresh: entries that were not known. whole: all that came before them is known, too."""

    fresh: int
    whole: bool


def take_back(database: Database, central: Central, signer: Signer, wire: bytes) -> TakenBack:
    """Take a deposit back. Doing it again changes nothing.

    Raise `Refused`: as `sync.parcel.unpack` and `sync.batch.unpack`; `unknown_log` for what is no deposit of the log it names.
    """
    word = parcel.unpack(wire, server_key=signer.keys.identity_public)
    if not isinstance(word, parcel.Deposit):
        raise Refused(Code.MALFORMED, "not a deposit")
    batch = open_deposit(signer, word)
    if (batch.log, batch.first, batch.last, batch.head) != (
        *(word.log, word.first, word.last, word.hash),
    ):
        raise Refused(Code.UNKNOWN_LOG, "another batch than was signed for")
    text, signature = word.signed
    notice(database, central, signer, "", [Proof(text, signature)])
    with database.write_facts() as connection:
        number = feed.hold(connection)
        log = central_row(connection, batch.key)
        fresh = keep(connection, log, batch, is_ours=True)
        for start, stop in fresh:
            for at in range(start, stop):
                place = (log, batch.first + at, batch.hashes[at])
                reapply(connection, batch.bodies[at], place)
        if fresh:
            _deposit_again(connection, batch, (text, signature, word.sealed), number)
        whole = _is_whole(connection, log, batch)
    return TakenBack(sum(stop - start for start, stop in fresh), whole)


def _deposit_again(
    connection: Connection, batch: Batch, word: tuple[str, bytes, bytes], number: int
) -> None:
    """Leave with the kiosks of this epoch, too, what came back: the next restore may be from the same copy."""
    row = deposit_row(batch.log, batch.first, batch.head, word)
    bulk.upsert(connection, FeedRow, [(*row, number + 1)])
    bulk.upsert(connection, FeedHead, [(1, number + 1)])


def _is_whole(connection: Connection, log: int, batch: Batch) -> bool:
    """Tell whether the log is here from its first entry up to this batch, on whatever branch."""
    reach = 0
    for held in read_ranges(connection, log):
        if held.first <= reach + 1:
            reach = max(reach, held.last)
    return reach >= batch.last
