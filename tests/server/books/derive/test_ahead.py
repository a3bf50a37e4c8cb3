"""Records made ahead, by whoever understands a window: they stand or are made anew, and nobody can tell which it was."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from server import create_app
from server.books.derive import ahead, handed, timeline
from server.books.derive.ahead import WindowNews
from server.books.derive.crew import Outcome
from server.books.derive.crew_words import Begin, Understood, Window
from server.books.derive.crew_work import Work
from server.books.derive.drain import drain
from server.books.derive.news import News
from server.books.derive.rebuild import digest, rebuild
from server.services import Services
from tests.server.books.derive.test_said import NINE, made_kiosk
from tests.server.books.derive.test_windows import contacts, decide_something
from tests.server.books.derive.test_withdrawn import kiosk as kiosk_before
from tests.server.books.derive.test_withdrawn import withdraw
from tests.server.books.world import hours_json, meaning
from tests.server.builders import DAY_MS, HOUR_MS, Author, ServerClock, enrol_at, make_author, push


@dataclass(slots=True)
class Beside:
    """Hands that understand every window at once, in this process.

    records: how many they made ahead. back: of whom such did not stand.
    """

    work: Work
    folder: Path
    records: int = 0
    back: list[str] = field(default_factory=list)

    def understand(self, window: Window) -> Outcome:
        outcome: Outcome = Future()
        answer = self.work.answer(window)
        assert isinstance(answer, Understood)
        outcome.set_running_or_notify_cancel()
        outcome.set_result(answer)
        return outcome

    def take_back(self, found: Understood) -> WindowNews:
        if not found.aside:
            return WindowNews([], [])
        news = ahead.take_back(self.folder, found.aside)
        self.records += len(news.records)
        return news


@pytest.fixture
def beside(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Beside:
    """Every window is handed out, down to the smallest."""
    monkeypatch.setattr(timeline, "WINDOW_ENTRIES", 3)
    monkeypatch.setattr(handed, "HANDED_MIN", 1)
    hands = Beside(Work(Begin(str(services.config.home), "", str(tmp_path), 0, 1)), tmp_path)
    read_back = News.read_back

    def watched(self: News, people: Iterable[str]) -> None:
        some = list(people)
        hands.back += some
        read_back(self, some)

    monkeypatch.setattr(News, "read_back", watched)
    return hands


def helped(services: Services, hands: Beside) -> None:
    drain(services.database, services.signer.keys.identity_public, hands=hands)


def whole(services: Services) -> tuple[str, str, str]:
    with services.database.read() as connection:
        return digest(connection), meaning(services), hours_json(services)


def rebuilt(services: Services) -> tuple[str, str, str]:
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    return whole(services)


def stay(kiosk: Author, at_ms: int, who: str, hours: int = 3) -> None:
    kiosk.scan(at_ms, who)
    kiosk.scan(at_ms + hours * HOUR_MS, who, "out")


def brought(services: Services, *kiosks: Author, at_ms: int) -> None:
    """Let these kiosks meet the server, and push all they have."""
    client = create_app(services).test_client()
    for kiosk in kiosks:
        kiosk.contact(at_ms, services.signer.keys.identity)
        assert push(client, kiosk.batch()).status_code == 200


def test_a_usual_stay_is_made_ahead_and_stands(services: Services, beside: Beside) -> None:
    kiosk = made_kiosk(services)
    stay(kiosk, NINE, "V1")
    brought(services, kiosk, at_ms=NINE + 4 * HOUR_MS)
    helped(services, beside)
    assert (beside.records, beside.back) == (1, [])
    assert '"minutes_credited": 180' in hours_json(services)
    assert whole(services) == rebuilt(services)


def test_a_person_of_two_kiosks_is_judged_by_both(services: Services, beside: Beside) -> None:
    """At both at once, which neither window alone can tell."""
    kiosk, other = made_kiosk(services, "k1"), make_author("k2")
    enrol_at(services, other, "S2")
    other.boot(NINE - HOUR_MS)
    stay(kiosk, NINE, "V1")
    stay(other, NINE + HOUR_MS, "V1", hours=1)
    brought(services, kiosk, other, at_ms=NINE + 4 * HOUR_MS)
    helped(services, beside)
    assert beside.records == 2
    assert '"minutes_credited": 240' not in hours_json(services)
    assert whole(services) == rebuilt(services)


@pytest.mark.parametrize(("later_ms", "back"), [(5 * HOUR_MS, ["V1"]), (9 * DAY_MS, [])])
def test_what_is_known_near_it_has_a_say_and_what_lies_far_has_none(
    services: Services, beside: Beside, later_ms: int, back: list[str]
) -> None:
    kiosk = made_kiosk(services)
    for at_ms in (NINE, NINE + later_ms):
        stay(kiosk, at_ms, "V1")
        brought(services, kiosk, at_ms=at_ms + 4 * HOUR_MS)
        helped(services, beside)
    assert (beside.records, beside.back) == (2, back)
    assert whole(services) == rebuilt(services)


def test_of_what_was_derived_before_nothing_is_made_ahead(
    services: Services, clock: ServerClock, beside: Beside
) -> None:
    """The kiosk belongs elsewhere now, so all its scans are looked at again."""
    kiosk = made_kiosk(services)
    stay(kiosk, NINE, "V1")
    brought(services, kiosk, at_ms=NINE + 4 * HOUR_MS)
    helped(services, beside)
    clock.now_ms += HOUR_MS
    enrol_at(services, kiosk, "S2")
    helped(services, beside)
    assert beside.records == 1
    assert whole(services) == rebuilt(services)


def test_where_a_badge_key_was_withdrawn_nothing_is_made_ahead(
    services: Services, clock: ServerClock, beside: Beside
) -> None:
    kiosk = kiosk_before(services, clock)
    withdraw(services)
    brought(services, kiosk, at_ms=clock.now_ms + 9 * HOUR_MS)
    helped(services, beside)
    assert beside.records == 0
    assert whole(services) == rebuilt(services)


@pytest.mark.parametrize("seed", range(3))
def test_records_made_ahead_come_to_what_deriving_everything_gives(
    services: Services, beside: Beside, seed: int
) -> None:
    """Two kiosks, contact by contact, in any order, with decisions between: some stand, some do not."""
    chance = Random(500 + seed)
    client = create_app(services).test_client()
    news = contacts(services, chance, odd=0.1)
    chance.shuffle(news)
    for kiosk, first, last in news:
        assert push(client, kiosk.batch(first, last)).status_code == 200
        if chance.random() < 0.3:
            helped(services, beside)
            decide_something(services, chance)
    helped(services, beside)
    assert whole(services) == rebuilt(services)
    assert 0 < len(beside.back) < beside.records
