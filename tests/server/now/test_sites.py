"""Who is on duty against what is needed: from real scans, cut to a part, over midnight, and never from memory alone."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.access.part import EVERYTHING, Part
from server.now.ground import Wanted
from server.now.on_duty import OPEN_MS_MAX, read_on_duty
from server.now.sites import Ask, SiteNow, read_now
from server.services import Services
from tests.server.builders import HOUR_MS, MINUTE_MS, START_MS
from tests.server.now.desk import EIGHT, begin, bring, plan
from tests.server.statements import asked_of

pytestmark = pytest.mark.both_databases

ANY = Wanted()


def look(
    services: Services, at_ms: int, part: Part = EVERYTHING, wanted: Wanted = ANY
) -> dict[str, SiteNow]:
    with services.database.read() as connection:
        return {one.site.code: one for one in read_now(connection, part, at_ms, wanted)}


def test_people_are_counted_where_they_are_against_shifts_and_places(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    plan(services, tmp_path)
    one, two = begin(services, "one", "S1", "P1"), begin(services, "two", "S2", "P2")
    one.scan(EIGHT, "V1")
    one.scan(EIGHT + 1, "V2")
    one.scan(EIGHT + HOUR_MS, "V2", "out")
    for number in (3, 4, 5):
        two.scan(EIGHT + number, f"V{number}")
    bring(services, client, one, two)
    found = look(services, EIGHT + 2 * HOUR_MS)
    s1, s2, s3 = found["S1"], found["S2"], found["S3"]
    assert (s1.people, s1.needed, s1.short, s1.over, s1.capacity) == (1, 3, 2, 0, 2)
    assert (s2.people, s2.needed, s2.short, s2.over, s2.capacity) == (3, 1, 0, 2, 1)
    assert (s3.people, s3.needed, s3.kiosks, s3.is_blind) == (0, 0, 0, True)
    assert [code for code, one in found.items() if one.fits(Ask.SHORT)] == ["S1"]
    assert [code for code, one in found.items() if one.fits(Ask.OVER)] == ["S2"]
    assert [code for code, one in found.items() if one.fits(Ask.BLIND)] == ["S3"]


def test_the_picture_is_as_old_as_what_the_kiosk_last_said(
    services: Services, client: FlaskClient
) -> None:
    one = begin(services, "one", "S1")
    one.scan(EIGHT, "V1")
    bring(services, client, one)
    s1 = look(services, EIGHT + HOUR_MS)["S1"]
    assert s1.as_of_ms == pytest.approx(START_MS + 7 * HOUR_MS + MINUTE_MS, abs=1_000)
    assert s1.contact_ms == 0, "a batch that somebody carried is no contact"


def test_whoever_signed_in_elsewhere_is_there_and_nowhere_else(
    services: Services, client: FlaskClient
) -> None:
    one, two = begin(services, "one", "S1"), begin(services, "two", "S2")
    one.scan(EIGHT, "V1")
    two.scan(EIGHT + 3 * HOUR_MS, "V1")
    bring(services, client, one, two)
    found = look(services, EIGHT + 4 * HOUR_MS)
    assert (found["S1"].people, found["S2"].people) == (0, 1)


def test_a_night_goes_over_midnight_and_a_forgotten_sign_out_ends(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    plan(services, tmp_path)
    one = begin(services, "one", "S1", "P1")
    one.scan(START_MS + 22 * HOUR_MS, "V1")
    bring(services, client, one)
    night = look(services, START_MS + 28 * HOUR_MS)["S1"]
    assert (night.people, night.needed, night.short) == (1, 1, 0)
    assert look(services, START_MS + 22 * HOUR_MS + OPEN_MS_MAX + 1)["S1"].people == 0


def test_nothing_of_another_part_is_counted(services: Services, client: FlaskClient) -> None:
    one, two = begin(services, "one", "S1"), begin(services, "two", "S2")
    one.scan(EIGHT, "V1")
    two.scan(EIGHT, "V2")
    bring(services, client, one, two)
    mine = Part(sites=frozenset({"S2"}))
    assert {c: s.people for c, s in look(services, EIGHT + 1, mine).items()} == {"S2": 1}
    assert look(services, EIGHT + 1, Part()) == {}
    with services.database.read() as connection:
        assert read_on_duty(connection, mine, "S1", EIGHT + 1, limit=9) == []
        assert [one.who for one in read_on_duty(connection, mine, "S2", EIGHT + 1, limit=9)] == [
            "V2"
        ]


def test_a_moment_that_has_passed_shows_who_was_there_then(
    services: Services, client: FlaskClient
) -> None:
    one = begin(services, "one", "S1")
    one.scan(EIGHT, "V1")
    one.scan(EIGHT + HOUR_MS, "V1", "out")
    one.scan(EIGHT + 2 * HOUR_MS, "V2")
    bring(services, client, one)
    with services.database.read() as connection:
        then = read_on_duty(connection, EVERYTHING, "S1", EIGHT + 30 * MINUTE_MS, limit=9)
        now = read_on_duty(connection, EVERYTHING, "S1", EIGHT + 3 * HOUR_MS, limit=9)
    assert [one.who for one in then] == ["V1"]
    assert [one.who for one in now] == ["V2"]


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (Wanted(region="R1"), ["S1", "S2", "S3"]),
        (Wanted(region="R9"), []),
        (Wanted(words="西门"), ["S2"]),
        (Wanted(words="s3"), ["S3"]),
        (Wanted(words="%"), []),
        (Wanted(sites=["S1"]), ["S1"]),
    ],
)
def test_sites_are_found_by_region_and_words(
    services: Services, wanted: Wanted, codes: list[str]
) -> None:
    assert list(look(services, EIGHT, EVERYTHING, wanted)) == codes


@pytest.mark.parametrize("part", [EVERYTHING, Part(sites=frozenset({"S1"}))])
def test_no_large_table_is_read_whole(services: Services, part: Part) -> None:
    with asked_of(services.database) as asked:
        look(services, EIGHT, part)
        with services.database.read() as connection:
            read_on_duty(connection, part, "S1", EIGHT, limit=9)
    assert asked.read_whole() == []
    assert part is not EVERYTHING or any("ix_derived_record_open" in p for p in asked.plans())
    by = ("ix_shift_start", "ix_shift_post (post=? AND start_ms>?")
    assert not services.database.is_sqlite or any(b in p for p in asked.plans() for b in by)
