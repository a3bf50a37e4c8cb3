"""The server's word: statements signed by its identity key."""

from dataclasses import dataclass

from server import epochs
from server.clock import Clock
from server.database import Database
from server.keys import Keys
from sync import statement
from sync.batch import Batch
from sync.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs statements in the name of this server."""

    keys: Keys
    clock: Clock
    database: Database

    @property
    def epoch(self) -> str:
        """The epoch that the database is in now: another process may have begun one."""
        with self.database.read() as connection:
            return epochs.name_now(connection)

    def sign(self, name: str, **fields: object) -> dict[str, str]:
        """Give a signed statement as the envelopes carry it."""
        return self.sign_text(statement.write(name, **fields))

    def sign_text(self, text: str) -> dict[str, str]:
        """Give a statement's text and its signature as the envelopes carry them."""
        return {
            "statement": text,
            "signature": statement.sign(self.keys.identity, text).hex(),
        }

    def receipt(self, batch: Batch, epoch: str = "") -> dict[str, str]:
        """Give the signed word that this batch is held; epoch: in which it was taken in ("": now)."""
        word = Receipt(
            epoch=epoch or self.epoch,
            log=batch.log,
            first=batch.first,
            last=batch.last,
            hash=batch.head,
            server_ms=self.clock.wall_ms(),
        )
        return self.sign_text(word.text())
