"""Have own parts ready for neighbours: a bundle of what is pending, and own receipts, by which they let go what they keep.

The listener hands out files and never waits for the store: so they are made here, in a round, as often as it is worth it.
"""

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from kiosk import device, receipts
from kiosk.app import Kiosk
from kiosk.digests import digest_of
from kiosk.export import write_first
from kiosk.limits import NEIGHBOUR_STAGED_LARGE_BYTES, SYNC_IDLE_MS
from kiosk.log import read_head
from kiosk.neighbours.parts import OWN_BUNDLE, OWN_RECEIPTS, STAGED
from kiosk.reach import say_reach
from kiosk.receipts import Ranges
from kiosk.store import Database
from kiosk.whole_file import write_whole
from schemas.limits import BUNDLE_BATCHES_MAX
from sync.frames import enclose, require_whole
from sync.reply import Answer, SignedText, write_reply

_NAME, _RECEIPTS = "staged", "staged receipts"


@dataclass(frozen=True, slots=True)
class Staged:
    """The bundle that lies ready: its digest, what is in it by number of the log, and when it was made. No digest: none."""

    digest: bytes = b""
    ranges: dict[int, Ranges] = field(default_factory=dict)
    wall_ms: int = 0


def read_staged(db: Database) -> Staged:
    """Read what lies ready."""
    return device.read(db, _NAME, Staged) or Staged()


def pending(db: Database) -> dict[int, Ranges]:
    """Give what no receipt of the present epoch covers, by number of the log."""
    found = {
        log.number: receipts.undelivered(db, log.number, read_head(db, log).seq)
        for log in device.read_identities(db)
    }
    return {number: ranges for number, ranges in found.items() if ranges}


def stage(kiosk: Kiosk) -> Staged:
    """See that what is pending lies ready. The caller holds the sync lock. Raise `Stopped` as `export`."""
    folder = kiosk.home / STAGED
    folder.mkdir(mode=0o700, exist_ok=True)
    _stage_receipts(kiosk, folder / OWN_RECEIPTS)
    file, before = folder / OWN_BUNDLE, read_staged(kiosk.store.db)
    waiting, now_ms = pending(kiosk.store.db), kiosk.clock.read().wall_ms
    if not waiting:
        file.unlink(missing_ok=True)
        after = Staged()
    elif before.digest and not _is_worth_it(file, before, waiting, now_ms):
        return before
    else:
        say_reach(kiosk, again_ms=SYNC_IDLE_MS)
        ranges = write_first(kiosk, file)
        after = Staged(digest_of(file), ranges, now_ms)
    if after != before:
        with kiosk.store.write() as db:
            device.write(db, _NAME, after)
    return after


def _is_worth_it(file: Path, before: Staged, waiting: dict[int, Ranges], now_ms: int) -> bool:
    """Tell whether a bundle has to be made anew: after something was recorded, and now and then for the sake of the frontier."""
    if not file.exists():
        return True
    age_ms = now_ms - before.wall_ms
    is_large = file.stat().st_size > NEIGHBOUR_STAGED_LARGE_BYTES
    is_same = before.ranges == waiting
    return age_ms < 0 or age_ms >= SYNC_IDLE_MS or not (is_same or is_large)


def _stage_receipts(kiosk: Kiosk, file: Path) -> None:
    """Write own receipts of the present epoch as a reply without pages, where they are others than in the file."""
    db = kiosk.store.db
    own, last = (
        device.read_identity(db),
        db.execute("SELECT max(rowid) FROM receipts").fetchone()[0],
    )
    if own is None or last is None or (file.exists() and device.read(db, _RECEIPTS, int) == last):
        return
    answer = Answer(own.log, tuple(islice(_receipts(db), BUNDLE_BATCHES_MAX)), ())
    write_whole(file, enclose(write_reply(answer, own.reply_public, [])), _check)
    with kiosk.store.write() as writing:
        device.write(writing, _RECEIPTS, last)


def _receipts(db: Database) -> list[SignedText]:
    found = []
    for log in device.read_identities(db):
        epoch = receipts.told(db, log.number).epoch
        found += db.execute(
            "SELECT server_ms, statement, signature FROM receipts WHERE log = ? AND epoch = ?",
            (log.number, epoch),
        ).fetchall()
    found.sort(reverse=True)
    return [SignedText(text, bytes(signature)) for _, text, signature in found]


def _check(written: IO[bytes]) -> None:
    require_whole(written.read)
