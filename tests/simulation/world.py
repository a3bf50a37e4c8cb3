"""A small world for the conversation: kiosks with logs, a server that keeps, a network that loses, repeats and delays.

Everything comes from the seed: keys, faults, times. No sockets, no clock, no files.
"""

from collections import defaultdict
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.entry import Boot, Entry, Scan
from sync import batch, canonical, contact, heads, session, statement, steps
from sync.chain import link
from sync.errors import Refused
from sync.heads import Range
from sync.ids import EntryHash, LogId, genesis, log_id
from sync.receipt import Receipt
from sync.succession import SUCCEED_SEQ, succeed_entry

BATCH_SCANS_MAX = 5
"""Small batches, so that conversations are long enough to be cut in the middle."""

Known = tuple[LogId, int, EntryHash]
Shown = list[tuple[str, "int | Known"]]
"""Earlier words of the server by epoch: its time at a contact, or an entry that it signed for."""


class Lost(Exception):
    """The network lost a question or an answer."""


class Crashed(Exception):
    """The kiosk's process died between two actions; what is on its disk stays."""


def make_key(*parts: object) -> Ed25519PrivateKey:
    """The same parts give the same key."""
    return Ed25519PrivateKey.from_private_bytes(sha256(repr(parts).encode()).digest())


@dataclass
class Log:
    """One log on a kiosk's disk."""

    key: Ed25519PrivateKey
    bodies: list[bytes] = field(default_factory=list)
    hashes: list[EntryHash] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def public(self) -> bytes:
        """Its public key."""
        return self.key.public_key().public_bytes_raw()

    @property
    def name(self) -> LogId:
        """Its id."""
        return log_id(self.public)

    def hash_at(self, seq: int) -> EntryHash | None:
        """The hash at a seq, that before the first at 0, None beyond the head."""
        if seq == 0:
            return genesis(self.public)
        return self.hashes[seq - 1] if seq <= len(self.hashes) else None

    def append(self, entry: Entry) -> Known:
        """Write an entry and give how it is known."""
        body = canonical.encode(entry)
        before = self.hashes[-1] if self.hashes else genesis(self.public)
        self.bodies.append(body)
        self.hashes.append(link(before, body))
        return self.name, len(self.bodies), self.hashes[-1]

    def proved(self, epoch: str) -> set[int]:
        """The seqs for which there is a receipt of this epoch."""
        mine = [r for r in self.receipts if r.epoch == epoch]
        return {seq for r in mine for seq in range(r.first, r.last + 1)}


class Server:
    """Keeps what proves itself, in memory, by the same functions as the real one."""

    def __init__(self, seed: int) -> None:
        self.key = make_key(seed, "server")
        self.begun = 1
        self.now_ms = 1_700_000_000_000
        self.entries: dict[LogId, dict[EntryHash, tuple[int, bytes]]] = defaultdict(dict)
        self.ranges: dict[LogId, tuple[Range, ...]] = defaultdict(tuple)
        self.known = ["epoch-1"]
        self.contacts: dict[LogId, int] = defaultdict(int)
        self.central: set[str] = set()
        self.forgot = 0
        self.save()

    @property
    def epoch(self) -> str:
        """The present epoch's name."""
        return self.known[-1]

    def save(self) -> None:
        """Make a backup."""
        state = (self.entries, self.ranges, self.known, self.contacts, self.central)
        self.backup = deepcopy(state)

    def forget(self) -> None:
        """Be put back to the last backup, and know nothing of it: only kiosks can tell (I6)."""
        state = deepcopy(self.backup)
        self.entries, self.ranges, self.known, self.contacts, self.central = state
        self.forgot += 1

    def decide(self) -> str:
        """Do something that is an entry of the central log."""
        self.now_ms += 1
        word = f"{self.epoch} at {self.now_ms}"
        self.central.add(word)
        return word

    def notice(self, log: Log, shown: "Shown") -> None:
        """Begin an epoch if a kiosk shows an earlier word that says more than is known here."""
        unheard = {epoch for epoch, _ in shown if epoch not in self.known}
        lacking = [
            known for epoch, known in shown if epoch == self.epoch and not self._knows(log, known)
        ]
        if unheard or lacking:
            self.begun += 1
            self.known += [*sorted(unheard), f"epoch-{self.begun}"]

    def _knows(self, log: Log, word: "int | Known") -> bool:
        return self.contacts[log.name] >= word if isinstance(word, int) else self.holds(word)

    def sign(self, text: str) -> tuple[str, bytes]:
        """A statement and its signature."""
        return text, statement.sign(self.key, text)

    def greet(self, log: Log, nonce: bytes, shown: "Shown") -> steps.Welcome:
        """Answer a hello."""
        self.now_ms += 1_000
        self.notice(log, shown)
        self.contacts[log.name] = max(self.contacts[log.name], self.now_ms)
        text, signature = self.sign(
            statement.write(
                "time", epoch=self.epoch, log=log.name, nonce=nonce, server_ms=self.now_ms
            )
        )
        held = [steps.Held(r.first, r.last, r.head) for r in self.ranges[log.name]]
        numbers = {"central": len(self.central)}
        return steps.Welcome(text, signature, held, True, bytes(8), 10, 20, "place", b"", numbers)

    def take(self, wire: bytes) -> tuple[batch.Batch, Receipt]:
        """Take a batch in, as the ingest door does, and give the receipt."""
        run = batch.unpack(wire)
        log = self.entries[run.log]
        at_these = {h for h, (seq, _) in log.items() if run.first <= seq <= run.last}
        plan = heads.lay(
            self.ranges[run.log],
            first=run.first,
            previous=run.previous,
            hashes=run.hashes,
            held=at_these,
        )
        for start, stop in plan.fresh:
            for at in range(start, stop):
                if run.hashes[at] in log:
                    raise AssertionError("an entry counted twice")
                log[run.hashes[at]] = (run.first + at, run.bodies[at])
        self.ranges[run.log] = plan.ranges
        self.now_ms += 1
        word = Receipt(self.epoch, run.log, run.first, run.last, run.head, self.now_ms)
        return run, word

    def holds(self, known: Known) -> bool:
        """Whether an entry is here."""
        log, seq, entry_hash = known
        return self.entries[log].get(entry_hash, (0, b""))[0] == seq


@dataclass
class Network:
    """Between kiosk and server. With `calm`, everything arrives once."""

    chance: Random
    server: Server
    calm: bool = False
    delayed: list[bytes] = field(default_factory=list)

    def happens(self, share: float) -> bool:
        """Whether a fault happens now."""
        return not self.calm and self.chance.random() < share

    def carry(self, wire: bytes) -> tuple[batch.Batch, Receipt]:
        """Carry a batch and its receipt: each may be lost, the batch repeated, kept back, or altered on the way."""
        if self.happens(0.1):
            self.delayed.append(wire)
            raise Lost
        if self.happens(0.05):
            broken = bytearray(wire)
            broken[self.chance.randrange(10, len(broken))] ^= 1 << self.chance.randrange(8)
            wire = bytes(broken)
        answer = self.server.take(wire)
        if self.happens(0.1):
            self.server.take(wire)
        if self.happens(0.15):
            raise Lost
        return answer

    def release(self) -> None:
        """Deliver what was kept back, in another order, twice."""
        late = self.delayed * 2
        self.delayed = []
        self.chance.shuffle(late)
        for wire in late:
            self.server.take(wire)


class Kiosk:
    """A kiosk: its logs on disk, the last one open, and what the screen has confirmed."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.seed = seed
        self.clock_ms = 1_000_000
        self.logs = [Log(make_key(seed, name, 0))]
        self.confirmed: list[Known] = []
        self.times: dict[LogId, tuple[str, int]] = {}
        self.deposits: set[str] = set()
        self.views: dict[str, tuple[str, int]] = {}

    def copy(self, name: str, upto: int) -> "Kiosk":
        """A clone, or a restored copy, of this kiosk as it was at entry `upto` of its open log."""
        other = deepcopy(self)
        other.name = name
        last = other.logs[-1]
        if len(other.logs) > 1:
            upto = max(upto, SUCCEED_SEQ)  # written in one step
        del last.bodies[upto:], last.hashes[upto:]
        last.receipts = [r for r in last.receipts if r.last <= upto]
        other.confirmed = [k for k in other.confirmed if k[0] != last.name or k[1] <= upto]
        return other

    def scan(self) -> None:
        """Record a scan and confirm it."""
        self.clock_ms += 1_500
        who = f"{self.name}-{len(self.confirmed)}"
        entry = Scan(
            bytes(8), self.clock_ms, 0, "in", 1, "card", "good", "", who, bytes(4), 1, 2_000_000_000
        )
        self.confirmed.append(self.logs[-1].append(entry))

    def sync(self, network: Network) -> None:
        """Hold a conversation for each log; one that diverged is closed, and a new one begins at once."""
        for log in list(self.logs):
            with suppress(Lost, Crashed, Refused):
                self._converse(log, network)

    def _converse(self, log: Log, network: Network) -> steps.Outcome:
        identity = steps.Identity(log.name, network.server.key.public_key().public_bytes_raw())
        nonce = network.chance.randbytes(16)
        is_closed = log is not self.logs[-1]
        talk = session.converse(identity, nonce=nonce, views=self.views, is_closed=is_closed)
        answer: steps.Answer = None
        while True:
            try:
                action = talk.send(answer)
            except StopIteration as end:
                outcome: steps.Outcome = end.value
                return outcome
            if network.happens(0.05):
                raise Crashed
            answer = self._do(action, log, network)

    def _do(self, action: steps.Action, log: Log, network: Network) -> steps.Answer:
        match action:
            case steps.Contact(nonce):
                if network.happens(0.1):
                    raise Lost
                welcome = network.server.greet(log, nonce, self._shown(log))
                if network.happens(0.1):
                    raise Lost
                return welcome
            case steps.Settle():
                return None
            case steps.GiveBack():
                network.server.central |= self.deposits
                if network.happens(0.1):
                    raise Lost
                return None
            case steps.Pull(channel, epoch, number):
                if network.happens(0.1):
                    raise Lost
                self.deposits = set(network.server.central)
                self.views[channel] = (epoch, number)
                return False
            case steps.Record(facts):
                self.times[log.name] = (facts.epoch, facts.server_ms)
                self.clock_ms += 10
                clocks = {"boot": bytes(8), "mono_ms": self.clock_ms, "lead_ms": 0}
                log.append(contact.anchor_entry(facts, **clocks))  # type: ignore[arg-type]
                return log.append(contact.frontier_entry(len(log.bodies), **clocks))[1]  # type: ignore[arg-type]
            case steps.Close():
                self._succeed(log)
                return len(log.bodies)
            case steps.Check(seq):
                return log.hash_at(seq)
            case steps.Proved(epoch):
                return [(r.first, r.last) for r in log.receipts if r.epoch == epoch]
            case steps.Push(first, last):
                return self._push(log, network, first, last)
            case steps.Keep(proof):
                log.receipts.append(proof)
                return None
            case _:
                raise AssertionError(f"not expected here: {action}")

    def _shown(self, log: Log) -> Shown:
        """What this kiosk shows at a hello: the last time, the last receipt, the one that reaches farthest."""
        time = self.times.get(log.name)
        words: Shown = [time] if time else []
        for receipt in (
            max(log.receipts, key=lambda r: r.server_ms, default=None),
            max(log.receipts, key=lambda r: r.last, default=None),
        ):
            if receipt is not None:
                words.append((receipt.epoch, (receipt.log, receipt.last, receipt.hash)))
        return words

    def _succeed(self, log: Log) -> None:
        """Go on in a new log, unless this one is closed already."""
        if log is not self.logs[-1]:
            return
        new = Log(make_key(self.seed, self.name, len(self.logs)))
        head = (len(log.bodies), log.hashes[-1] if log.hashes else genesis(log.public))
        clocks = {"boot": bytes(8), "mono_ms": self.clock_ms, "lead_ms": 0}
        new.append(Boot(bytes(8), self.clock_ms, 0, "sim", "boottime"))
        new.append(succeed_entry(log.key, head, new.name, **clocks))  # type: ignore[arg-type]
        self.logs.append(new)

    def _push(self, log: Log, network: Network, first: int, last: int) -> steps.Answer:
        stop = min(last, first + BATCH_SCANS_MAX - 1)
        before = log.hash_at(first - 1)
        if before is None:
            raise AssertionError("pushing beyond the head")
        wire = batch.pack(
            log.key, first=first, previous=before, bodies=log.bodies[first - 1 : stop]
        )
        try:
            run, word = network.carry(wire)
        except Refused as refused:
            return steps.SetAside(stop, refused.code)
        for seq, entry_hash in enumerate(run.hashes, run.first):
            if not network.server.holds((run.log, seq, entry_hash)):
                raise AssertionError("a receipt for what is not held")
        return steps.Pushed(stop, *network.server.sign(word.text()))
