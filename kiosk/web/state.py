"""How the kiosk stands, for what is always visible. Asked every other second, so it looks only at what changed."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from kiosk import VERSION
from kiosk.app import Kiosk
from kiosk.health import clock_doubts, concerns
from kiosk.limits import DUTY_SHOWN_MAX
from kiosk.roster import post_name
from kiosk.status import Status
from kiosk.web.here import here

states = Blueprint("state", __name__)


@states.get("/api/state")
def state() -> dict[str, Any]:
    """Say how it stands. Raise whatever the store raises: a screen that cannot record must not look well."""
    kiosk = here().kiosk()
    now = kiosk.clock.read()
    here().leading.look(now)
    with here().turn:
        people = here().duty.look(kiosk.store.db, now)
        found = here().standing.look(kiosk)
    return {
        "version": VERSION,
        "demo": kiosk.is_demo,
        "wall_ms": now.wall_ms,
        "enrolled": found.enrolled,
        "site": found.site,
        "site_name": found.site_name,
        "post": found.post,
        "post_name": post_name(kiosk.store.db, found.post),
        "server": found.server,
        "log": found.log,
        "clock_doubts": clock_doubts(kiosk.store.db, now),
        "duty": {
            "count": len(people),
            "people": [{"who": who, "since_ms": ms} for who, ms in people[:DUTY_SHOWN_MAX]],
        },
        "sync": _sync(found),
        "concerns": [asdict(concern) for concern in _concerns(kiosk, found)],
    }


def _concerns(kiosk: Kiosk, found: Status) -> list[Any]:
    return concerns(kiosk, found) if found.enrolled else []


def _sync(found: Status) -> dict[str, Any]:
    progress = here().worker.progress
    return {
        "pending": found.pending,
        "held": found.held,
        "oldest_ms": found.oldest_pending_ms,
        "success_ms": found.last_sync_ms,
        "next_try_ms": found.next_try_ms,
        "problem": found.last_problem,
        "failures": found.failures,
        "set_aside": len(found.set_aside),
        "near": max((one.holds for one in found.neighbours), default=0),
        "state": found.state,
        "is_running": progress.is_running,
        "count": progress.count,
        "last": asdict(progress.last) if progress.last else None,
    }
