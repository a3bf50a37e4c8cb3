"""The conversation of a kiosk with a server, as a state machine without sockets.

`converse` is a generator: it yields what is to be done next (an action) and is sent what came of it. The edge (or a
simulator) does the doing. Order: contact (hello, answered by signed time and what the server holds) → anchor and frontier
into the log (where another branch shows, the log is closed instead) → push what the server lacks or has not signed for, a
signed receipt a batch → give back what the centre left here, if this is another epoch → the pages of the view that are new.
Running it again is harmless; stopping it anywhere loses nothing.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.entry import Anchor, Frontier
from schemas.limits import PULLS_MAX
from schemas.vocabulary import Code
from sync import receipt, statement
from sync.errors import Refused
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
class Record:
    """Action: append these to the log, stamped with the clocks of that moment; answered by the new head's seq.

    The anchor's and frontier's own clocks are put in by the store; `anchor` holds all else.
    """

    anchor: "AnchorFacts"


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


def converse(
    identity: Identity,
    *,
    nonce: bytes,
    views: Mapping[str, tuple[str, int]],
    is_closed: bool = False,
    owes: bool = False,
) -> Conversation:
    """Hold one conversation. `views`: how far the kiosk's view has come by channel, as (epoch, number).

    is_closed: the kiosk goes on in another log; of this one, only what is there is delivered. owes: deposits of other epochs
    wait beside its view, to be given back.

    Raise `Refused(not_our_server)` when the time is not signed by the pinned key for this nonce and log.
    """
    outcome = Outcome()
    welcome = yield Contact(nonce)
    if not isinstance(welcome, Welcome):
        raise TypeError("a contact is answered by a welcome")
    facts = prove_time(identity, welcome, nonce)
    outcome.enrolled, outcome.revoked = welcome.enrolled, welcome.revoked
    ours, outcome.diverged_at = yield from _compare(welcome.held)
    is_open = outcome.diverged_at is None and not is_closed
    head = yield (Record(facts) if is_open else Close(outcome.diverged_at))
    if not isinstance(head, int):
        raise TypeError("recording and closing are answered by the head's seq")
    proved = yield Proved(facts.epoch)
    if isinstance(proved, list | tuple):
        ours = _proved_parts(welcome.held, proved)
    for first, last in lacking(ours, head):
        yield from _push(identity, first, last, outcome)
    if not is_closed and outcome.diverged_at is None:
        if owes or any(epoch != facts.epoch for epoch, _ in views.values()):
            yield GiveBack(facts.epoch)  # first: where this log belongs may be in it
        if welcome.place:
            yield from _renew(welcome, facts, views)
    return outcome


def prove_time(identity: Identity, welcome: Welcome, nonce: bytes) -> AnchorFacts:
    """Check that the pinned server signed its time for this log and this nonce. Raise `Refused(not_our_server)`."""
    try:
        statement.require_signed(identity.server_key, welcome.statement, welcome.signature)
        fields = statement.read(welcome.statement, "time")
        server_ms = statement.integer(fields["server_ms"])
    except Refused as error:
        raise Refused(Code.NOT_OUR_SERVER, "time not signed by the server of enrolment") from error
    if fields["log"] != identity.log or fields["nonce"] != nonce.hex():
        raise Refused(Code.NOT_OUR_SERVER, "an answer to another question")
    return AnchorFacts(
        fields["epoch"],
        nonce,
        server_ms,
        welcome.before_ms,
        welcome.after_ms,
        welcome.signature,
    )


def anchor_text(anchor: Anchor, log: LogId) -> str:
    """Give the time statement whose signature an anchor entry carries."""
    return statement.write(
        "time", epoch=anchor.epoch, log=log, nonce=anchor.nonce, server_ms=anchor.server_ms
    )


def anchor_entry(facts: AnchorFacts, *, boot: bytes, mono_ms: int, lead_ms: int) -> Anchor:
    """Make the entry of a contact, stamped with the clocks of the moment it is written."""
    return Anchor(
        boot,
        mono_ms,
        lead_ms,
        facts.epoch,
        facts.nonce,
        facts.server_ms,
        facts.before_ms,
        facts.after_ms,
        facts.signature,
    )


def frontier_entry(upto: int, *, boot: bytes, mono_ms: int, lead_ms: int) -> Frontier:
    """Make the entry that says: everything until now is in this log, up to seq `upto`."""
    return Frontier(boot, mono_ms, lead_ms, upto)


def lacking(held: Sequence[Held], head: int) -> list[tuple[int, int]]:
    """Give the seqs, up to `head`, that the server does not say it holds, as (first, last)."""
    missing, reach = [], 0
    for part in sorted(held, key=lambda h: h.first):
        if part.first > reach + 1:
            missing.append((reach + 1, min(part.first - 1, head)))
        reach = max(reach, part.last)
    if reach < head:
        missing.append((reach + 1, head))
    return [(first, last) for first, last in missing if first <= last]


def _proved_parts(held: Sequence[Held], proved: Iterable[tuple[int, int]]) -> list[Held]:
    """Give the seqs of which the server says that it holds them and has signed so: its word alone could change unnoticed."""
    return [
        Held(max(part.first, first), min(part.last, last), part.head)
        for part in held
        for first, last in proved
        if part.first <= last and first <= part.last
    ]


def _compare(
    held: Sequence[Held],
) -> Generator[Action, Answer, tuple[list[Held], int | None]]:
    """Sort out which held ranges lie on the own chain, and the lowest seq of a head that does not.

    A range of another branch may begin with entries of this one; nothing says up to where, so it counts for none of them
    and they are pushed again, which is harmless.
    """
    ours: list[Held] = []
    diverged_at = None
    for part in sorted(held, key=lambda h: h.last):
        own = yield Check(part.last)
        if own == part.head:
            ours.append(part)
        elif diverged_at is None:
            diverged_at = part.last
    return ours, diverged_at


def _renew(
    welcome: Welcome, facts: AnchorFacts, views: Mapping[str, tuple[str, int]]
) -> Generator[Action, Answer, None]:
    """Bring the view up to date. What the centre left here has gone back by now: a new snapshot takes its place."""
    yield Settle(welcome.place, welcome.place_signature, facts.epoch)
    for channel, number in welcome.channels.items():
        if views.get(channel) == (facts.epoch, number):
            continue
        pull = Pull(channel, facts.epoch, number, welcome.signature.hex(), facts.server_ms)
        for _ in range(PULLS_MAX):
            if not (yield pull):
                break


def _push(
    identity: Identity, first: int, last: int, outcome: Outcome
) -> Generator[Action, Answer, None]:
    while first <= last:
        answer = yield Push(first, last)
        if not isinstance(answer, Pushed | SetAside):
            raise TypeError("a push is answered by a receipt or a reason")
        if not first <= answer.last <= last:
            raise ValueError("a push is answered for what was pushed")
        if isinstance(answer, SetAside):
            outcome.set_aside.append(answer)
        else:
            yield from _keep(identity, answer, outcome)
            outcome.pushed += answer.last - first + 1
        outcome.batches += 1
        first = answer.last + 1


def _keep(identity: Identity, answer: Pushed, outcome: Outcome) -> Generator[Action, Answer, None]:
    """Keep a receipt that covers the batch and ends in a hash of the own chain; another branch's proves nothing for this one."""
    proof = receipt.verify(
        answer.statement, answer.signature, server_key=identity.server_key, log=identity.log
    )
    if not proof.first <= answer.last <= proof.last:
        raise Refused(Code.NOT_OUR_SERVER, "a receipt that does not cover the batch")
    own = yield Check(proof.last)
    if own == proof.hash:
        yield Keep(proof, answer.statement, answer.signature)
    else:
        outcome.diverged_at = min(proof.last, outcome.diverged_at or proof.last)
        yield Close(outcome.diverged_at)
