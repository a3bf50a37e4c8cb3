"""Receipts: the server's signed word that it holds a log's entries up to a head.

Only a receipt lets a kiosk call entries delivered.
"""

from dataclasses import dataclass

from schemas.vocabulary import Code
from sync import statement
from sync.errors import Refused
from sync.ids import EntryHash, LogId


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server of this epoch holds entries `first` to `last` of this log; the last has this hash.

    server_ms: when it said so.
    """

    epoch: str
    log: LogId
    first: int
    last: int
    hash: EntryHash
    server_ms: int

    def text(self) -> str:
        """Give the statement that the server signs."""
        return statement.write(
            "receipt",
            epoch=self.epoch,
            log=self.log,
            first=self.first,
            last=self.last,
            hash=self.hash,
            server_ms=self.server_ms,
        )


def verify(text: str, signature: bytes, *, server_key: bytes, log: LogId) -> Receipt:
    """Read a receipt for this log. Raise `Refused(malformed | bad_signature | unknown_log)`."""
    statement.require_signed(server_key, text, signature)
    fields = statement.read(text, "receipt")
    if fields["log"] != log:
        raise Refused(Code.UNKNOWN_LOG, "a receipt for another log")
    first, last = statement.integer(fields["first"]), statement.integer(fields["last"])
    if not 1 <= first <= last:
        raise Refused(Code.MALFORMED, "a receipt for no entries")
    return Receipt(
        epoch=fields["epoch"],
        log=log,
        first=first,
        last=last,
        hash=EntryHash(statement.octets(fields["hash"], 32)),
        server_ms=statement.integer(fields["server_ms"]),
    )
