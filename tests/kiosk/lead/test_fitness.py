"""Not insured, not trained, too young: said at sign-in from what the centre told, with dates; never a locked door."""

import pytest

from kiosk.app import Kiosk
from kiosk.lead.fitness import unfit
from kiosk.lead.warn import Caution
from kiosk.scan import scan
from schemas.vocabulary import Direction
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeClock, FakeServer

NEEDS = "insurance;training:测温;age:18;licence:C1"
DAY_MS = 86_400_000


@pytest.fixture
def needing(enrolled: Kiosk, server: FakeServer) -> Kiosk:
    """A kiosk at a post that needs something; the fourth need is one that only a later software knows."""
    server.needs = {"P01": NEEDS, "P02": ""}
    server.fits = {
        "V0001": "insurance=..;training:测温=..;age:18=..",
        "V0002": "training:急救=..",
        "V0003": "insurance=..2026-09-21;training:测温=2026-09-23..;age:18=..",
    }
    server.post = "P01"
    contact(enrolled, server)
    return enrolled


def said(kiosk: Kiosk, who: str, direction: Direction | None = None) -> list[Caution]:
    return scan(kiosk, who, direction=direction, is_typed=True).warned


def test_who_has_all_that_the_post_needs_is_not_warned_about(needing: Kiosk) -> None:
    assert said(needing, "V0001") == []


def test_what_is_lacking_is_named(needing: Kiosk) -> None:
    lacks = [Caution("not_insured"), Caution("not_trained", what="测温"), Caution("too_young", 18)]
    assert said(needing, "V0002") == lacks


def test_who_signs_out_is_not_warned_about(needing: Kiosk) -> None:
    said(needing, "V0002")
    assert said(needing, "V0002", Direction.OUT) == []


def test_somebody_of_whom_nothing_was_told_is_said_to_be_unknown(needing: Kiosk) -> None:
    assert said(needing, "V9999") == [Caution("fitness_unknown")]


def test_an_insurance_ends_and_a_training_begins_without_a_network(needing: Kiosk) -> None:
    """The clock of these tests stands on 2026-09-21, 22:13 at the site."""
    db, now_ms = needing.store.db, needing.clock.read().wall_ms
    trained, insured = Caution("not_trained", what="测温"), Caution("not_insured")
    assert unfit(db, "V0003", "P01", now_ms) == [trained]
    assert unfit(db, "V0003", "P01", now_ms + DAY_MS) == [insured, trained]
    assert unfit(db, "V0003", "P01", now_ms + 2 * DAY_MS) == [insured]


def test_a_post_that_needs_nothing_or_is_not_known_warns_of_nobody(needing: Kiosk) -> None:
    db = needing.store.db
    assert unfit(db, "V0002", "P02", 0) == unfit(db, "V0002", "P99", 0) == unfit(db, "V0002", "", 0) == []  # fmt: skip


@pytest.mark.parametrize("now_ms", [-(2**60), 0, 2**60])
def test_a_clock_beyond_all_calendars_stops_no_scan(
    needing: Kiosk, clock: FakeClock, now_ms: int
) -> None:
    assert unfit(needing.store.db, "V0002", "P01", now_ms)[0] == Caution("not_insured")
