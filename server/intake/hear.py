"""What a bundle brings beside batches, as a hello and the door for deposits do: our earlier words, what we left there (I6)."""

from dataclasses import dataclass

import structlog

from server.central import Central
from server.database import Database
from server.intake.epoch import Proof, notice
from server.intake.take_back import take_back
from server.signing import Signer
from sync.bundle import Beside
from sync.errors import Refused
from sync.frames import Kind
from sync.words import read_words

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it. given_back: entries of the central log that were not known. is_new_epoch: we had forgotten something."""

    given_back: int = 0
    is_new_epoch: bool = False


def hear(database: Database, central: Central, signer: Signer, piece: Beside) -> Heard:
    """Look at words, or take a deposit back. What proves nothing is passed over: it stops no batch (I3)."""
    try:
        content = piece.open(signer.keys.seal.private_bytes_raw())
        if piece.kind is Kind.DEPOSIT:
            return Heard(given_back=take_back(database, central, signer, content).fresh)
        proofs = [Proof(text, signature) for text, signature in read_words(content)]
    except Refused as refusal:
        _log.warning("bundle_word_refused", code=refusal.code, kind=piece.kind.name)
        return Heard()
    return Heard(is_new_epoch=notice(database, central, signer, piece.header.log, proofs))
