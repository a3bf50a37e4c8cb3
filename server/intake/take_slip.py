"""Take in a slip: one entry ahead of its chain, as a batch of one. Around it stays a gap (A3) until the rest has come."""

from contextlib import AbstractContextManager

from schemas.vocabulary import Code
from server.database import Database
from server.intake.ingest import Taken, set_aside, take
from sync.batch import Batch, repack
from sync.errors import Refused
from sync.slip import read_slip


def take_slip(
    database: Database, text: str, turn: AbstractContextManager[object], *, now_ms: int
) -> tuple[Batch, Taken]:
    """Keep the entry of a slip; the same one again changes nothing. Raise `Refused`: what `read_slip` and `take` refuse.

    One that proves nothing is not kept: whoever shows it can show it again. One that is true and has no place
    (`branch_limit`) is set aside, as the batch that it stands for.
    """
    with turn:
        batch = read_slip(text)
    try:
        return batch, take(database, batch, turn)
    except Refused as refusal:
        if refusal.code is Code.BRANCH_LIMIT:
            set_aside(database, repack(batch), refusal, now_ms)
        raise
