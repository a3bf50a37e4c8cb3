"""A region is closed when its sites are: those that can be are closed, the others are named."""

from pathlib import Path
from typing import Any

import pytest

from schemas.vocabulary import Code
from server.access.part import Part
from server.books.periods.close_region import ClosedRegion, close_region
from server.books.periods.closed_months import read_closed
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import CITY, LEAD, NOVEMBER, Desk, make_desk
from tests.server.builders import DAY_MS, START_MS, ServerClock, enrol_at, make_author
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases

DECEMBER_H = 29 * 24


@pytest.fixture
def desk(services: Services, clock: ServerClock, tmp_path: Path) -> Desk:
    """November is over; S1 is complete, of S2 a kiosk never came, S9 lies in a region below R1, S8 elsewhere."""
    import_text(services, tmp_path, "regions", "code,name,parent\nR11,a street,R1\nR2,other,\n")
    import_text(
        services,
        tmp_path,
        "sites",
        "code,name,kind,region\nS9,a,checkpoint,R11\nS8,b,checkpoint,R2\n",
    )
    found = make_desk(services, clock)
    enrol_at(services, make_author("never came"), "S2")
    found.stay("V1", 8, 12)
    found.sync(DECEMBER_H + 1)
    clock.now_ms = START_MS + 200 * DAY_MS
    return found


def close(desk: Desk, region: str = "R1", **more: Any) -> ClosedRegion:
    services = desk.services
    actor = more.pop("actor", CITY)
    return close_region(services.database, services.central, actor, region, NOVEMBER, **more)


def closed_sites(desk: Desk) -> set[str]:
    with desk.services.database.read() as connection:
        return set(read_closed(connection).months)


def test_what_can_be_closed_is_and_the_rest_is_named(desk: Desk) -> None:
    done = close(desk)
    assert (done.closed, [one.site for one in done.sites]) == (False, ["S1", "S3", "S9"])
    assert [(one.site, one.code) for one in done.left_out] == [("S2", Code.REASON_NEEDED)]
    assert closed_sites(desk) == {"S1", "S3", "S9"}


def test_a_region_is_closed_once_the_last_of_its_sites_is(desk: Desk) -> None:
    close(desk)
    done = close(desk, why="the kiosk burnt")
    assert (done.closed, done.left_out) == (True, [])
    assert [one.already for one in done.sites] == [True, False, True, True]
    assert close(desk).closed is True


def test_a_preview_closes_nothing(desk: Desk) -> None:
    done = close(desk, is_dry=True)
    assert done.closed is False
    assert {one.site: bool(one.open_days) for one in done.sites}["S2"] is True
    assert closed_sites(desk) == set()


def test_a_region_without_sites_and_a_low_role_are_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        close(desk, "R7")
    assert caught.value.code == Code.NOT_FOUND
    with pytest.raises(Refused) as caught:
        close(desk, actor=LEAD)
    assert caught.value.code == Code.ROLE_TOO_LOW
    assert closed_sites(desk) == set()


def test_a_site_that_lies_elsewhere_by_now_is_left_alone_and_keeps_the_region_open(
    desk: Desk,
) -> None:
    mine = Part(regions=frozenset({"R1"}), sites=frozenset({"S1", "S3"}))
    done = close(desk, part=mine)
    assert ([one.site for one in done.sites], done.left_out) == (["S1", "S3"], [])
    assert done.closed is False
    assert closed_sites(desk) == {"S1", "S3"}


def test_more_sites_than_one_call_may_close_are_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        close(desk, sites_max=3)
    assert caught.value.code == Code.TOO_LARGE
    assert closed_sites(desk) == set()
