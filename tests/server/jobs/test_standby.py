"""The process that stands by: begun when there is enough to do, ended when it is quiet, not asked again after a failure."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from server import create_app
from server.books.derive import handed
from server.books.derive.ahead import WindowNews
from server.books.derive.crew import Outcome
from server.books.derive.crew_words import Understood, Window
from server.books.derive.stored import KioskLog
from server.jobs import standby
from server.jobs.scheduler import derive_once
from server.jobs.standby import WORTH_ENTRIES, Standby
from server.services import Services
from tests.server.books.derive.test_said import NINE, made_kiosk
from tests.server.books.world import hours_json
from tests.server.builders import HOUR_MS, push

HALF = Window(KioskLog(1, "a" * 32, ()), [], 1, WORTH_ENTRIES // 2, WORTH_ENTRIES // 2, [])


class Broken:
    """A crew whose process has ended. open: whether it is open."""

    def __init__(self) -> None:
        self.open = False

    def understand(self, window: Window) -> Outcome:
        outcome: Outcome = Future()
        outcome.set_exception(ChildProcessError("ended"))
        return outcome

    def take_back(self, found: Understood) -> WindowNews:
        raise AssertionError("nothing was understood")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Broken:
    """Whoever would be begun, on a machine with room for it."""
    crew = Broken()

    @contextmanager
    def opened(*_: object, **__: object) -> Iterator[Broken]:
        crew.open = True
        yield crew
        crew.open = False

    monkeypatch.setattr(standby, "open_crew", opened)
    monkeypatch.setattr(standby, "PROCESSORS_MIN", 0)
    return crew


def test_it_begins_when_enough_is_to_be_done_and_ends_when_it_is_quiet(
    services: Services, broken: Broken
) -> None:
    beside = Standby(services.database)
    assert beside.understand(HALF) is None
    assert beside.understand(HALF) is None
    assert not broken.open
    assert beside.understand(HALF) is not None
    assert broken.open
    beside.end()
    assert not broken.open
    assert beside.understand(HALF) is None, "it is counted anew"


def test_it_does_not_begin_where_there_are_too_few_processors(
    services: Services, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "PROCESSORS_MIN", 100_000)
    beside = Standby(services.database)
    assert [beside.understand(HALF) for _ in range(9)] == [None] * 9


def test_where_it_fails_the_background_derives_alone(
    services: Services, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standby, "WORTH_ENTRIES", 0)
    monkeypatch.setattr(handed, "HANDED_MIN", 1)
    kiosk = made_kiosk(services)
    kiosk.scan(NINE, "V1")
    kiosk.scan(NINE + HOUR_MS, "V1", "out")
    kiosk.contact(NINE + 2 * HOUR_MS, services.signer.keys.identity)
    push(create_app(services).test_client(), kiosk.batch())
    beside = Standby(services.database)
    assert [derive_once(services, beside) for _ in range(3)] == [False, True, False]
    assert '"minutes_credited": 60' in hours_json(services)
