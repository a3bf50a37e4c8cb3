"""Take back a scan of the last ten seconds, or turn it round. Nothing is deleted: a `void` names the scan (RULES, Void).

A turn is a void and a scan with the direction chosen, in one transaction: there is never one without the other. The time is
judged by the monotonic clock at the moment of writing, so that the centre comes to the same answer.
"""

from dataclasses import dataclass

from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.examine import Presented
from kiosk.limits import UNDO_MS_MAX
from kiosk.log import Head, Writer, appending, bodies, entry_at, hash_at
from kiosk.scan import Recorded, add_scan
from schemas.entry import Scan, Void
from schemas.vocabulary import CodeState, Direction, How
from sync import canonical

_LOOK_ENTRIES_MAX = 1_000
"""More entries than any kiosk writes while a scan can be undone."""
_OTHER = {Direction.IN: Direction.OUT, Direction.OUT: Direction.IN}


@dataclass(frozen=True, slots=True)
class Target:
    """A scan as the screen was told it."""

    log: str
    seq: int
    hash: bytes


def undo(kiosk: Kiosk, target: Target) -> Head:
    """Void a scan; give the head of the void. Twice is once.

    Raise `Stopped`: `not_there` for an entry that is no scan of the log that goes on, `too_late` after `UNDO_MS_MAX`.
    """
    with appending(kiosk.store, kiosk.clock) as log:
        scan = _scan(log, target)
        done = _voided_by(log, target)
        return done or _void(log, target, scan)


def turn(kiosk: Kiosk, target: Target) -> Recorded:
    """Void a scan and record it the other way round, chosen. Raise `Stopped` as for `undo`; a void cannot be turned."""
    with appending(kiosk.store, kiosk.clock) as log:
        scan = _scan(log, target)
        if _voided_by(log, target) is not None:
            raise Stopped(Trouble.NOT_THERE, "taken back already")
        _void(log, target, scan)
        other = _OTHER[Direction(scan.direction)]
        return add_scan(log, _presented(scan), direction=other, post=scan.post)


def _scan(log: Writer, target: Target) -> Scan:
    entry = entry_at(log.db, log.identity, target.seq)
    is_named = log.identity.log == target.log and isinstance(entry, Scan)
    if not is_named or hash_at(log.db, log.identity, target.seq) != target.hash:
        raise Stopped(Trouble.NOT_THERE)
    return entry  # type: ignore[return-value] # `is_named` has just said so


def _voided_by(log: Writer, target: Target) -> Head | None:
    """Find the void of this scan: it can only be among the few entries behind it."""
    last = min(log.head.seq, target.seq + _LOOK_ENTRIES_MAX)
    later = bodies(log.db, log.identity, target.seq + 1, last)
    for seq, body in enumerate(later, target.seq + 1):
        entry = canonical.understand(body)
        if isinstance(entry, Void) and entry.seq == target.seq:
            found = hash_at(log.db, log.identity, seq)
            return None if found is None else Head(seq, found)
    return None


def _void(log: Writer, target: Target, scan: Scan) -> Head:
    since_ms = log.now.mono_ms - scan.mono_ms
    if scan.boot != log.now.boot or not 0 <= since_ms <= UNDO_MS_MAX:
        raise Stopped(Trouble.TOO_LATE)
    now = log.now
    void = Void(now.boot, now.mono_ms, now.lead_ms, target.seq, target.hash, "", "")
    log.take_out(target.seq, scan.who)
    return log.add(void)


def _presented(scan: Scan) -> Presented:
    return Presented(
        CodeState(scan.state),
        How(scan.how),
        scan.who,
        scan.key,
        scan.serial,
        scan.expires_s,
        scan.code,
        scan.mark,
    )
