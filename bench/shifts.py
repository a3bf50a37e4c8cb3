"""Made-up logs of kiosks: shifts of volunteers who sign in and out, a contact with the server after each. Seeded chance."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.entry import Anchor, Boot, Frontier, Scan
from schemas.limits import BATCH_ENTRIES_MAX
from sync import batch, statement
from sync.canonical import encode
from sync.chain import links
from sync.ids import EntryHash, LogId, genesis, log_id

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
START_MS = 1_760_025_600_000  # midnight in Asia/Shanghai
SHIFT_MS = 4 * HOUR_MS

Scans = list[tuple[int, str, str]]
"""When (ms since the kiosk's start), who, which direction."""


@dataclass(slots=True)
class MadeKiosk:
    """A kiosk whose log is written in advance. visits: the batches of each contact with the server, ready to push."""

    key: Ed25519PrivateKey
    post: str
    chance: Random
    bodies: list[bytes] = field(default_factory=list)
    _hashes: list[EntryHash] = field(default_factory=list)

    @property
    def public(self) -> bytes:
        """The log's key."""
        return self.key.public_key().public_bytes_raw()

    @property
    def log(self) -> LogId:
        """The log's id."""
        return log_id(self.public)

    def boot(self) -> None:
        """Write the first entry."""
        self._write(Boot(self._boot, 0, START_MS, "bench", "boottime"))

    def shift(
        self, number: int, people: list[str], key_id: bytes, *, odd_part: float = 0.0
    ) -> None:
        """Write the scans of a day's shift: everybody in during its first hour, out during its last.

        odd_part: how many of them do something else: forget to sign out, scan twice, leave at once.
        """
        start = number * DAY_MS + 8 * HOUR_MS
        chance = self.chance
        ins = sorted((start + chance.randrange(HOUR_MS), who) for who in people)
        outs = sorted((start + SHIFT_MS - chance.randrange(HOUR_MS), who) for who in people)
        scans = [*((at, who, "in") for at, who in ins), *((at, who, "out") for at, who in outs)]
        for mono, who, direction in self._odd(scans, odd_part) if odd_part else scans:
            stamp = (self._boot, mono, START_MS + chance.randrange(2))
            badge = (key_id, 1, 1_830_000_000)
            self._write(Scan(*stamp, direction, 1, "card", "good", self.post, who, *badge))

    def _odd(self, scans: Scans, part: float) -> Scans:
        """Let some people scan twice, forget to sign out, or leave within minutes."""
        arrived = {who: at for at, who, direction in scans if direction == "in"}
        chance, found = self.chance, []
        for at, who, direction in scans:
            what = chance.choice(("twice", "forgot", "left")) if chance.random() < part else ""
            if direction == "in" and what:
                found.append((at + 30_000, who, direction))
            if direction == "out" and what == "forgot":
                continue
            is_short = direction == "out" and what == "left"
            found.append((arrived[who] + 120_000 if is_short else at, who, direction))
        return sorted(found)

    def contact(self, number: int, server: Ed25519PrivateKey) -> None:
        """Write the anchor and the frontier of a contact after a shift."""
        before = number * DAY_MS + 13 * HOUR_MS
        nonce = self.chance.randbytes(16)
        server_ms = START_MS + before + 20
        said = statement.write(
            "time", epoch="bench", log=self.log, nonce=nonce, server_ms=server_ms
        )
        signature = statement.sign(server, said)
        after = before + 40
        self._write(
            Anchor(self._boot, after, START_MS, "bench", nonce, server_ms, before, after, signature)
        )
        self._write(Frontier(self._boot, after, START_MS, len(self.bodies)))

    def batches(self, first: int) -> Iterator[tuple[int, bytes]]:
        """Give what was written from seq `first` on as (last seq, wire bytes)."""
        hashes = self._linked()
        while first <= len(self.bodies):
            bodies = self.bodies[first - 1 : first - 1 + BATCH_ENTRIES_MAX]
            previous: EntryHash = hashes[first - 1]
            yield (
                first + len(bodies) - 1,
                batch.pack(self.key, first=first, previous=previous, bodies=bodies),
            )
            first += len(bodies)

    def head_hash(self) -> EntryHash:
        """Give the hash of the last entry."""
        return self._linked()[-1]

    def _linked(self) -> list[EntryHash]:
        """Give the hash before each entry, and behind the last; each is computed once."""
        if not self._hashes:
            self._hashes.append(genesis(self.public))
        self._hashes += links(self._hashes[-1], self.bodies[len(self._hashes) - 1 :])
        return self._hashes

    @property
    def _boot(self) -> bytes:
        return self.public[:8]

    def _write(self, entry: Boot | Scan | Anchor | Frontier) -> None:
        self.bodies.append(encode(entry))


def make_kiosk(number: int) -> MadeKiosk:
    """Make a kiosk from a seed."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([number + 1]) * 32)
    return MadeKiosk(key, f"P{number}", Random(number))
