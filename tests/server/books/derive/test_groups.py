"""Groups (E2) over a server: held as soon as they are known, freed as soon as they are not, equal in any order."""

from collections.abc import Sequence
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from schemas.vocabulary import Action
from server import bulk, create_app
from server.books.decisions.actor import Actor, Role
from server.books.decisions.decide import Reasons, decide
from server.books.decisions.draft import Wish
from server.books.derive.groups import _ODD, _among
from server.books.derive.queue import queue_people
from server.books.derive.rebuild import digest, rebuild
from server.models.derived import ODD_MS
from server.services import Services
from sync.errors import Refused
from tests.server.books.world import derive, meaning
from tests.server.builders import HOUR_MS, MINUTE_MS, START_MS, Author, enrol_at, make_author, push
from tests.server.conftest import Open, import_text

pytestmark = pytest.mark.both_databases
MORNING = START_MS + 8 * HOUR_MS


def kiosk(services: Services, name: str, site: str = "S1") -> Author:
    """A kiosk in touch with the server since seven."""
    author = make_author(name)
    enrol_at(services, author, site)
    author.boot(START_MS + 7 * HOUR_MS)
    author.contact(START_MS + 7 * HOUR_MS + 1_000, services.signer.keys.identity)
    return author


def visit(author: Author, people: Sequence[int], *, minutes: int = 6) -> None:
    """Let people come a second apart, and go in the same order."""
    for place, number in enumerate(people):
        author.scan(MORNING + place * 1_000, f"V{number}")
    for place, number in enumerate(people):
        author.scan(MORNING + minutes * MINUTE_MS + place * 1_000, f"V{number}", "out")


def held(services: Services) -> dict[str, tuple[int, int, str]]:
    derive(services)
    with services.database.read() as connection:
        rows = connection.execute(
            text("SELECT who, credited, held, cause FROM derived.record ORDER BY who")
        )
        return {who: (credited, held, cause) for who, credited, held, cause in rows}


def rebuilt_is_the_same(services: Services) -> bool:
    with services.database.read() as connection:
        before = digest(connection)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    with services.database.read() as connection:
        return digest(connection) == before


def test_a_group_of_two_kiosks_is_held_when_its_tenth_member_is_known(
    services: Services, client: FlaskClient
) -> None:
    one, two = kiosk(services, "a"), kiosk(services, "b")
    visit(one, range(1, 10))
    visit(two, [10])
    push(client, one.batch())
    assert set(held(services).values()) == {(6, 0, "")}
    push(client, two.batch())
    found = held(services)
    assert len(found) == 10
    assert set(found.values()) == {(0, 6, "E2")}
    assert rebuilt_is_the_same(services)


def test_a_group_is_freed_when_a_late_fact_shows_that_it_is_none(
    services: Services, client: FlaskClient
) -> None:
    one = kiosk(services, "a")
    visit(one, range(1, 11))
    push(client, one.batch())
    assert set(held(services).values()) == {(0, 6, "E2")}
    other = kiosk(services, "b")
    other.scan(MORNING + 2 * MINUTE_MS + 30_000, "V1", "out")
    other.scan(MORNING + 3 * MINUTE_MS, "V1")
    push(client, other.batch())
    found = held(services)
    assert found["V2"] == (6, 0, "")
    assert rebuilt_is_the_same(services)


def test_a_policy_that_asks_for_more_people_frees_a_group(
    services: Services, client: FlaskClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one = kiosk(services, "a")
    visit(one, range(1, 11))
    push(client, one.batch())
    assert set(held(services).values()) == {(0, 6, "E2")}
    table = "region,site,from,key,value\n,S1,2020-01-01,together_people,11\n"
    import_text(services, tmp_path_factory.mktemp("policy"), "policies", table)
    assert set(held(services).values()) == {(6, 0, "")}
    assert rebuilt_is_the_same(services)


def test_a_policy_that_calls_long_stays_short_finds_groups_among_them(
    services: Services, client: FlaskClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one = kiosk(services, "a")
    visit(one, range(1, 11), minutes=70)
    push(client, one.batch())
    assert set(held(services).values()) == {(70, 0, "")}
    table = f"region,site,from,key,value\n,S1,2020-01-01,together_short_ms,{80 * MINUTE_MS}\n"
    import_text(services, tmp_path_factory.mktemp("policy"), "policies", table)
    assert set(held(services).values()) == {(0, 70, "E2")}
    assert rebuilt_is_the_same(services)


def test_a_usual_day_is_not_looked_through_for_groups(services: Services) -> None:
    short_ms = 14 * MINUTE_MS
    among = _among(short_ms)
    assert among != _among(ODD_MS + 1)
    query = f"EXPLAIN QUERY PLAN {_ODD.format(among=among)}"
    if services.database.is_sqlite:
        with services.database.read() as connection:
            plan = bulk.fetch(connection, query, (short_ms, "S1", 0, 1, short_ms))
        assert "USING INDEX ix_derived_record_odd" in str(plan)


def test_a_log_that_is_enrolled_later_brings_its_group_along(
    services: Services, client: FlaskClient
) -> None:
    one, two = kiosk(services, "a"), make_author("b")
    visit(one, range(1, 6))
    two.boot(START_MS + 7 * HOUR_MS)
    two.contact(START_MS + 7 * HOUR_MS + 1_000, services.signer.keys.identity)
    visit(two, range(6, 11))
    push(client, one.batch())
    push(client, two.batch())
    assert set(held(services).values()) == {(6, 0, ""), (0, 6, "A5")}
    enrol_at(services, two, "S1")
    assert set(held(services).values()) == {(0, 6, "E2")}
    assert rebuilt_is_the_same(services)


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_a_crowded_day_ends_in_the_same_books(open_home: Open, seed: int) -> None:
    whole = open_home("whole")
    authors = crowded(whole, Random(seed))
    everything = create_app(whole).test_client()
    for author in authors:
        push(everything, author.batch())
    derive(whole)
    parts = open_home("parts")
    crowded(parts, Random(seed))
    client, chance = create_app(parts).test_client(), Random(seed + 100)
    batches = [
        author.batch(first, min(first + 6, author.head))
        for author in authors
        for first in range(1, author.head + 1, 7)
    ]
    chance.shuffle(batches)
    for batch in batches:
        push(client, batch)
        if chance.random() < 0.3:
            derive(parts)
    derive(parts)
    assert meaning(parts) == meaning(whole)
    assert "'E2'" in meaning(whole)
    with parts.database.write_facts() as connection:
        queue_people(connection, ["V1", "V5"])
    derive(parts)
    assert meaning(parts) == meaning(whole)
    assert rebuilt_is_the_same(parts)


def crowded(services: Services, chance: Random) -> list[Author]:
    """Write a day on which up to fourteen people come and go at two kiosks of one site, often at once."""
    authors = [kiosk(services, name) for name in ("a", "b")]
    at_ms = MORNING
    for _ in range(4):
        people = chance.sample(range(1, 15), chance.choice((11, 14)))
        length = chance.choice((4, 8, 60)) * MINUTE_MS
        times = [(at_ms + chance.randrange(125_000), "in", n) for n in people]
        times += [(at_ms + length + chance.randrange(125_000), "out", n) for n in people]
        for when, direction, number in sorted(times):
            chance.choice(authors).scan(when, f"V{number}", direction)
        at_ms += 2 * HOUR_MS
    for author in authors:
        author.contact(START_MS + 20 * HOUR_MS, services.signer.keys.identity)
    return authors


def test_a_second_pair_of_eyes_frees_a_record_of_a_group(
    services: Services, client: FlaskClient
) -> None:
    one = kiosk(services, "a")
    visit(one, range(1, 11))
    push(client, one.batch())
    derive(services)
    with services.database.read() as connection:
        query = text("SELECT id FROM derived.record WHERE who = 'V1'")
        record = bytes(connection.execute(query).scalar_one()).hex()
    wish = Wish("V1", record, Action.APPROVE, (), (), "E2")
    alone, together = Reasons("saw them", "", ""), Reasons("saw them", "V13", "")
    actor = Actor("V14", frozenset({Role.CITY}))
    with pytest.raises(Refused, match="second_needed"):
        decide(services.database, services.central, actor, wish, alone)
    decide(services.database, services.central, actor, wish, together)
    found = held(services)
    assert (found["V1"], found["V2"]) == ((6, 0, ""), (0, 6, "E2"))
    other = kiosk(services, "b")
    visit(other, [11])
    push(client, other.batch())
    assert held(services)["V1"] == (6, 0, "")
    assert rebuilt_is_the_same(services)
