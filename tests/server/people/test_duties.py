"""What was planned and what people have, as of a day and as it stood before a central entry."""

from pathlib import Path

import pytest
from sqlalchemy import select

from server.central_order import order_of, ranks
from server.models.central_place import CentralPlace
from server.people.reference import load_reference
from server.reconcile.facts import Cover, Reference, Shift
from server.reconcile.minutes import day_of
from server.services import Services
from tests.server.builders import HOUR_MS, START_MS
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases

MONDAY = day_of(START_MS)
NIGHT = Shift("H1", "P1", START_MS + 22 * HOUR_MS, START_MS + 30 * HOUR_MS)

TABLES = {
    "sites": "code,name,kind,region,latitude,longitude\nS1,Gate,gate,,31.4,121.0\nS2,Two,gate,,,\n",
    "posts": "code,site,name,role,capacity,needs\nP1,S1,Gate,paid,3,保险;急救\n",
    "shifts": "code,post,start,end,needed\nH1,P1,2026-11-02T22:00,2026-11-03T06:00,2\n",
    "volunteers": "number,name,born\nV1,Ada,2004-02-29\nV2,Ben,\n",
    "assignments": "shift,volunteer\nH1,V1\n",
    "trainings": "volunteer,name,content,hours,organiser,date\nV1,急救,,2,,2026-11-02\n",
    "insurances": "volunteer,policy,from,to\nV1,P-9,2026-11-01,2026-11-30\n",
    "activities": "code,name,site,from,to,certified\nA1,Epidemic,S1,2026-11-02,2026-11-02,1\n",
    "policies": "region,site,from,key,value\n,S1,2026-11-02,short_ms,60000\n",
}


@pytest.fixture
def planned(services: Services, tmp_path: Path) -> Services:
    """A server that knows all of this."""
    for kind, table in TABLES.items():
        import_text(services, tmp_path, kind, table)
    return services


def test_a_shift_belongs_to_the_days_on_which_a_record_may_be_its_own(planned: Services) -> None:
    with planned.database.read() as connection:
        reference = load_reference(connection, ["V1", "V2"])
        days = [reference.shifts("V1", "S1", MONDAY + n) for n in (-1, 0, 1, 2)]
        assert days == [(), (NIGHT,), (NIGHT,), ()]
        assert [reference.is_planned("S1", MONDAY + n) for n in (-1, 0, 1, 2)] == [
            False, True, True, False,
        ]  # fmt: skip
        assert reference.shifts("V1", "S2", MONDAY) == reference.shifts("V2", "S1", MONDAY) == ()
        assert [reference.has_shifts(who) for who in ("V1", "V2", "nobody")] == [True, False, False]


def test_what_posts_need_and_people_have_is_told_as_of_a_day(planned: Services) -> None:
    with planned.database.read() as connection:
        reference = load_reference(connection, ["V1"])
        post = reference.post("P1", MONDAY)
        assert post is not None
        assert (post.role, post.needs, post.capacity) == ("paid", ("保险", "急救"), 3)
        assert [reference.trainings("V1", MONDAY + n) for n in (-1, 0)] == [(), ("急救",)]
        assert reference.insurances("V1", MONDAY) == (Cover("P-9", MONDAY - 1, MONDAY + 28),)
        assert [reference.is_certified("S1", MONDAY + n) for n in (-1, 0, 1)] == [
            False,
            True,
            False,
        ]
        assert reference.place("S1", MONDAY) == (31_400_000, 121_000_000)
        assert reference.place("S2", MONDAY) is None
        assert (reference.is_known("V2"), reference.is_known("T1")) == (True, False)
        assert reference.born("V2", MONDAY) is None


def test_the_version_of_a_policy_names_its_day_and_its_figures(planned: Services) -> None:
    with planned.database.read() as connection:
        reference = load_reference(connection, [])
        before, since = reference.policy("S1", MONDAY - 1), reference.policy("S1", MONDAY)
        assert (before.version, since.short_ms) == ("", 60_000)
        assert since.version.startswith(f"{MONDAY}-")


def test_before_an_entry_stood_only_what_was_entered_before_it(planned: Services) -> None:
    def told(reference: Reference) -> tuple[object, ...]:
        policy = reference.policy("S1", MONDAY).version != ""
        return reference.has_shifts("V1"), policy, reference.place("S1", MONDAY)

    with planned.database.read() as connection:
        newest = select(CentralPlace.log, CentralPlace.seq).order_by(CentralPlace.seq.desc())
        log, last = connection.execute(newest.limit(1)).one()
        first = order_of(ranks(connection)[log], last - len(TABLES) + 1)
        latest = load_reference(connection, ["V1"])
        new_place = (31_400_000, 121_000_000)
        states = [told(latest.stood_before(first + n)) for n in range(len(TABLES) + 1)]
        today = told(latest)
    assert states[0][:2] == (False, False)
    assert states[0][2] != new_place
    assert states[1] == (False, False, new_place)
    assert [n for n, (assigned, _, _) in enumerate(states) if assigned] == [5, 6, 7, 8, 9]
    assert states[-1] == today == (True, True, new_place)
    assert [n for n, (_, policy, _) in enumerate(states) if policy] == [9]
