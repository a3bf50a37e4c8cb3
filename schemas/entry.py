"""Entries: what happened, one typed definition each. Codec and validation in one, because this is the hot path.

An entry is a msgpack array: its kind, the three clocks, then its own fields, in the order given here. Only integers, byte
strings, text strings and arrays of them occur. Bytes, once written, never change: these definitions may gain fields at
the END, with a default, and new kinds; a field never moves, changes its type or goes. Software that does not know a kind
or a trailing field keeps and carries the bytes as they came (`docs/protocol.md`, 2).
"""

import re
from typing import Annotated

from msgspec import Meta

from schemas.central_entry import CentralEntry
from schemas.fields import (
    Count,
    DirectionWord,
    Flag,
    Hash,
    HashOrNone,
    KeyId,
    LogName,
    Milliseconds,
    Number,
    NumberOrNone,
    Signature,
    Stamped,
    Text,
    Word,
)
from schemas.limits import SEALED_BYTES_MAX, SERIAL_MAX

_scan_texts_sound = re.compile(
    r"(?:in|out)\n[a-z_]{0,32}\n[a-z_]{0,32}\n[0-9A-Za-z-]{0,20}\n[0-9A-Za-z-]{0,20}\n[0-9A-Za-z-]{0,20}"
).fullmatch


class Scan(Stamped, tag="scan", array_like=True, frozen=True):
    """A code was presented. `who` is empty where it identified nobody; then `code` holds what was read.

    direction: `in` or `out`; chosen: 1 if a person chose it, 0 if the kiosk guessed. key, serial, expires_s: of the badge.
    code: of a badge that failed, its text after `RV1:`; of anything else, sealed to the centre (HPKE).
    mark: keyed hash of such a code, so that repeats can be seen without reading it.
    by: the lead who typed the number, as a volunteer number ("": the person did, or nobody typed).

    Its six texts are checked by one pattern over all of them, because six patterns cost more than all the rest.
    """

    direction: str
    chosen: Flag
    how: str
    state: str
    post: str
    who: str
    key: KeyId
    serial: Annotated[int, Meta(ge=0, le=SERIAL_MAX)]
    expires_s: Count
    code: Annotated[bytes, Meta(max_length=SEALED_BYTES_MAX)] = b""
    mark: Annotated[bytes, Meta(max_length=16)] = b""
    by: str = ""

    def __post_init__(self) -> None:
        """Refuse texts out of bounds, when read and when made: a `Word` each for how and state, a number or "" for the others."""
        texts = f"{self.direction}\n{self.how}\n{self.state}\n{self.post}\n{self.who}\n{self.by}"
        if _scan_texts_sound(texts) is None:
            raise ValueError("direction, how, state, post, who or by")


class Void(Stamped, tag="void", array_like=True, frozen=True):
    """The scan or attest `seq` of this log, with this hash, was a mistake. It stays; what it means changes (RULES, Void).

    by: the lead, "" for the undo that anybody may tap within ten seconds; reason: needed with `by`.
    """

    seq: Count
    hash: Hash
    by: NumberOrNone
    reason: Text


class Attest(Stamped, tag="attest", array_like=True, frozen=True):
    """A lead states when somebody came or left.

    at_ms: that time, UTC, Unix milliseconds. about: hash of the entry that it completes (the sign-in of a person who forgot
    to sign out), empty if none. how: `lead` (from memory or sight) or `paper` (from a sign-in sheet).
    """

    direction: DirectionWord
    who: Number
    at_ms: Count
    post: NumberOrNone
    how: Word
    about: HashOrNone
    by: Number
    reason: Text


class WalkIn(Stamped, tag="walk_in", array_like=True, frozen=True):
    """Somebody on no list came to help and got a temporary number, under which they scan until the centre knows them (D4).

    details: name, phone and what else they gave, sealed to the centre (HPKE): a stolen kiosk cannot read them back.
    consent: which wording of the privacy notice they agreed to.
    """

    who: Number
    post: NumberOrNone
    details: Annotated[bytes, Meta(max_length=SEALED_BYTES_MAX)]
    consent: Word
    by: NumberOrNone


class Handout(Stamped, tag="handout", array_like=True, frozen=True):
    """Gear was handed out: `count` pieces of `item`, or returned, where `count` is negative."""

    who: Number
    item: Text
    count: Milliseconds
    by: NumberOrNone


class Handover(Stamped, tag="handover", array_like=True, frozen=True):
    """One lead hands the kiosk to the next. present: heads counted on duty."""

    by: Number
    to: NumberOrNone
    present: Count
    text: Text


class Note(Stamped, tag="note", array_like=True, frozen=True):
    """Something worth keeping that changes no hours, by topic: `remark`, `duty_card`, `warned`, `setting`, `lead` ...

    who, about: whom and which entry (by hash) it concerns, empty if none.
    """

    topic: Word
    who: NumberOrNone
    about: HashOrNone
    text: Text
    by: NumberOrNone


class Boot(Stamped, tag="boot", array_like=True, frozen=True):
    """The first entry of each boot of the device: which software wrote what follows."""

    version: Text
    clock: Word


class Anchor(Stamped, tag="anchor", array_like=True, frozen=True):
    """A contact with the server: its signed time, between two readings of the monotonic clock.

    server_ms lies, as the kiosk's clock runs, between `before_ms` and `after_ms`. `signature` is the server's, over the
    statement `time` with epoch, log, nonce and server_ms (`sync/statement.py`).
    """

    epoch: Text
    nonce: Annotated[bytes, Meta(min_length=16, max_length=16)]
    server_ms: Count
    before_ms: Count
    after_ms: Count
    signature: Signature


class Frontier(Stamped, tag="frontier", array_like=True, frozen=True):
    """Everything this kiosk recorded until now is in its log, up to entry `upto`."""

    upto: Count


class Succeed(Stamped, tag="succeed", array_like=True, frozen=True):
    """This log goes on where another ended, which was copied or restored: the second entry of a log, behind its boot entry.

    log, seq, hash: the predecessor and the last entry of it that this kiosk wrote (seq 0: the genesis hash). signature: the
    predecessor's, over the statement `succeed` with these and this log's id as successor.
    """

    log: LogName
    seq: Count
    hash: Hash
    signature: Signature


class Enrol(Stamped, tag="enrol", array_like=True, frozen=True):
    """Central: a log belongs to a site (and a post) from `from_ms` to `to_ms` (0: open).

    by: the account that confirmed it ("": a code did, or the operator).
    """

    log: LogName
    site: Number
    post: NumberOrNone
    from_ms: Count
    to_ms: Count
    by: Text = ""


class Set(Stamped, tag="set", array_like=True, frozen=True):
    """Central: reference data changed. `digest` is SHA-256 over the changed rows in canonical form, in order."""

    table: Word
    rows: Count
    digest: Hash
    by: Text


class RevokeBadge(Stamped, tag="revoke_badge", array_like=True, frozen=True):
    """Central: the badge `serial` of `who` and every earlier one stop counting from `from_ms` on."""

    who: Number
    serial: Annotated[int, Meta(ge=0, le=SERIAL_MAX)]
    from_ms: Count
    reason: Text


class RevokeLog(Stamped, tag="revoke_log", array_like=True, frozen=True):
    """Central: the log stands up to the entry `seq` with this hash; what lies above it, or on another branch, is held (A5).

    seq 0, with the genesis hash: nothing of it stands. from_ms: when the device was lost. by: who said so.
    """

    log: LogName
    seq: Count
    hash: Hash
    from_ms: Count
    reason: Text
    by: Text


class BadgeKey(Stamped, tag="badge_key", array_like=True, frozen=True):
    """Central: what becomes of a key that signs badges (`public`, Ed25519), from `from_ms` on.

    state: `signing` (kiosks accept it from this entry on, the centre signs with it from then on), `retired` (the last badge
    that it signed has expired) or `withdrawn` (it may be in strangers' hands: what it signed does not count any more).
    """

    public: Annotated[bytes, Meta(min_length=32, max_length=32)]
    state: Word
    from_ms: Count
    reason: Text


Entry = (
    Scan
    | Boot
    | Anchor
    | Frontier
    | Succeed
    | Void
    | Attest
    | WalkIn
    | Handout
    | Handover
    | Note
    | Enrol
    | Set
    | RevokeBadge
    | BadgeKey
    | RevokeLog
    | CentralEntry
)
