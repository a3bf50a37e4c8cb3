"""News is derived from the days that it can change, and comes to the same as deriving everything again."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from server import create_app
from server.books import derive_people as deriving
from server.books import known as knowing
from server.books.derive_people import PEOPLE_AT_A_TIME, next_size
from server.books.rebuild import rebuild
from server.services import Services
from tests.server.books.world import derive, meaning
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    START_MS,
    Author,
    enrol_at,
    make_author,
    push,
)
from tests.server.conftest import import_text

DAYS = 16
PEOPLE = [f"V{number}" for number in range(1, 7)]


def random_scans(chance: Random) -> list[tuple[int, str, str]]:
    """Give random stays of two weeks in order of time: guesses, forgotten sign-outs, nights, repeats."""
    scans = []
    for day in range(DAYS):
        for who in PEOPLE:
            if chance.random() < 0.5:
                continue
            came = START_MS + day * DAY_MS + chance.randrange(5 * HOUR_MS, 22 * HOUR_MS, MINUTE_MS)
            scans.append((came, who, "in"))
            if chance.random() < 0.85:
                stayed = chance.choice((3 * MINUTE_MS, 3 * HOUR_MS, 5 * HOUR_MS, 9 * HOUR_MS))
                scans.append((came + stayed, who, "out"))
            if chance.random() < 0.1:
                scans.append((came + MINUTE_MS, who, "in"))
    return sorted(scans)


def contacts(services: Services, chance: Random) -> list[tuple[Author, int, int]]:
    """Give what two kiosks recorded, contact by contact, one every night before the last hour; the second comes late."""
    found = []
    for name, site in (("w1", "S1"), ("w2", chance.choice(("S1", "S2")))):
        kiosk, first = make_author(name), 1
        enrol_at(services, kiosk, site)
        kiosk.boot(START_MS)
        contact_ms = START_MS + 23 * HOUR_MS
        for at_ms, who, direction in [*random_scans(chance), (2**50, "", "")]:
            while contact_ms < min(at_ms, START_MS + (DAYS + 1) * DAY_MS):
                kiosk.contact(contact_ms, services.signer.keys.identity)
                found.append((kiosk, first, kiosk.head))
                first, contact_ms = kiosk.head + 1, contact_ms + DAY_MS
            if who:
                kiosk.scan(at_ms, who, direction, chosen=0 if chance.random() < 0.4 else 1)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_news_in_any_order_comes_to_what_deriving_everything_gives(
    services: Services, seed: int
) -> None:
    chance = Random(seed)
    client = create_app(services).test_client()
    news = contacts(services, chance)
    if seed % 2:
        chance.shuffle(news)
    for kiosk, first, last in news:
        assert push(client, kiosk.batch(first, last)).status_code == 200
        derive(services)
    step_by_step = meaning(services)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert step_by_step == meaning(services)


@pytest.fixture
def read_rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows were read back, each time."""
    counts: list[int] = []
    read: Callable[..., object] = knowing._read

    def counted(*args: object) -> object:
        rows = list(read(*args))  # type: ignore[call-overload]
        counts.append(len(rows))
        return rows

    monkeypatch.setattr(knowing, "_read", counted)
    return counts


def usual_days(services: Services, days: int) -> Author:
    """One person comes every day, and everything is derived day by day."""
    client = create_app(services).test_client()
    kiosk = make_author("daily")
    enrol_at(services, kiosk, "S1")
    kiosk.boot(START_MS)
    for day in range(days):
        start, first = START_MS + day * DAY_MS, kiosk.head + (1 if day else 0)
        kiosk.scan(start + 8 * HOUR_MS, "V1", "in")
        kiosk.scan(start + 12 * HOUR_MS, "V1", "out")
        kiosk.contact(start + 13 * HOUR_MS, services.signer.keys.identity)
        assert push(client, kiosk.batch(max(first, 1), kiosk.head)).status_code == 200
        derive(services)
    return kiosk


def test_what_is_read_back_does_not_grow_with_history(
    services: Services, read_rows: list[int]
) -> None:
    usual_days(services, 20)
    assert max(read_rows[-10:]) <= 6
    with services.database.read() as connection:
        records = connection.exec_driver_sql("SELECT count(*) FROM derived.record").scalar_one()
    assert records == 20


def test_a_policy_that_looks_further_makes_everything_count(
    services: Services, read_rows: list[int], tmp_path: Path
) -> None:
    import_text(
        services,
        tmp_path,
        "policies",
        "region,site,from,key,value\n,,1970-01-01,year_cap_minutes,600\n",
    )
    usual_days(services, 8)
    assert max(read_rows[-2:]) == 7
    assert "F3" in meaning(services)


def test_memory_follows_scans_and_not_people_and_pieces_change_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert next_size(500, 100) == 1_000
    assert next_size(500, 1_000_000) == 25
    assert next_size(1, 1_000_000) == 1
    assert next_size(PEOPLE_AT_A_TIME, 10) == PEOPLE_AT_A_TIME
    chance = Random(3)
    for author, first, last in contacts(services, chance):
        push(create_app(services).test_client(), author.batch(first, last))
    derive(services)
    whole = meaning(services)
    monkeypatch.setattr(deriving, "SCANS_AT_ONCE", 8)
    monkeypatch.setattr(deriving, "PEOPLE_FIRST", 2)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert meaning(services) == whole
