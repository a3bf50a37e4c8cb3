"""News is derived from the days that it can change, and comes to the same as deriving everything again."""

from collections.abc import Callable, Collection
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from schemas.vocabulary import Action
from server import create_app
from server.books.decisions.decide import Reasons, decide
from server.books.decisions.draft import Wish
from server.books.decisions.undo_decision import undo_decision
from server.books.derive import known as knowing
from server.books.derive import people as deriving
from server.books.derive.known import Logs
from server.books.derive.people import PEOPLE_AT_A_TIME, next_size
from server.books.derive.person_facts import Gathered
from server.books.derive.rebuild import rebuild
from server.books.derive.settled import read_decisions
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import CITY
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


def contacts(
    services: Services, chance: Random, *, odd: float = 0.4
) -> list[tuple[Author, int, int]]:
    """Give what two kiosks recorded, contact by contact, one every night before the last hour; the second comes late.

    odd: how many of the directions nobody chose.
    """
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
                kiosk.scan(at_ms, who, direction, chosen=0 if chance.random() < odd else 1)
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


def decide_something(services: Services, chance: Random) -> int:
    """Decide on a person's record, or take a decision back, as somebody at random would; give how many decisions were made."""
    with services.database.read() as connection:
        records = [
            (who, bytes(id_).hex(), in_ms // MINUTE_MS)
            for who, id_, in_ms in connection.exec_driver_sql(
                "SELECT who, id, in_ms FROM derived.record ORDER BY who, in_ms, id"
            )
        ]
        made = [
            bytes(hash_).hex()
            for (hash_,) in connection.exec_driver_sql("SELECT hash FROM decision ORDER BY hash")
        ]
    if not records:
        return 0
    who, record, start = chance.choice(records)
    near = chance.choice([id_ for other, id_, _ in records if other == who])
    later = start + chance.choice((60, 600, 1_500))
    wish = chance.choice(
        (
            Wish(who, record, Action.APPROVE),
            Wish(who, record, Action.REFUSE),
            Wish(who, record, Action.ATTEST, ((None, start + 90),)),
            Wish(who, record, Action.ADJUST, ((start - 900, start - 800), (later, later + 30))),
            Wish(who, record, Action.CHOOSE, others=(near,)),
        )
    )
    services_of = services.database, services.central, CITY
    try:
        if made and chance.random() < 0.2:
            return len(undo_decision(*services_of, chance.choice(made), "no").decisions)
        return len(decide(*services_of, wish, Reasons("so it was", "V9", "")).decisions)
    except Refused:
        return 0


@pytest.mark.parametrize("seed", range(4))
def test_news_of_people_with_decisions_come_to_what_deriving_everything_gives(
    services: Services, seed: int, cuts: list[bool]
) -> None:
    """Decisions on all kinds of records, across days and taken back, between contacts that come in any order."""
    chance = Random(100 + seed)
    client = create_app(services).test_client()
    news = contacts(services, chance)
    if seed % 2:
        chance.shuffle(news)
    decisions = 0
    for kiosk, first, last in news:
        assert push(client, kiosk.batch(first, last)).status_code == 200
        derive(services)
        decisions += decide_something(services, chance)
        derive(services)
    step_by_step = meaning(services)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert step_by_step == meaning(services)
    assert decisions > 5
    assert cuts.count(True) > 5


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the history of somebody with decisions was cut, each time that there was news about them."""
    told: list[bool] = []
    gather = deriving.gather

    def watched(
        connection: Connection, chunk: Collection[str], logs: Logs, fresh: Any, whole: Any = ()
    ) -> Gathered:
        gathered = gather(connection, chunk, logs, fresh, whole)
        decided = read_decisions(connection, [who for who in chunk if who in fresh])
        told.extend(who in gathered.known.windows for who in decided)
        return gathered

    monkeypatch.setattr(deriving, "gather", watched)
    return told


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


def usual_days(services: Services, days: range, kiosk: Author | None = None) -> Author:
    """One person comes every day, and everything is derived day by day. kiosk: where they came on the days before."""
    client = create_app(services).test_client()
    if kiosk is None:
        kiosk = make_author("daily")
        enrol_at(services, kiosk, "S1")
        kiosk.boot(START_MS)
    for day in days:
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
    usual_days(services, range(20))
    assert max(read_rows[-10:]) <= 6
    with services.database.read() as connection:
        records = connection.exec_driver_sql("SELECT count(*) FROM derived.record").scalar_one()
    assert records == 20


def test_a_decision_long_ago_does_not_make_everything_count(
    services: Services, read_rows: list[int]
) -> None:
    kiosk = usual_days(services, range(6))
    with services.database.read() as connection:
        query = "SELECT id FROM derived.record WHERE who = 'V1' ORDER BY in_ms LIMIT 1"
        (id_,) = connection.exec_driver_sql(query).one()
    wish = Wish("V1", bytes(id_).hex(), Action.REFUSE)
    decide(services.database, services.central, CITY, wish, Reasons("not there"))
    derive(services)
    read_rows.clear()
    usual_days(services, range(6, 20), kiosk)
    assert max(read_rows) <= 6
    with services.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT refused FROM derived.record ORDER BY in_ms")
        assert [refused for (refused,) in rows] == [240] + [0] * 19


def test_a_policy_that_looks_further_makes_everything_count(
    services: Services, read_rows: list[int], tmp_path: Path
) -> None:
    import_text(
        services,
        tmp_path,
        "policies",
        "region,site,from,key,value\n,,1970-01-01,year_cap_minutes,600\n",
    )
    usual_days(services, range(8))
    assert max(read_rows[-2:]) == 7
    assert "F3" in meaning(services)


def test_memory_follows_scans_and_not_people_and_pieces_change_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert next_size(500, 500, 100) == 1_000
    assert next_size(500, 500, 1_000_000) == 25
    assert next_size(1, 1, 1_000_000) == 1
    assert next_size(PEOPLE_AT_A_TIME, 10, 10) == PEOPLE_AT_A_TIME
    chance = Random(3)
    for author, first, last in contacts(services, chance):
        push(create_app(services).test_client(), author.batch(first, last))
    derive(services)
    whole = meaning(services)
    monkeypatch.setattr(deriving, "SCANS_AT_ONCE", 8)
    monkeypatch.setattr(deriving, "PEOPLE_FIRST", 2)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert meaning(services) == whole
