"""A round: have own parts ready, call every neighbour that is known of, and read the replies that came for this kiosk.

The caller holds the sync lock. Nothing here raises for a neighbour, or for want of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from kiosk import accept, device
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.limits import NEIGHBOURS_MAX
from kiosk.lock import only_one
from kiosk.neighbours.ask_time import take_time
from kiosk.neighbours.me import Me, read_me
from kiosk.neighbours.met import Met, given_now, holds, read_met, write_met
from kiosk.neighbours.parts import returned
from kiosk.neighbours.setting import read_setting
from kiosk.neighbours.shelf import read_off, trim
from kiosk.neighbours.stage import Staged, pending, stage
from kiosk.neighbours.visit import Visited, visit
from kiosk.store import SYNC_LOCK
from schemas.vocabulary import Code
from sync.errors import Refused

_NONCE_BYTES = 16
_log = structlog.get_logger("kiosk.neighbours")


@dataclass(frozen=True, slots=True)
class Call:
    """How a call went, for people. entries: own entries without a receipt that it keeps now; taken: bundles and replies."""

    address: str
    log: str
    site: str
    entries: int
    taken: int
    problem: str


@dataclass(frozen=True, slots=True)
class Round:
    """How a round went. proved: own entries for which a reply brought the centre's receipt. is_ready: whether it could begin."""

    calls: list[Call]
    proved: int
    is_ready: bool = True


def go_round(kiosk: Kiosk, found: Iterable[str] = ()) -> Round:
    """Call the neighbours that were typed and those that were found, if this kiosk deals with neighbours and knows who it is."""
    setting, me = read_setting(kiosk.store.db), read_me(kiosk)
    if not setting.is_on or me is None:
        return Round([], read_returned(kiosk), is_ready=False)
    addresses = list(dict.fromkeys([*setting.addresses, *found]))[:NEIGHBOURS_MAX]
    take_time(kiosk, me, addresses)
    staged = stage(kiosk)
    trim(kiosk.home)
    visits = [_visit(kiosk, me, address, staged) for address in addresses]
    visits = [
        one for one in visits if one.problem != Code.UNKNOWN_LOG
    ]  # that was this kiosk itself
    met = _note(kiosk, visits, staged)
    proved, waiting = read_returned(kiosk), pending(kiosk.store.db)
    calls = [
        Call(v.address, v.log, v.site, holds(m, waiting), v.taken, v.problem)
        for v, m in zip(visits, met, strict=True)
    ]
    return Round(calls, proved)


def go_round_alone(kiosk: Kiosk, found: Iterable[str] = ()) -> Round:
    """Do so between two syncs. Raise `Stopped(sync_running)`."""
    with only_one(kiosk.home / SYNC_LOCK):
        return go_round(kiosk, found)


def read_returned(kiosk: Kiosk) -> int:
    """Read the replies that neighbours brought for this kiosk; give how many own entries they prove."""
    proved = 0
    enrolment = device.read_enrolment(kiosk.store.db)
    for file in returned(kiosk.home):
        if enrolment is None:
            break
        try:
            with file.open("rb") as opened:
                proved += accept.take_file(kiosk, enrolment, opened).proved
        except (Refused, Stopped, OSError) as error:
            _log.warning("reply_not_read", kind=type(error).__name__)
        read_off(kiosk.home, file)
    return proved


def _visit(kiosk: Kiosk, me: Me, address: str, staged: Staged) -> Visited:
    return visit(me, address, nonce=kiosk.chance(_NONCE_BYTES), staged=staged.digest)


def _note(kiosk: Kiosk, visits: Sequence[Visited], staged: Staged) -> list[Met]:
    now_ms = kiosk.clock.read().wall_ms
    with kiosk.store.write() as db:
        before = read_met(db)
        met = [_met(one, before, staged, now_ms) for one in visits]
        if met:
            write_met(db, met)
    return met


def _met(one: Visited, before: Sequence[Met], staged: Staged, now_ms: int) -> Met:
    """Write a call down. One that did not come about says nothing of who is there; it leaves what was known."""
    known = next((m for m in before if one.log in ("", m.log) and m.address == one.address), None)
    known = known or next((m for m in before if one.log and m.log == one.log), None)
    given = given_now(staged, known, has_it=one.has_ours)
    if not one.log:
        log, site, met_ms = (known.log, known.site, known.met_ms) if known else ("", "", 0)
        return Met(one.address, log, site, now_ms, met_ms, one.problem, given)
    return Met(one.address, one.log, one.site, now_ms, now_ms, one.problem, given)
