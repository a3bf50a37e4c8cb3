"""Who is who: merges lose nothing, count nothing twice, and can be taken back; walk-ins become volunteers."""

import pytest

from schemas.entry import WalkIn
from schemas.vocabulary import Action, Code
from server.books.decisions import merge as merging
from server.books.decisions.actor import Actor, Role
from server.books.decisions.merge import Merged
from server.books.derive.rebuild import digest, rebuild
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import CITY, Desk, make_desk
from tests.server.books.world import derive, meaning
from tests.server.builders import HOUR_MS, START_MS, ServerClock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A desk where V1 and V2 came at overlapping times, and a walk-in."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 10)
    found.stay("V2", 9, 11)
    walk_in = WalkIn(
        *found.kiosk.stamp(START_MS + 12 * HOUR_MS), "T-1", "", b"sealed", "plain", "V13"
    )
    found.kiosk.add(walk_in)
    found.stay("T-1", 13, 15, how="typed", state="typed", key=b"", serial=0, expires_s=0)
    found.sync(40)
    return found


def join(desk: Desk, who: str, into: str, actor: Actor = CITY) -> Merged:
    services = desk.services
    done = merging.merge(services.database, services.central, actor, who, into, "one person")
    derive(services)
    return done


def part(desk: Desk, entry: str) -> Merged:
    services = desk.services
    done = merging.unmerge(services.database, services.central, CITY, entry, "two people")
    derive(services)
    return done


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return str(caught.value.code)


def test_a_merged_person_counts_each_minute_once(desk: Desk) -> None:
    join(desk, "V1", "V2")
    assert desk.records("V1") == []
    assert sum(desk.minutes("V2")) == 180
    assert len(desk.records("V2")) == 2


def test_merge_then_unmerge_gives_back_what_was(desk: Desk) -> None:
    before = meaning(desk.services)
    done = join(desk, "V1", "V2")
    assert meaning(desk.services) != before
    assert [part(desk, done.entry[:12]).already for _ in range(2)] == [False, True]
    assert meaning(desk.services) == before


def test_merging_again_writes_nothing(desk: Desk) -> None:
    first, second = join(desk, "V1", "V2"), join(desk, "V1", "V2")
    assert (first.already, second.already, second.entry) == (False, True, first.entry)


def test_what_comes_later_for_a_number_given_up_counts_for_the_person(desk: Desk) -> None:
    join(desk, "V1", "V2")
    desk.stay("V1", 48, 50)
    desk.sync(60)
    assert desk.records("V1") == []
    assert sum(desk.minutes("V2")) == 300


def test_a_number_given_up_is_never_given_up_again(desk: Desk) -> None:
    join(desk, "V1", "V2")
    for who, into in (("V1", "V3"), ("V2", "V1"), ("V3", "V3")):
        with pytest.raises(Refused) as caught:
            join(desk, who, into)
        assert code_of(caught) == Code.SAME_PERSON


def test_nobody_merges_themselves_or_a_number_of_nobody(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        join(desk, "V1", "V2", Actor("V2", frozenset({Role.CITY})))
    assert code_of(caught) == Code.OWN_HOURS
    with pytest.raises(Refused) as caught:
        join(desk, "V1", "V99")
    assert code_of(caught) == Code.NOT_FOUND
    for entry in ("", "zz", "f" * 64, "f" * 65, "%%%%%%"):
        with pytest.raises(Refused) as caught:
            part(desk, entry)
        assert code_of(caught) == Code.NOT_MERGED


def test_a_walk_in_that_is_accepted_brings_what_they_did(desk: Desk) -> None:
    services = desk.services
    done = merging.accept_walk_in(services.database, services.central, CITY, "T-1", "V3")
    derive(services)
    assert desk.records("T-1") == []
    assert len(desk.records("V3")) == 1
    part(desk, done.entry)
    assert len(desk.records("T-1")) == 1


def test_a_walk_in_is_held_until_accepted_and_counts_for_the_volunteer_then(desk: Desk) -> None:
    services = desk.services
    assert desk.minutes("T-1") == (0, 120, 0)
    given = (services.database, services.central, CITY, "T-1", "V3")
    first, again = (merging.accept_walk_in(*given) for _ in range(2))
    derive(services)
    assert (first.already, again.already, again.entry) == (False, True, first.entry)
    assert desk.minutes("V3") == (120, 0, 0)


@pytest.mark.parametrize(
    ("actor", "into", "code"),
    [("V3", "V3", Code.OWN_HOURS), ("T-1", "V3", Code.OWN_HOURS), ("V14", "V99", Code.NOT_FOUND)],
)
def test_e6_nobody_accepts_themselves_or_as_nobody(
    desk: Desk, actor: str, into: str, code: Code
) -> None:
    services = desk.services
    with pytest.raises(Refused) as caught:
        merging.accept_walk_in(
            services.database, services.central, Actor(actor, frozenset({Role.CITY})), "T-1", into
        )
    assert code_of(caught) == code
    derive(services)
    assert desk.minutes("T-1") == (0, 120, 0)


def test_a_decision_on_a_merged_person_stands_after_they_are_parted(desk: Desk) -> None:
    done = join(desk, "V1", "V2")
    desk.decide("V2", Action.REFUSE, at=0)
    assert desk.minutes("V2")[2] > 0
    part(desk, done.entry)
    assert desk.minutes("V1") == (0, 0, 120)
    assert sum(desk.minutes("V2")) == 120


def test_a_rebuild_keeps_who_is_who(desk: Desk) -> None:
    join(desk, "V1", "V2")
    services = desk.services
    with services.database.read() as connection:
        before = digest(connection)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    with services.database.read() as connection:
        assert digest(connection) == before
