"""Sync now: drive the conversation of `sync/session.py` for each log, doing what it asks for. Scans go on meanwhile.

No reply makes this delete or rewrite an entry (I2). Stopping anywhere loses nothing; running again goes on where it ended.
"""

from dataclasses import dataclass, field, replace

import structlog

from kiosk import device, health, owed, receipts, view
from kiosk.app import Kiosk
from kiosk.backoff import wait_ms
from kiosk.contact import record, welcome_of
from kiosk.doors import Doors, NotTaken
from kiosk.errors import Stopped
from kiosk.give_back import give_back
from kiosk.log import hash_at, read_head
from kiosk.neighbours.me import keep_word
from kiosk.outbox import pack
from kiosk.proofs import proofs
from kiosk.pull import pull
from kiosk.succeed import close_log
from kiosk.take_parcel import take_word
from schemas.vocabulary import Code
from sync import demo, parcel, session, statement, steps
from sync.errors import Refused

_NONCE_BYTES = 16
_log = structlog.get_logger("kiosk.sync")


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync achieved. log: the one that goes on. pending: entries, of all logs, that no receipt proves yet.

    outcome: of all conversations together; `enrolled` and `revoked` are the present log's, `diverged_at` what was noticed just
    now. refilled: the server knew less than it signed for.
    """

    outcome: steps.Outcome
    log: str
    pending: int
    server_ms: int
    refilled: bool


def sync(kiosk: Kiosk, doors: Doors) -> Synced:
    """Deliver every log of this device to the server of enrolment, and write down how it went. The caller holds the sync lock.

    Raise `Stopped` (with `later` where trying again may help); what was proved until then stays.
    """
    try:
        talks = _hold_all(kiosk, doors)
    except Refused as error:
        stopped = Stopped(Code.NOT_OUR_SERVER, error.detail)
        _note_failure(kiosk, stopped)
        raise stopped from error
    except Stopped as error:
        _note_failure(kiosk, error)
        raise
    return _note_success(kiosk, talks)


def _hold_all(kiosk: Kiosk, doors: Doors) -> list["_Talk"]:
    """Talk for the log that goes on, for its successor if it was closed just now, then for closed ones not wholly proved."""
    store = kiosk.store
    talks = [_Talk(kiosk, doors, device.require_identity(store)).hold()]
    newest = device.require_identity(store)
    if newest != talks[0].identity:
        talks.append(_Talk(kiosk, doors, newest).hold())
    epoch = talks[-1].epoch
    for closed in device.read_identities(store.db)[: -len(talks)]:
        head = read_head(store.db, closed).seq
        if receipts.signed(store.db, closed.number, epoch) != [(1, head)] and head:
            talks.append(_Talk(kiosk, doors, closed, is_closed=True).hold())
    return talks


@dataclass(slots=True)
class _Talk:
    """One conversation, for one log."""

    kiosk: Kiosk
    doors: Doors
    identity: device.Identity
    is_closed: bool = False
    time: str = ""
    epoch: str = ""
    refilled: bool = False
    told: receipts.Ranges = field(default_factory=list)
    nonce: bytes = b""
    outcome: steps.Outcome = field(default_factory=steps.Outcome)
    enrolment: device.Enrolment = field(init=False)

    def hold(self) -> "_Talk":
        """Hold it to its end."""
        db = self.kiosk.store.db
        self.enrolment = device.require_enrolment(db)
        self.doors = replace(self.doors, key=self.identity.key)
        self.nonce = self.kiosk.chance(_NONCE_BYTES)
        who = steps.Identity(self.identity.log, self.enrolment.server_key)
        views = {name: (at.epoch, at.number) for name, at in view.standings(db).items()}
        talk = session.converse(
            who, nonce=self.nonce, views=views, is_closed=self.is_closed, owes=owed.is_any(db)
        )
        answer: steps.Answer = None
        try:
            while True:
                answer = self._do(talk.send(answer))
        except StopIteration as end:
            self.outcome = end.value
            return self

    def _do(self, action: steps.Action) -> steps.Answer:
        match action:
            case steps.Contact():
                return self._contact()
            case steps.Check():
                return hash_at(self.kiosk.store.db, self.identity, action.seq)
            case steps.Record():
                return self._record(action.anchor)
            case steps.Close():
                return self._close(action.diverged_at)
            case steps.Proved():
                return self._prove(action.epoch)
            case steps.Push():
                return self._push(action.first, action.last)
            case steps.Keep():
                self._keep(action)
            case steps.Settle():
                self._settle(action)
            case steps.GiveBack():
                give_back(self.kiosk.store, self.doors, action.epoch)
            case steps.Pull():
                return self._pull(action)
        return None

    def _contact(self) -> steps.Welcome:
        head = read_head(self.kiosk.store.db, self.identity)
        text = statement.write(
            "hello", log=self.identity.log, seq=head.seq, hash=head.hash, nonce=self.nonce
        )
        before = self.kiosk.clock.read()
        said = {} if self.is_closed else health.told(self.kiosk)
        reply = self.doors.hello(text, proofs(self.kiosk.store.db, self.identity), said)
        after = self.kiosk.clock.read()
        welcome = welcome_of(reply, before, after)
        self.told = receipts.merged((part.first, part.last) for part in welcome.held)
        self.time = reply["time"]["statement"]
        epoch = statement.read(self.time, "time")["epoch"]
        demo.require_same(epoch, as_demo=self.kiosk.is_demo)
        return welcome

    def _record(self, facts: steps.AnchorFacts) -> int:
        """Write the contact down."""
        return record(self.kiosk, self.identity.log, facts, self.time)

    def _close(self, diverged_at: int | None) -> int:
        if diverged_at is not None and not self.is_closed:
            _log.warning("diverged", log=self.identity.log, seq=diverged_at)
        return close_log(self.kiosk, self.identity, diverged_at)

    def _prove(self, epoch: str) -> receipts.Ranges:
        """Remember what the proved server says it holds; give what it has signed for in this epoch."""
        self.epoch, log = epoch, self.identity.number
        with self.kiosk.store.write() as db:
            self.refilled = receipts.knows_less(db, log, self.told)
            receipts.tell(db, log, receipts.Told(epoch, self.told))
        return receipts.signed(db, log, epoch)

    def _push(self, first: int, last: int) -> steps.Pushed | steps.SetAside:
        packed = pack(self.kiosk.store.db, self.identity, first, last)
        answer = self.doors.push(packed.wire)
        if isinstance(answer, NotTaken):
            _log.warning("batch_set_aside", first=first, last=packed.last, code=answer.code)
            row = (
                self.identity.number,
                first,
                packed.last,
                answer.code,
                int(answer.kept),
                self.kiosk.clock.read().wall_ms,
            )
            with self.kiosk.store.write() as db:
                db.execute("INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?, ?)", row)
            return steps.SetAside(packed.last, answer.code)
        _log.info("batch_pushed", first=first, last=packed.last)
        proof = answer["receipt"]
        return steps.Pushed(packed.last, proof["statement"], bytes.fromhex(proof["signature"]))

    def _keep(self, proof: steps.Keep) -> None:
        with self.kiosk.store.write() as db:
            log = self.identity.number
            receipts.keep(db, log, proof.receipt, proof.statement, proof.signature)

    def _settle(self, action: steps.Settle) -> None:
        key = self.enrolment.server_key
        word = parcel.read(action.statement, action.signature, b"", server_key=key)
        if not isinstance(word, parcel.Place):
            raise Refused(Code.NOT_OUR_SERVER, "not a place")
        with self.kiosk.store.write() as db:
            keep_word(db, word.log, action.statement, action.signature)
        if take_word(self.kiosk.store, word, epoch=action.epoch):
            _log.info("place_changed", site=word.site, post=word.post)

    def _pull(self, wish: steps.Pull) -> bool:
        return pull(self.kiosk.store, self.doors, self.identity.log, self.nonce, wish)


def _note_success(kiosk: Kiosk, talks: list[_Talk]) -> Synced:
    """Write down that all went well. The alarm of a copied kiosk ends once the server knows the new log as enrolled."""
    now_ms = kiosk.clock.read().wall_ms
    newest = max(talks, key=lambda talk: talk.identity.number)
    refilled = any(talk.refilled for talk in talks)
    with kiosk.store.write() as db:
        before = device.read_sync(db)
        is_confirmed = newest.outcome.enrolled and newest.outcome.diverged_at is None
        state = replace(
            before,
            success_ms=now_ms,
            attempt_ms=now_ms,
            failures=0,
            next_try_ms=0,
            problem="",
            diverged_at=0 if is_confirmed else before.diverged_at,
            refilled_ms=now_ms if refilled else before.refilled_ms,
            revoked_ms=now_ms if newest.outcome.revoked else 0,
        )
        device.write(db, "sync", state)
        pending = sum(
            receipts.delivery(db, each.number, read_head(db, each).seq).pending
            for each in device.read_identities(db)
        )
    outcome = _together(talks, newest)
    _log.info("synced", pushed=outcome.pushed, batches=outcome.batches, pending=pending)
    server_ms = statement.integer(statement.read(newest.time, "time")["server_ms"])
    log = device.require_identity(kiosk.store).log
    return Synced(outcome, log, pending, server_ms, refilled)


def _together(talks: list[_Talk], newest: _Talk) -> steps.Outcome:
    noticed = [talk.outcome.diverged_at for talk in talks if not talk.is_closed]
    return steps.Outcome(
        sum(talk.outcome.pushed for talk in talks),
        sum(talk.outcome.batches for talk in talks),
        newest.outcome.enrolled,
        next((seq for seq in noticed if seq is not None), None),
        [part for talk in talks for part in talk.outcome.set_aside],
        newest.outcome.revoked,
    )


def _note_failure(kiosk: Kiosk, error: Stopped) -> None:
    now_ms = kiosk.clock.read().wall_ms
    with kiosk.store.write() as db:
        before = device.read_sync(db)
        wait = wait_ms(before.failures, chance=kiosk.chance(8), at_least_ms=error.retry_after_ms)
        state = replace(
            before,
            attempt_ms=now_ms,
            failures=before.failures + 1,
            next_try_ms=now_ms + wait,
            problem=error.code,
        )
        device.write(db, "sync", state)
    _log.info("sync_failed", code=error.code, detail=error.detail)
