"""The spare process: it helps as one that is begun, again after each rest, and ends with whoever has it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import create_app
from server.books.derive import crew, crew_words, handed
from server.books.derive.crew_words import Understood, Window
from server.books.derive.drain import drain
from server.books.derive.rebuild import digest, rebuild
from server.jobs import spare as sparing
from server.jobs import standby
from server.jobs.spare import Spare, spare_process
from server.jobs.standby import WORTH_ENTRIES, Standby
from server.services import Services
from tests.server.books.derive.test_said import NINE, made_kiosk
from tests.server.builders import DAY_MS, HOUR_MS, push
from tests.server.jobs.test_standby import HALF


@pytest.fixture
def spare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spare]:
    """One that helps from the first entry on, however few processors there are."""
    monkeypatch.setattr(handed, "HANDED_MIN", 1)
    monkeypatch.setattr(sparing, "PROCESSORS_MIN", 0)
    monkeypatch.setattr(standby, "PROCESSORS_MIN", 0)
    with spare_process() as found:
        assert found is not None
        yield found


def whole(services: Services) -> str:
    with services.database.read() as connection:
        return digest(connection)


def test_it_helps_again_after_each_rest_and_changes_no_byte(
    services: Services, spare: Spare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = made_kiosk(services)
    key = services.signer.keys.identity_public
    understood: list[Understood] = []
    take_back = crew.Crew.take_back

    def watched(self: crew.Crew, found: Understood) -> object:
        understood.append(found)
        return take_back(self, found)

    monkeypatch.setattr(crew.Crew, "take_back", watched)
    for day in range(2):
        kiosk.scan(NINE + day * DAY_MS, "V1")
        kiosk.scan(NINE + day * DAY_MS + HOUR_MS, "V1", "out")
        kiosk.contact(NINE + day * DAY_MS + 2 * HOUR_MS, services.signer.keys.identity)
        push(create_app(services).test_client(), kiosk.batch())
        with crew.open_crew(services.database, tmp_path, buckets=0, spare=spare) as hands:
            drain(services.database, key, hands=Patient(hands))
    assert len(understood) == 2
    assert not spare.is_lost
    helped = whole(services)
    rebuild(services.database, key, lambda *_: None, processes=0)
    assert helped == whole(services)


class Patient:
    """Hands that wait for each window, so that nobody else takes it."""

    def __init__(self, hands: crew.Crew) -> None:
        self.hands = hands

    def understand(self, window: Window) -> crew.Outcome:
        outcome = self.hands.understand(window)
        outcome.result(30)
        return outcome

    def take_back(self, found: Understood) -> crew.WindowNews:
        return self.hands.take_back(found)


def test_one_that_failed_is_lost_and_another_process_is_begun_instead(
    services: Services, spare: Spare, monkeypatch: pytest.MonkeyPatch
) -> None:
    spare.stdin.write(b"\0\0\0\1\xc1")
    spare.stdin.flush()
    assert crew_words.receive(spare.stdout) == b"", "nobody is left to answer"
    spare.finish()
    assert spare.is_lost
    begun: list[Spare | None] = []

    def opened(*_: object, spare: Spare | None, **__: object) -> object:
        begun.append(spare)
        raise ChildProcessError("enough")

    monkeypatch.setattr(standby, "open_crew", opened)
    monkeypatch.setattr(standby, "WORTH_ENTRIES", WORTH_ENTRIES // 4)
    with pytest.raises(ChildProcessError):
        Standby(services.database, spare).understand(HALF)
    assert begun == [None]


def test_it_ends_with_whoever_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[int] = []
    fork = os.fork

    def watched() -> int:
        numbers.append(fork())
        return numbers[-1]

    monkeypatch.setattr(sparing, "PROCESSORS_MIN", 0)
    monkeypatch.setattr(os, "fork", watched)
    with spare_process() as spare:
        assert spare is not None
    with pytest.raises(ProcessLookupError):
        os.kill(numbers[0], 0)


def test_there_is_none_where_there_are_too_few_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparing, "PROCESSORS_MIN", 100_000)
    with spare_process() as spare:
        assert spare is None
