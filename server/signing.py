"""The server's word: statements signed by its identity key."""

from dataclasses import dataclass

from server.clock import Clock
from server.keys import Keys
from sync import statement
from sync.batch import Batch
from sync.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs statements in the name of this epoch of the server."""

    keys: Keys
    clock: Clock
    epoch: str

    def sign(self, name: str, **fields: object) -> dict[str, str]:
        """Give a signed statement as the envelopes carry it."""
        return self.sign_text(statement.write(name, **fields))

    def sign_text(self, text: str) -> dict[str, str]:
        """Give a statement's text and its signature as the envelopes carry them."""
        return {
            "statement": text,
            "signature": statement.sign(self.keys.identity, text).hex(),
        }

    def receipt(self, batch: Batch) -> dict[str, str]:
        """Give the signed word that this batch is held."""
        word = Receipt(
            epoch=self.epoch,
            log=batch.log,
            first=batch.first,
            last=batch.last,
            hash=batch.head,
            server_ms=self.clock.wall_ms(),
        )
        return self.sign_text(word.text())
