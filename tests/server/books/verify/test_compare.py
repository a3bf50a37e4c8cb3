"""The nightly comparison sees a difference in every derived table that is about a person."""

from random import Random

import pytest
from sqlalchemy import text

from schemas.entry import Void
from server.books.verify.compare import compare_all, compare_people
from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import HOUR_MS, START_MS, ServerClock

SPOILT = {
    "adjustment": "UPDATE derived.adjustment SET minutes = minutes + 1",
    "said": "UPDATE derived.said SET kind = 'walk_in'",
    "record": "UPDATE derived.record SET credited = credited + 1 WHERE who = 'V1'",
}


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """V1 has a record, a repeat that was taken back late, and an adjustment of November."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.stay("V1", 12.01, None)
    author = found.kiosk
    stamp = author.stamp(START_MS + 15 * HOUR_MS)
    author.add(Void(*stamp, author.head, author.hashes[author.head], "V13", "not here"))
    found.sync(30 * 24)
    found.close()
    found.late("V1", 13, 15)
    return found


@pytest.mark.parametrize("table", SPOILT)
def test_a_difference_is_seen_in(desk: Desk, table: str) -> None:
    services = desk.services
    key = services.signer.keys.identity_public

    def sampled() -> list[str]:
        found = compare_people(services.database, key, Random(1), logs=9, people=9)
        return found.about

    assert sampled() == compare_all(services.database, key, lambda *_: None).about == []
    with services.database.write_derived() as connection:
        assert connection.execute(text(SPOILT[table])).rowcount > 0
    assert sampled() == ["V1"]
    assert compare_all(services.database, key, lambda *_: None).about == ["V1"]
