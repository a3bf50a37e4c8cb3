"""Record a scan. Whatever was read is written down; what it means is for the centre to say.

The answer is given only after the commit returned: what the screen confirmed is on disk (I1).
"""

from dataclasses import dataclass, field

from kiosk import device, view
from kiosk.app import Kiosk
from kiosk.examine import Examiner, Presented, typed
from kiosk.guess import Course, Seen, choose, scans_of
from kiosk.lead.fitness import unfit
from kiosk.lead.warn import Caution, cautions
from kiosk.log import Head, Writer, appending
from schemas.entry import Scan
from schemas.vocabulary import CodeState, Direction


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scan that is on disk. For the screen: repeats, the earlier scan that it repeats (B1); stay_ms, of an out since its in;
    warned, what a lead should know of who comes on duty.
    """

    log: str
    head: Head
    scan: Scan
    repeats: Seen | None
    stay_ms: int | None = None
    warned: list[Caution] = field(default_factory=list)


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
    log: Writer, presented: Presented, *, direction: Direction | None, post: str, by: str = ""
) -> Recorded:
    """Append the scan of what was presented, within the caller's transaction. It counts once that is committed.

    by: the lead who entered it.
    """
    seen = _seen(log, presented)
    course = choose(seen, log.now, direction)
    chosen = direction is not None
    entry = _entry(log, presented, course, chosen=chosen, post=post, by=by)
    head = log.add(entry)
    is_coming = course.direction == Direction.IN and course.repeats is None
    warned = _cautions(log, entry, seen) if is_coming else []
    return Recorded(log.identity.log, head, entry, course.repeats, course.stay_ms, warned)


def _cautions(log: Writer, entry: Scan, seen: list[Seen]) -> list[Caution]:
    """Give what a lead should know of who signs in now."""
    if not entry.who:
        return []
    now_ms = log.now.wall_ms
    return cautions(seen, now_ms) + unfit(log.db, entry.who, entry.post, now_ms)


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


def _seen(log: Writer, presented: Presented) -> list[Seen]:
    """Give the earlier scans that this one stands beside: none where it names nobody, or by a badge that does not count."""
    if not presented.who or presented.state == CodeState.REVOKED:
        return []
    return scans_of(log.db, presented.who)


def _entry(
    log: Writer, presented: Presented, course: Course, *, chosen: bool, post: str, by: str
) -> Scan:
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
        by,
    )
