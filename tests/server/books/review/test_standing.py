"""How findings stand: what waits for a person, what was decided, and what came back after it was."""

import pytest

from schemas.vocabulary import Action
from server.access.part import EVERYTHING
from server.books.derive.rebuild import digest, rebuild
from server.books.review.count_findings import count_by_rule
from server.books.review.standing import State
from server.services import Services
from tests.server.books.decisions.test_decide import at_two_sites, minute
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import ServerClock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """V2 never signed out, V3 only did, V4 stayed a minute."""
    desk = make_desk(services, clock)
    desk.stay("V2", 9, None)
    desk.kiosk.scan(minute(10) * 60_000, "V3", "out")
    desk.stay("V4", 9, 9.02)
    desk.sync(40)
    return desk


def standing(desk: Desk) -> set[tuple[str, str, str | None, str]]:
    query = "SELECT about, rule, state, team FROM derived.finding WHERE severity <> 'note' OR state IS NOT NULL"
    return {(r[0], r[1], r[2], r[3]) for r in desk.rows(query)}


def test_a_finding_waits_is_decided_and_comes_back_when_new_evidence_changes_what_was_seen(
    desk: Desk,
) -> None:
    assert standing(desk) == {
        ("V2", "B4", "open", "T1"),
        ("V3", "B3", "open", "T2"),
        ("V4", "B6", "open", "T1"),
    }
    desk.decide("V2", Action.ATTEST, spans=((None, minute(11)),), settles="B4")
    desk.decide("V4", Action.REFUSE, settles="B6")
    entries = desk.rows("SELECT entries FROM derived.finding WHERE rule = 'B3'")
    desk.decide("V3", Action.ATTEST, record=entries[0][0].hex(), spans=((minute(9), None),))
    assert {state for *_, state, _ in standing(desk)} == {"decided"}
    desk.late("V2", 9.01, 12)  # another kiosk of the site saw V2 leave
    assert ("V2", "R8", "changed", "T1") in standing(desk)
    with desk.services.database.read() as connection:
        counted = {(c.rule, c.state, c.count) for c in count_by_rule(connection, EVERYTHING)}
        before = digest(connection)
    assert ("R8", State.CHANGED, 1) in counted
    rebuild(desk.services.database, desk.services.signer.keys.identity_public, lambda *_: None)
    with desk.services.database.read() as connection:
        assert digest(connection) == before


def test_a_choice_settles_both_records_and_an_undo_opens_them_again(desk: Desk) -> None:
    one, other = at_two_sites(desk)
    desk.decide("V6", Action.CHOOSE, record=one, others=(other,), settles="B10")
    states = {s for who, rule, s, _ in standing(desk) if (who, rule) == ("V6", "B10")}
    assert states == {"decided"}
