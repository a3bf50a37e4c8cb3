"""Write the log that a kiosk would have written: signed, with a boot a day and regular contacts at those times.

Keys and chance follow from the home and the kiosk's name: the same data again gives the same entries, and totals do not move.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import repeat
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.replay.moves import Move
from bench.replay.spool import Kiosk
from schemas.entry import Anchor, Boot, Entry, Frontier, Scan
from schemas.limits import BATCH_ENTRIES_MAX
from sync import batch, statement
from sync.canonical import encode
from sync.chain import link
from sync.ids import LogId, genesis, log_id

HOUR_MS = 3_600_000
NEW_BOOT_AFTER_MS = 8 * HOUR_MS
"""A device that recorded nothing for this long was off."""
CONTACT_EVERY_MS = 4 * HOUR_MS
STARTED_BEFORE_MS = 60_000
"""How long before its first scan of a boot a device was started, and had its first contact."""
TRIP_MS = 20
EXPIRES_S = 4_102_444_800
Written = tuple[int, int, bytes]
"""A batch: first and last seq, wire bytes."""


@dataclass(frozen=True, slots=True)
class Centre:
    """What a log needs to know of the server. identity: signs contacts. last_ms: when all kiosks had their last contact."""

    identity: Ed25519PrivateKey
    epoch: str
    badge_key: bytes
    last_ms: int


class LogWriter:
    """Writes one log, batch by batch. skew_ms_max: how far the wall clock of a boot is off at most."""

    def __init__(self, kiosk: Kiosk, centre: Centre, skew_ms_max: int = 0) -> None:
        """Draw key and chance from names. Nothing is written yet."""
        self.kiosk, self.centre, self.seq = kiosk, centre, 0
        seed = sha256(centre.identity.private_bytes_raw() + "\n".join(kiosk).encode()).digest()
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self._skew_ms_max = skew_ms_max
        self._chance = Random(seed)
        self._previous: bytes = genesis(self.public)
        self._boot, self._started_ms, self._lead = b"", 0, 0
        self._bodies: list[bytes] = []
        self._sizes: Iterator[int] = repeat(BATCH_ENTRIES_MAX)
        self._size = BATCH_ENTRIES_MAX

    def again(self) -> "LogWriter":
        """Give a writer of the same log from its beginning."""
        return LogWriter(self.kiosk, self.centre, self._skew_ms_max)

    @property
    def public(self) -> bytes:
        """The log's key."""
        return self.key.public_key().public_bytes_raw()

    @property
    def log(self) -> LogId:
        """The log's id."""
        return log_id(self.public)

    def write(self, moves: Iterator[Move], sizes: Iterator[int]) -> Iterator[Written]:
        """Give the log's batches, of these sizes, with a last contact after everything."""
        self._sizes, self._size = sizes, next(sizes)
        before_ms = contact_ms = -(2**60)
        for move in moves:
            if move.at_ms - before_ms >= NEW_BOOT_AFTER_MS:
                if self.seq:
                    yield from self._contact(before_ms + 1)
                yield from self._start(move.at_ms - STARTED_BEFORE_MS)
                contact_ms = move.at_ms
            elif move.at_ms - contact_ms >= CONTACT_EVERY_MS:
                yield from self._contact(move.at_ms)
                contact_ms = move.at_ms
            yield from self._add(self._scan(move))
            before_ms = move.at_ms
        yield from self._contact(self.centre.last_ms)
        yield from self._flush()

    def _start(self, at_ms: int) -> Iterator[Written]:
        self._boot, self._started_ms = self._chance.randbytes(8), at_ms
        self._lead = at_ms + self._chance.randint(-self._skew_ms_max, self._skew_ms_max)
        yield from self._add(Boot(*self._stamp(at_ms), "replay", "boottime"))
        yield from self._contact(at_ms + TRIP_MS)

    def _stamp(self, at_ms: int) -> tuple[bytes, int, int]:
        return self._boot, at_ms - self._started_ms, self._lead

    def _scan(self, move: Move) -> Scan:
        stamp, chosen = self._stamp(move.at_ms), 0 if move.guess else 1
        badge = (self.centre.badge_key, 1, EXPIRES_S)
        return Scan(*stamp, move.kind, chosen, "card", "good", "", move.person, *badge)

    def _contact(self, at_ms: int) -> Iterator[Written]:
        """Write an anchor and a frontier: the answer came at this time, and the server's own time was half a trip before."""
        mono = at_ms - self._started_ms
        nonce, epoch, server_ms = (
            self._chance.randbytes(16),
            self.centre.epoch,
            at_ms - TRIP_MS // 2,
        )
        said = statement.write("time", epoch=epoch, log=self.log, nonce=nonce, server_ms=server_ms)
        signature = statement.sign(self.centre.identity, said)
        stamp = self._stamp(at_ms)
        yield from self._add(
            Anchor(*stamp, epoch, nonce, server_ms, mono - TRIP_MS, mono, signature)
        )
        yield from self._add(Frontier(*stamp, self.seq))

    def _add(self, entry: Entry) -> Iterator[Written]:
        self._bodies.append(encode(entry))
        self.seq += 1
        if len(self._bodies) >= self._size:
            yield from self._flush()

    def _flush(self) -> Iterator[Written]:
        if not self._bodies:
            return
        first = self.seq - len(self._bodies) + 1
        yield (
            first,
            self.seq,
            batch.pack(self.key, first=first, previous=self._previous, bodies=self._bodies),
        )
        for body in self._bodies:
            self._previous = link(self._previous, body)
        self._bodies, self._size = [], next(self._sizes)
