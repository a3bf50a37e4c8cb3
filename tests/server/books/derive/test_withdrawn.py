"""Scans by a badge of a withdrawn key are held, also from kiosks that had not heard of it, in any order of arrival (D3)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from server.badges.rotate import KeyChange
from server.badges.signing_keys import recorder
from server.books.derive.rebuild import digest, rebuild
from server.books.verify.compare import compare_all
from server.services import Services
from sync.ids import badge_key_id
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, Author, ServerClock, enrol_at, make_author, push

pytestmark = pytest.mark.both_databases


def withdraw(services: Services) -> bytes:
    """Withdraw the key that signs; give its id."""
    now_ms = services.signer.clock.wall_ms()
    key = badge_key_id(services.signer.keys.badge_public)
    change = KeyChange(services.database, services.config.keys, now_ms, recorder(services.central))
    change.withdraw(key.hex(), "遗失")
    return key


def kiosk(services: Services, clock: ServerClock) -> Author:
    """A kiosk with a contact, and stays around the moment of the clock: V1 long before, V2 and V3 behind it."""
    author = make_author("k")
    enrol_at(services, author, "S1")
    start_ms = clock.now_ms - 10 * HOUR_MS
    key = badge_key_id(services.signer.keys.badge_public)
    author.boot(start_ms)
    author.contact(start_ms + 1_000, services.signer.keys.identity)
    for who, at_h, shown in (("V1", 1, key), ("V2", 11, key), ("V3", 11, b"\xff" * 4)):
        author.scan(start_ms + at_h * HOUR_MS, who, "in", key=shown)
        author.scan(start_ms + (at_h + 3) * HOUR_MS, who, "out", key=shown)
    return author


def held(services: Services) -> dict[str, tuple[int, int]]:
    """Minutes credited and held, by person."""
    derive(services)
    with services.database.read() as connection:
        rows = connection.execute(text("SELECT who, credited, held FROM derived.record"))
        return {who: (credited, kept) for who, credited, kept in rows}


EXPECTED = {"V1": (180, 0), "V2": (0, 180), "V3": (180, 0)}


@pytest.mark.parametrize("first", ["scans", "withdrawal"])
def test_what_a_withdrawn_key_signed_is_held_from_then_on_whatever_came_first(
    services: Services, client: FlaskClient, clock: ServerClock, first: str
) -> None:
    author = kiosk(services, clock)
    if first == "scans":
        push(client, author.batch())
        assert held(services) == dict.fromkeys(EXPECTED, (180, 0))
        withdraw(services)
    else:
        withdraw(services)
        push(client, author.batch())
    assert held(services) == EXPECTED
    with services.database.read() as connection:
        rules = connection.execute(text("SELECT about, rule FROM derived.finding")).all()
        before = digest(connection)
    assert ("V2", "D3") in [tuple(row) for row in rules]
    assert not compare_all(
        services.database, services.signer.keys.identity_public, lambda *_: None
    ).about
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    with services.database.read() as connection:
        assert digest(connection) == before


def test_one_more_scan_of_the_person_leaves_the_others_held(
    services: Services, client: FlaskClient, clock: ServerClock
) -> None:
    author = kiosk(services, clock)
    withdraw(services)
    push(client, author.batch())
    assert held(services) == EXPECTED
    author.scan(clock.now_ms + 20 * HOUR_MS, "V2", "in", key=b"\xff" * 4)
    author.scan(clock.now_ms + 22 * HOUR_MS, "V2", "out", key=b"\xff" * 4)
    push(client, author.batch(author.head - 1))
    derive(services)
    with services.database.read() as connection:
        query = text("SELECT credited, held FROM derived.record WHERE who = 'V2' ORDER BY in_ms")
        assert [tuple(row) for row in connection.execute(query)] == [(0, 180), (120, 0)]
