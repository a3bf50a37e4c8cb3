"""Decisions that an answer may name: all of somebody within one's part, else those at one's own sites."""

from pathlib import Path

import pytest

from schemas.vocabulary import Action
from server.access.part import EVERYTHING, Part
from server.books.decisions.decisions_on import decisions_on, record_of
from server.services import Services
from tests.server.api.town import open_town
from tests.server.books.desk import Desk
from tests.server.builders import ServerClock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def town(services: Services, clock: ServerClock, tmp_path: Path) -> Desk:
    """V1 of R1 and V91 of R2, and a decision on a record of each at their own district's site."""
    return open_town(services, clock, tmp_path)


def test_decisions_end_at_the_border_and_are_found_by_their_hash(town: Desk) -> None:
    made = {who: town.decide(who, Action.APPROVE) for who in ("V1", "V91")}
    ours = Part(regions=frozenset({"R1"}), sites=frozenset({"S1"}))
    guests = Part(sites=frozenset({"S9"}))
    with town.services.database.read() as connection:
        assert [one.hash for one in decisions_on(connection, ours, "V1")] == made["V1"].decisions
        assert decisions_on(connection, ours, "V91") == []
        assert [d.hash for d in decisions_on(connection, guests, "V91")] == made["V91"].decisions
        assert len(decisions_on(connection, EVERYTHING, "V91")) == 1
        own = bytes(town.records("V1")[0].id).hex()
        assert record_of(connection, made["V1"].decisions[0]) == ("V1", own)
        for nothing in ("a" * 64, "a" * 32, "", "A" * 64, own):
            assert record_of(connection, nothing) is None
