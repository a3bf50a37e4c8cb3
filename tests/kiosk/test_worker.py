"""Syncing in the background: when it is due, and what becomes of the process that does it."""

import json
import os
import sys
from typing import Any

import pytest

from kiosk.app import Kiosk
from kiosk.device import SyncState
from kiosk.limits import SYNC_IDLE_MS, SYNC_SOON_MS
from kiosk.worker import Ended, Worker, is_due, read_ended
from tests.kiosk.fakes import NOON_MS

FINE = SyncState(success_ms=NOON_MS, attempt_ms=NOON_MS)
FAILED = SyncState(
    success_ms=1, attempt_ms=NOON_MS, failures=3, next_try_ms=NOON_MS + 40_000, problem="x"
)
FINE_SYNC: dict[str, Any] = {
    "pushed": 3, "pending": 1, "set_aside": [], "revoked": False, "diverged_at": None, "enrolled": True,
}  # fmt: skip
DONE = FINE_SYNC | {"set_aside": [{"last": 9, "code": "malformed"}]}


def due(sync: SyncState, after_ms: int, *, waiting: bool = False, spread: int = 0) -> bool:
    """Ask so long after noon."""
    return is_due(sync, now_ms=NOON_MS + after_ms, is_waiting=waiting, spread_ms=spread)


def test_a_kiosk_that_never_synced_does_so_at_once() -> None:
    assert due(SyncState(), 0)


@pytest.mark.parametrize(("waiting", "pause"), [(True, SYNC_SOON_MS), (False, SYNC_IDLE_MS)])
def test_what_waits_goes_soon_and_otherwise_now_and_then(waiting: bool, pause: int) -> None:
    assert not due(FINE, pause - 1, waiting=waiting)
    assert due(FINE, pause, waiting=waiting)
    assert not due(FINE, pause, waiting=waiting, spread=1)


def test_after_a_failure_the_stored_time_of_the_next_try_is_kept() -> None:
    assert not due(FAILED, 39_999, waiting=True)
    assert due(FAILED, 40_000)


def test_a_clock_that_went_back_makes_a_sync_due() -> None:
    assert due(FAILED, -1)
    assert due(FINE, -1)


def test_a_next_try_that_a_wrong_clock_left_far_ahead_is_not_waited_for() -> None:
    far = SyncState(attempt_ms=NOON_MS, failures=1, next_try_ms=NOON_MS * 10)
    assert not due(far, 0)
    assert due(far, 2 * 86_400_000)


def worker(kiosk: Kiosk, code: str) -> Worker:
    """Make a worker whose sync is a small program."""
    return Worker(lambda: kiosk, [sys.executable, "-c", code], dict(os.environ), os.urandom)


def test_a_sync_that_ended_says_how(kiosk: Kiosk) -> None:
    work = worker(kiosk, f"import sys; print({json.dumps(DONE)!r}); sys.exit(3)")
    work.hold()
    assert (work.progress.is_running, work.progress.count) == (False, 1)
    assert work.progress.last == Ended(3, "", 3, 1, 1, "partly")


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        ({}, ""),
        ({"enrolled": False}, "held"),
        ({"diverged_at": 0}, "copied"),
        ({"diverged_at": 7, "revoked": True, "enrolled": False}, "revoked"),
    ],
)
def test_what_a_person_has_to_hear_is_named(change: dict[str, Any], notice: str) -> None:
    assert read_ended(0, json.dumps(FINE_SYNC | change).encode()).notice == notice


def test_a_sync_that_failed_says_why_and_the_next_is_held_back(kiosk: Kiosk) -> None:
    error = {"error": {"code": "unreachable", "message": "…"}}
    work = worker(kiosk, f"import sys; print({json.dumps(error)!r}); sys.exit(4)")
    work.hold()
    assert work.progress.last == Ended(4, "unreachable")
    assert work._failures == 1


def test_a_sync_that_was_killed_is_not_taken_for_done(kiosk: Kiosk) -> None:
    work = worker(kiosk, "import os; os.kill(os.getpid(), 9)")
    work.hold()
    assert work.progress.last == Ended(-9, "interrupted")


def test_a_command_that_is_not_there_leaves_nothing_running(kiosk: Kiosk) -> None:
    work = Worker(lambda: kiosk, ["/nowhere"], {}, os.urandom)
    with pytest.raises(OSError, match="nowhere"):
        work.hold()
    assert work.progress == Worker(lambda: kiosk, [], {}, os.urandom).progress


def test_output_that_is_no_answer_is_a_failure() -> None:
    assert read_ended(0, b"<html>").status == 1


def test_a_kiosk_that_is_not_enrolled_does_not_try(kiosk: Kiosk) -> None:
    assert not worker(kiosk, "")._should_run(kiosk, 0)


def test_entries_that_wait_make_a_sync_due_earlier(enrolled: Kiosk) -> None:
    from kiosk.scan import scan

    clock = enrolled.clock
    work = worker(enrolled, "")
    clock.advance(SYNC_SOON_MS)  # type: ignore[attr-defined]
    assert not work._should_run(enrolled, 0)
    scan(enrolled, "V1", direction=None, is_typed=True)
    assert work._should_run(enrolled, 0)
    enrolled.store.db.execute("INSERT INTO set_aside VALUES (1, 4, 4, 'malformed', 1, 0)")
    assert not work._should_run(enrolled, 0)
