"""Merging two people and parting them gives back every row that there was, whatever they did and whatever was decided."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Action
from server.books.decisions import merge as merging
from server.books.derive.rebuild import digest
from tests.server.books.desk import CITY, Desk, make_desk
from tests.server.books.world import derive
from tests.server.builders import ServerClock
from tests.server.conftest import Open

pytestmark = pytest.mark.both_databases

QUARTERS = st.integers(0, 4 * 30)
STAYS = st.lists(
    st.tuples(
        st.sampled_from(("V1", "V2", "V3")),
        QUARTERS,
        st.none() | st.integers(0, 40),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=8,
)
TABLES = ("loose_scan", "said", "posting_part", "group_hold", "adjustment", "finding")
_names = count()


def stored(desk: Desk) -> tuple[Any, ...]:
    with desk.services.database.read() as connection:
        whole = digest(connection)
    return whole, *(desk.rows(f"SELECT * FROM derived.{table}") for table in TABLES)  # noqa: S608 # names above


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stays=STAYS, is_decided=st.booleans(), into=st.sampled_from(("V2", "V3")))
def test_merge_then_unmerge_gives_back_every_row(
    open_home: Open, stays: list[tuple[str, int, int | None, int]], is_decided: bool, into: str
) -> None:
    clock = ServerClock()
    services = open_home(f"merge{next(_names)}", clock=clock)
    desk = make_desk(services, clock)
    for who, came, long, chosen in sorted(stays, key=lambda stay: stay[1]):
        left = None if long is None else (came + long) / 4
        desk.stay(who, came / 4, left, chosen=chosen)
    desk.sync(60)
    if is_decided and desk.records("V1"):
        desk.decide("V1", Action.REFUSE)
    before = stored(desk)
    done = merging.merge(services.database, services.central, CITY, "V1", into, "one person")
    derive(services)
    merging.unmerge(services.database, services.central, CITY, done.entry, "two people")
    derive(services)
    assert stored(desk) == before
