"""Record a scan. Whatever was read is written down; what it means is for the centre to say.

The answer is given only after the commit returned: what the screen confirmed is on disk (I1).
"""

from dataclasses import dataclass

from kiosk import device, view
from kiosk.app import Kiosk
from kiosk.examine import Examiner, Presented, typed
from kiosk.guess import Course, Seen, choose, scans_of
from kiosk.log import Head, Writer, appending
from schemas.entry import Scan
from schemas.vocabulary import CodeState, Direction


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scan that is on disk. For the screen: repeats, the earlier scan that it repeats (B1); stay_ms, of an out since its in."""

    log: str
    head: Head
    scan: Scan
    repeats: Seen | None
    stay_ms: int | None = None


def scan(
    kiosk: Kiosk, text: str, *, direction: Direction | None, is_typed: bool = False
) -> Recorded:
    """Record what was scanned, or a number that was typed. direction: None for a guess.

    Raise `Stopped(not_enrolled)`: without a server's key there is nothing to seal to.
    """
    enrolment = device.require_enrolment(kiosk.store.db)
    identity = device.require_identity(kiosk.store)
    presented = typed(text) if is_typed else _examine(kiosk, enrolment, identity, text)
    with appending(kiosk.store, kiosk.clock) as log:
        return add_scan(log, presented, direction=direction, post=enrolment.post)


def add_scan(
    log: Writer, presented: Presented, *, direction: Direction | None, post: str
) -> Recorded:
    """Append the scan of what was presented, within the caller's transaction. It counts once that is committed."""
    course = _course(log, presented, direction)
    entry = _entry(log, presented, course, chosen=direction is not None, post=post)
    head = log.add(entry)
    return Recorded(log.identity.log, head, entry, course.repeats, course.stay_ms)


def _examine(
    kiosk: Kiosk, enrolment: device.Enrolment, identity: device.Identity, text: str
) -> Presented:
    db = kiosk.store.db
    return Examiner(
        keys=view.badge_keys(db),
        revoked_serial=lambda number: view.revoked_serial(db, number),
        seal_key=enrolment.seal_key,
        mark_key=identity.mark_key,
        now_ms=kiosk.clock.read().wall_ms,
    ).examine(text)


def _course(log: Writer, presented: Presented, direction: Direction | None) -> Course:
    if not presented.who or presented.state == CodeState.REVOKED:
        return choose((), log.now, direction)
    return choose(scans_of(log.db, presented.who), log.now, direction)


def _entry(log: Writer, presented: Presented, course: Course, *, chosen: bool, post: str) -> Scan:
    return Scan(
        log.now.boot,
        log.now.mono_ms,
        log.now.lead_ms,
        str(course.direction),
        int(chosen),
        str(presented.how),
        str(presented.state),
        post,
        presented.who,
        presented.key,
        presented.serial,
        presented.expires_s,
        presented.code,
        presented.mark,
    )
