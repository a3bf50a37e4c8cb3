"""The steps of a conversation (`sync.session`): what it asks to be done, what it is answered with, and what it achieved."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field

from sync import receipt
from sync.ids import EntryHash, LogId


@dataclass(frozen=True, slots=True)
class Identity:
    """Who talks: this log, and the server whose key was pinned at enrolment."""

    log: LogId
    server_key: bytes


@dataclass(frozen=True, slots=True)
class Contact:
    """Action: say hello with this nonce and the log's present head; answered by `Welcome`."""

    nonce: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """A range that the server says it holds: seqs and the hash of the last entry."""

    first: int
    last: int
    head: EntryHash


@dataclass(frozen=True, slots=True)
class Welcome:
    """What came of a contact, not yet trusted.

    before_ms, after_ms: the monotonic clock around the round trip. boot: at that moment. place: the server's signed word where
    the log belongs ("" for nowhere). channels: those that concern the kiosk, and the number of the last change in each. revoked:
    the log was; not signed, so all that it may do is raise an alarm.
    """

    statement: str
    signature: bytes
    held: Sequence[Held]
    enrolled: bool
    boot: bytes
    before_ms: int
    after_ms: int
    place: str = ""
    place_signature: bytes = b""
    channels: Mapping[str, int] = field(default_factory=dict)
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class AnchorFacts:
    """All of an anchor entry but its stamp."""

    epoch: str
    nonce: bytes
    server_ms: int
    before_ms: int
    after_ms: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """Action: append these to the log, stamped with the clocks of that moment; answered by the new head's seq.

    The anchor's and frontier's own clocks are put in by the store; `anchor` holds all else.
    """

    anchor: AnchorFacts


@dataclass(frozen=True, slots=True)
class Check:
    """Action: give the own log's hash at this seq (None beyond its head)."""

    seq: int


@dataclass(frozen=True, slots=True)
class Close:
    """Action: write nothing more into this log, go on in a new one before the next entry; answered by the last seq.

    It diverged, at this seq (None: it was closed before, and is still delivered). Closing a closed log changes nothing.
    """

    diverged_at: int | None


@dataclass(frozen=True, slots=True)
class Proved:
    """Action: say which seqs the kept receipts of this epoch prove, as (first, last); None: push only what the server lacks.

    A receipt that was lost on its way is asked for again: what the server says it holds, but never signed for here, is
    pushed once more, and so is everything after a new epoch (I6).
    """

    epoch: str


@dataclass(frozen=True, slots=True)
class Push:
    """Action: push entries from `first`, at most to `last`, as one batch; answered by `Pushed` or `SetAside`."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """The server's answer to a batch that ended at `last`."""

    last: int
    statement: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class SetAside:
    """The server kept a batch that ended at `last` raw, but could not accept it."""

    last: int
    code: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Action: write this receipt down; it is proved."""

    receipt: receipt.Receipt
    statement: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Settle:
    """Action: take in where this log belongs, signed by the server of this epoch."""

    statement: str
    signature: bytes
    epoch: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Action: give back the deposits that other epochs of the server left here, newest first, until it has no use for more."""

    epoch: str


@dataclass(frozen=True, slots=True)
class Pull:
    """Action: ask for the next page of a channel and take it in; answered by True while the view has not come to `number`.

    epoch, proof, server_ms: of the fresh hello.
    """

    channel: str
    epoch: str
    number: int
    proof: str
    server_ms: int


@dataclass(slots=True)
class Outcome:
    """What a conversation achieved.

    diverged_at: the lowest seq where the server holds another entry than this log, or one beyond its head: the kiosk was
    copied or restored. Then nothing was recorded in this log, and it was closed (A2). revoked: the server said that it holds what
    this log records and counts none of it.
    """

    pushed: int = 0
    batches: int = 0
    enrolled: bool = True
    diverged_at: int | None = None
    set_aside: list[SetAside] = field(default_factory=list)
    revoked: bool = False


Action = Contact | Record | Close | Check | Proved | Push | Keep | Settle | GiveBack | Pull
Answer = Welcome | bool | int | bytes | Sequence[tuple[int, int]] | Pushed | SetAside | None
Conversation = Generator[Action, Answer, Outcome]
