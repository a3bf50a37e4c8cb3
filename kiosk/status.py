"""How the kiosk stands: what is delivered, what is stuck, whether its clock can be right.

Must never say `fine` while something is stuck.
"""

from dataclasses import dataclass

from kiosk import carried, device, exported, receipts, view
from kiosk.app import Kiosk
from kiosk.clock import Reading
from kiosk.log import entry_at, read_head
from kiosk.neighbours.met import Neighbour, neighbours
from kiosk.neighbours.setting import read_setting
from kiosk.on_duty import OnDuty
from kiosk.store import Database
from schemas.vocabulary import Code

CLOCK_DOUBT_MS = 120_000
OPEN_LISTED_MAX = 200
_OFFLINE = frozenset({Code.UNREACHABLE, Code.TRY_LATER})
"""Failures that are the normal life of a kiosk; what they hold up shows as pending."""
PENDING_LONG_MS = 24 * 3_600_000
"""Entries that wait this long are stuck, not merely pending."""


@dataclass(frozen=True, slots=True)
class SetAsideBatch:
    """A batch that the server would not take: code says why; kept: it holds the bytes all the same."""

    first: int
    last: int
    code: str
    kept: bool
    wall_ms: int


@dataclass(frozen=True, slots=True)
class OwnLog:
    """A log of this device, how many entries it has, and how many of them are delivered or not."""

    log: str
    head: int
    held: int
    pending: int


@dataclass(frozen=True, slots=True)
class Status:
    """How the kiosk stands. Times are Unix milliseconds, 0: never or none. skew_ms: wall clock minus corrected time.

    state: not_enrolled, attention, pending or fine. alarms: what needs a person, as stable words. log, head: the log that
    goes on and its last seq. logs: all of them, that one last; recorded, held, pending: entries of them all. exported: pending
    ones that left in a file, the last one at exported_ms; carried: bundles of other kiosks that wait here. neighbours: how it
    stands with each, where this kiosk deals with them. demo: a demo's kiosk.
    """

    state: str
    alarms: list[str]
    enrolled: bool
    log: str
    site: str
    site_name: str
    post: str
    server: str
    head: int
    logs: list[OwnLog]
    recorded: int
    held: int
    pending: int
    exported: int
    exported_ms: int
    carried: int
    neighbours_on: bool
    neighbours: list[Neighbour]
    oldest_pending_ms: int
    last_sync_ms: int
    last_problem: str
    failures: int
    next_try_ms: int
    set_aside: list[SetAsideBatch]
    diverged_at: int | None
    refilled_ms: int
    skew_ms: int | None
    clock_doubt: bool
    open_count: int
    open_numbers: list[str]
    wall_ms: int
    demo: bool


def status(kiosk: Kiosk, *, opened: list[str] | None = None) -> Status:
    """Look at everything, write nothing. opened: who is on duty, where the caller knows it already."""
    db, now = kiosk.store.db, kiosk.clock.read()
    identity = device.read_identity(db)
    enrolment = device.read_enrolment(db)
    sync = device.read_sync(db)
    anchor = device.read_anchor(db)
    own = _logs(db)
    pending = sum(log.pending for log in own)
    oldest_ms = _oldest_pending_ms(db)
    aside = _set_aside(db)
    skew = skew_ms(anchor, now)
    opened = _open(db, now) if opened is None else opened
    is_on = read_setting(db).is_on
    waited_ms = oldest_ms and now.wall_ms - oldest_ms
    alarms = _alarms(db, sync, aside, skew, waited_ms, is_enrolled=enrolment is not None)
    return Status(
        state=_state(enrolment is not None, alarms, pending + sync.failures),
        alarms=alarms,
        enrolled=enrolment is not None,
        log=identity.log if identity else "",
        site=enrolment.site if enrolment else "",
        site_name=enrolment.site_name if enrolment else "",
        post=enrolment.post if enrolment else "",
        server=enrolment.url if enrolment else "",
        head=own[-1].head if own else 0,
        logs=own,
        recorded=sum(log.head for log in own),
        held=sum(log.held for log in own),
        pending=pending,
        exported=exported.unproved(db),
        exported_ms=exported.last(db).wall_ms,
        carried=len(carried.bundles(kiosk.home)),
        neighbours_on=is_on,
        neighbours=neighbours(db) if is_on else [],
        oldest_pending_ms=oldest_ms,
        last_sync_ms=sync.success_ms,
        last_problem=sync.problem,
        failures=sync.failures,
        next_try_ms=sync.next_try_ms,
        set_aside=aside,
        diverged_at=sync.diverged_at or None,
        refilled_ms=sync.refilled_ms,
        skew_ms=skew,
        clock_doubt=skew is not None and abs(skew) > CLOCK_DOUBT_MS,
        open_count=len(opened),
        open_numbers=opened[:OPEN_LISTED_MAX],
        wall_ms=now.wall_ms,
        demo=kiosk.is_demo,
    )


def skew_ms(anchor: device.LastAnchor | None, now: Reading) -> int | None:
    """Give the wall clock's error, by the last contact of this boot; None if there was none."""
    if anchor is None or anchor.boot != now.boot:
        return None
    return now.wall_ms - (anchor.server_ms + now.mono_ms - anchor.mid_ms)


def _logs(db: Database) -> list[OwnLog]:
    found = []
    for identity in device.read_identities(db):
        head = read_head(db, identity).seq
        left = receipts.delivery(db, identity.number, head)
        found.append(OwnLog(identity.log, head, left.held, left.pending))
    return found


def _oldest_pending_ms(db: Database) -> int:
    """Give the wall clock of the first entry, of the first log, that waits; 0 if none does."""
    for identity in device.read_identities(db):
        left = receipts.delivery(db, identity.number, read_head(db, identity).seq)
        oldest = entry_at(db, identity, left.oldest)
        if oldest is not None:
            return oldest.wall_ms
    return 0


def _alarms(
    db: Database,
    sync: device.SyncState,
    aside: list[SetAsideBatch],
    skew: int | None,
    waited_ms: int,
    *,
    is_enrolled: bool,
) -> list[str]:
    found = {
        "revoked": sync.revoked_ms > 0,
        "diverged": sync.diverged_at > 0,
        "set_aside": bool(aside),
        "clock_doubt": skew is not None and abs(skew) > CLOCK_DOUBT_MS,
        "sync_failing": sync.failures > 0 and sync.problem not in _OFFLINE,
        "never_synced": is_enrolled and not view.is_filled(db),
        "pending_long": waited_ms > PENDING_LONG_MS,
    }
    return [name for name, is_so in found.items() if is_so]


def _state(is_enrolled: bool, alarms: list[str], waiting: int) -> str:
    if not is_enrolled:
        return "not_enrolled"
    if alarms:
        return "attention"
    return "pending" if waiting else "fine"


def _set_aside(db: Database) -> list[SetAsideBatch]:
    rows = db.execute("SELECT first, last, code, kept, wall_ms FROM set_aside ORDER BY log, first")
    return [
        SetAsideBatch(first, last, code, bool(kept), ms) for first, last, code, kept, ms in rows
    ]


def _open(db: Database, now: Reading) -> list[str]:
    """Give the numbers of those on duty."""
    return sorted(who for who, _ in OnDuty().look(db, now))
