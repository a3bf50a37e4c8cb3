"""Who this kiosk is to its neighbours: its log's key, its centre, and the centre's word that the log belongs there."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import device, receipts
from kiosk.app import Kiosk
from kiosk.store import Database
from sync import statement
from sync.ids import LogId, server_fingerprint
from sync.words import Word

_NAME = "place_word"
_SAME = ("epoch", "log", "site", "post")


class PlaceWord(msgspec.Struct, frozen=True):
    """The server's signed word for where the log that goes on belongs, as it came in a conversation."""

    log: str
    statement: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Me:
    """What the listener and the calls are handed.

    own: all logs of this kiosk; centre: fingerprint of the server of enrolment, url: where it is; reaches: the last sync with it
    went well; epoch: in which it last spoke ("" before that).
    """

    home: Path
    key: Ed25519PrivateKey
    log: LogId
    own: frozenset[str]
    site: str
    server_key: bytes
    centre: bytes
    word: Word
    url: str
    reaches: bool
    epoch: str


def read_me(kiosk: Kiosk) -> Me | None:
    """Read who this kiosk is; None until the centre has said, in a conversation, where the log that goes on belongs."""
    db = kiosk.store.db
    enrolment, identity = device.read_enrolment(db), device.read_identity(db)
    word = device.read(db, _NAME, PlaceWord)
    if enrolment is None or identity is None or word is None or word.log != identity.log:
        return None
    state = device.read_sync(db)
    return Me(
        kiosk.home,
        identity.key,
        identity.log,
        frozenset(one.log for one in device.read_identities(db)),
        enrolment.site,
        enrolment.server_key,
        server_fingerprint(enrolment.server_key),
        (word.statement, word.signature),
        enrolment.url,
        state.success_ms > 0 and state.failures == 0,
        receipts.told(db, identity.number).epoch,
    )


def keep_word(db: Database, log: LogId, text: str, signature: bytes) -> None:
    """Keep the server's word, which was checked, within the caller's transaction; one that says the same is not written again."""
    before = device.read(db, _NAME, PlaceWord)
    if before is None or _said(before.statement) != _said(text):
        device.write(db, _NAME, PlaceWord(log, text, signature))


def _said(text: str) -> list[str]:
    fields = statement.read(text, "place")
    return [fields[name] for name in _SAME]
