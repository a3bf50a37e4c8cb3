"""A look that is kept says the same as a fresh one, whatever was written in between and by whom."""

import pytest

from kiosk import standing
from kiosk.app import Kiosk
from kiosk.device import SyncState, write
from kiosk.scan import scan
from kiosk.standing import Standing
from kiosk.status import status
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeClock, FakeServer


def test_it_follows_scans_syncs_and_failures(
    enrolled: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    kept = Standing()

    def same() -> None:
        assert kept.look(enrolled) == status(enrolled, opened=[])

    same()
    scan(enrolled, "V1", direction=None, is_typed=True)
    same()
    contact(enrolled, server)
    same()
    with enrolled.store.write() as db:
        write(db, "sync", SyncState(failures=2, problem="not_our_server"))
    same()
    enrolled.store.db.execute("INSERT INTO set_aside VALUES (1, 4, 4, 'malformed', 1, 0)")
    same()
    clock.advance(60_000)
    same()


def test_while_nothing_changes_it_looks_once_a_minute(
    enrolled: Kiosk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, looks = Standing(), []
    monkeypatch.setattr(
        standing, "status", lambda kiosk, opened: looks.append(1) or status(kiosk, opened=opened)
    )
    clock.wall_ms -= clock.wall_ms % 60_000
    for _ in range(59):
        kept.look(enrolled)
        clock.advance(1_000)
    assert len(looks) == 1
    clock.advance(1_000)
    kept.look(enrolled)
    assert len(looks) == 2
