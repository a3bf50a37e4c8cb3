"""Write a bundle file: what no receipt proves yet (or everything), and what this kiosk carries for others.

Scans go on meanwhile: everything is read as it stood in one moment. The file is read back before anybody is told that it is
done, and it delivers nothing by itself: entries stay pending until a receipt has come back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple

from kiosk import carried, device, exported, owed, receipts
from kiosk.app import Kiosk
from kiosk.limits import OWN_BUNDLES_MAX
from kiosk.log import read_head
from kiosk.outbox import pack
from kiosk.proofs import proofs
from kiosk.reach import say_reach
from kiosk.receipts import Ranges
from kiosk.store import Database
from kiosk.view import cursor
from kiosk.whole_file import write_whole
from schemas.limits import BATCH_ENTRIES_MAX, BUNDLE_BATCHES_MAX, BUNDLE_CUT_BYTES
from sync import batch
from sync.bundle import PLAIN, WITH_WORDS, Header, Run, write_bundle
from sync.carried import read_pieces
from sync.frames import Kind, enclose
from sync.ids import server_fingerprint
from sync.words import pack_words

_ID_BYTES = 16


class Span(NamedTuple):
    """Entries of one log that make a batch."""

    log: device.Identity
    first: int
    last: int


@dataclass(slots=True)
class Plan:
    """What goes into the file: bundles of spans. left: entries for which there was no room."""

    bundles: list[list[Span]] = field(default_factory=lambda: [[]])
    left: int = 0
    _bytes: int = 0

    def add(self, span: Span, size: int) -> None:
        """Put a span of so many bytes into the last bundle, or into a new one; without room it is left."""
        is_full = (
            self._bytes + size > BUNDLE_CUT_BYTES or len(self.bundles[-1]) >= BUNDLE_BATCHES_MAX
        )
        if is_full and len(self.bundles) == OWN_BUNDLES_MAX:
            self.left += span.last - span.first + 1
            return
        if is_full:
            self.bundles.append([])
            self._bytes = 0
        self.bundles[-1].append(span)
        self._bytes += size

    def ranges(self) -> dict[int, Ranges]:
        """Give what goes into the file, by number of the log."""
        found: dict[int, Ranges] = {}
        for span in chain.from_iterable(self.bundles):
            found.setdefault(span.log.number, []).append((span.first, span.last))
        return {log: receipts.merged(spans) for log, spans in found.items()}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. runs: own entries, by log; carried: bundles and replies of other kiosks; left: no room for these."""

    file: str
    size: int
    entries: int
    runs: list[Run]
    carried: int
    left: int


def export(kiosk: Kiosk, file: Path, *, everything: bool) -> Exported:
    """Write the file. Raise `Stopped`: `not_enrolled`, `wrong_usage`, `stick_full`, `stick_failed`; then it is as it was.

    everything: what is there, once more; nothing is added to it. Else a frontier is the last entry that goes out.
    """
    db = kiosk.store.db
    enrolment = device.require_enrolment(db)
    if not everything:
        say_reach(kiosk)
    with carried.open_parts(kiosk.home) as others, _one_moment(db):
        plan = _plan(db, everything=everything)
        own = chain.from_iterable(
            _bundle(kiosk, enrolment, spans, [] if number else _beside(db))
            for number, spans in enumerate(plan.bundles)
        )
        pieces = enclose(chain(own, chain.from_iterable(map(carried.frames_of, others))))
        size = write_whole(file, pieces, _check)
    ranges = plan.ranges()
    with kiosk.store.write() as writing:
        exported.note(writing, ranges, kiosk.clock.read().wall_ms)
    runs = [run for spans in plan.bundles for run in _runs(spans)]
    entries = sum(map(receipts.size, ranges.values()))
    return Exported(str(file), size, entries, runs, len(others), plan.left)


def write_first(kiosk: Kiosk, file: Path) -> dict[int, Ranges]:
    """Write one bundle of what is pending, and nothing else; give what is in it, by number of the log. Raise as `export`.

    For neighbours. It says nothing of how far the log reaches, and nothing counts as exported by it.
    """
    db = kiosk.store.db
    enrolment = device.require_enrolment(db)
    with _one_moment(db):
        plan = _plan(db, everything=False)
        del plan.bundles[1:]
        write_whole(file, enclose(_bundle(kiosk, enrolment, plan.bundles[0], _beside(db))), _check)
    return plan.ranges()


@contextmanager
def _one_moment(db: Database) -> Iterator[None]:
    """See the store as it is now until the block ends; others go on writing."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def _plan(db: Database, *, everything: bool) -> Plan:
    plan = Plan()
    for log in device.read_identities(db):
        head = read_head(db, log).seq
        whole: Ranges = [(1, head)] if head else []
        for first, last in whole if everything else receipts.undelivered(db, log.number, head):
            _cut(db, plan, Span(log, first, last))
    return plan


def _cut(db: Database, plan: Plan, span: Span) -> None:
    """Cut a span into batches, by the sizes of its entries alone."""
    first = span.first
    while first <= span.last:
        until = min(span.last, first + BATCH_ENTRIES_MAX - 1)
        rows = db.execute(
            "SELECT length(body) FROM entries WHERE log = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            (span.log.number, first, until),
        )
        sizes = [row[0] for row in rows]
        count = batch.cut(sizes)
        plan.add(Span(span.log, first, first + count - 1), sum(sizes[:count]))
        first += count


def _bundle(
    kiosk: Kiosk,
    enrolment: device.Enrolment,
    spans: list[Span],
    beside: list[tuple[Kind, bytes]],
) -> Iterator[bytes]:
    identity = device.require_identity(kiosk.store)
    header = Header(
        identity.public,
        server_fingerprint(enrolment.server_key),
        kiosk.chance(_ID_BYTES),
        identity.reply_public,
        cursor(kiosk.store.db),
        tuple(_runs(spans)),
        WITH_WORDS if beside else PLAIN,
    )
    return write_bundle(
        identity.key, header, enrolment.seal_key, _batches(kiosk, spans), beside=beside
    )


def _beside(db: Database) -> list[tuple[Kind, bytes]]:
    """Give what a hello and the door for deposits would get: by it a centre that was restored notices, and is refilled (I6)."""
    identity = device.read_identity(db)
    if identity is None:
        return []
    words = proofs(db, identity)
    shown = [(Kind.WORDS, pack_words(words))] if words else []
    return shown + [(Kind.DEPOSIT, wire) for wire in owed.for_bundle(db, identity.number)]


def _batches(kiosk: Kiosk, spans: list[Span]) -> Iterator[bytes]:
    for span in spans:
        first = span.first
        while first <= span.last:
            packed = pack(kiosk.store.db, span.log, first, span.last)
            yield packed.wire
            first = packed.last + 1


def _runs(spans: list[Span]) -> list[Run]:
    """Give what a bundle's header says is inside: spans that touch joined."""
    logs = {span.log.log for span in spans}
    return [
        Run(log, first, last)
        for log in sorted(logs)
        for first, last in receipts.merged((s.first, s.last) for s in spans if s.log.log == log)
    ]


def _check(written: IO[bytes]) -> None:
    """Read what was written to its end: every frame, every signature."""
    for _ in read_pieces(written.read):
        pass
