"""The conversation of a kiosk with a server, as a state machine without sockets.

`converse` is a generator: it yields what is to be done next (an action) and is sent what came of it. The edge (or a
simulator) does the doing. Order: contact (hello, answered by signed time and what the server holds) → anchor and frontier
into the log (where another branch shows, the log is closed instead) → push what the server lacks or has not signed for, a
signed receipt a batch → give back what the centre left here, if this is another epoch → the pages of the view that are new.
Running it again is harmless; stopping it anywhere loses nothing.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence

from schemas.limits import PULLS_MAX
from schemas.vocabulary import Code
from sync import receipt
from sync.contact import prove_time
from sync.errors import Refused
from sync.steps import (
    Action,
    AnchorFacts,
    Answer,
    Check,
    Close,
    Contact,
    Conversation,
    GiveBack,
    Held,
    Identity,
    Keep,
    Outcome,
    Proved,
    Pull,
    Push,
    Pushed,
    Record,
    SetAside,
    Settle,
    Welcome,
)


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
