"""Completeness: what is still out is said, and nothing is called complete before it is (RULES, "Completeness")."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from server.books.dates import iso_time, local_day
from server.books.hours import By, Span, read_hours
from server.books.read_completeness import Completeness, Missing, read_completeness
from server.limits import COMPLETENESS_DAYS_MAX
from server.services import Services
from sync.errors import Refused
from tests.server.books.world import derive
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    START_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    push,
)

EVENING = START_MS + 20 * HOUR_MS
NEXT_NOON = START_MS + DAY_MS + 12 * HOUR_MS


def rows(services: Services, by: By = By.VOLUNTEER) -> list[dict[str, object]]:
    derive(services)
    with services.database.read() as connection:
        found = read_hours(connection, by, Span())
    json.dumps(found)
    return found


def states(services: Services) -> dict[object, tuple[object, object]]:
    return {row["volunteer"]: (row["complete"], row["as_of"]) for row in rows(services)}


def at_work(services: Services, name: str, site: str, who: str) -> Author:
    """A kiosk that is enrolled, in touch, and has one stay of a morning."""
    author = make_author(name)
    enrol_at(services, author, site)
    author.boot(START_MS + 7 * HOUR_MS)
    author.contact(START_MS + 7 * HOUR_MS + 1_000, services.signer.keys.identity)
    author.scan(START_MS + 8 * HOUR_MS, who)
    author.scan(START_MS + 12 * HOUR_MS, who, "out")
    return author


def test_a_day_is_complete_once_the_frontier_is_past_its_end(
    services: Services, client: FlaskClient
) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    push(client, kiosk.batch())
    assert states(services)["V1"][0] is False
    kiosk.contact(EVENING, services.signer.keys.identity)
    push(client, kiosk.batch())
    complete, as_of = states(services)["V1"]
    assert complete is False
    assert as_of == iso_time(EVENING - 1)  # when it said so, minus what is uncertain about that
    kiosk.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert states(services)["V1"][0] is True


def test_one_kiosk_that_is_still_out_keeps_the_day_open_for_its_site_alone(
    services: Services, client: FlaskClient
) -> None:
    one, two, far = (
        at_work(services, name, site, who)
        for name, site, who in (("a", "S1", "V1"), ("b", "S1", "V2"), ("c", "S2", "V3"))
    )
    for kiosk in (one, far):
        kiosk.contact(NEXT_NOON, services.signer.keys.identity)
        push(client, kiosk.batch())
    found = states(services)
    assert found["V1"] == (False, None)  # nobody knows how far the second kiosk is
    assert found["V3"][0] is True
    two.contact(EVENING, services.signer.keys.identity)
    push(client, two.batch())
    assert states(services)["V1"] == (False, iso_time(EVENING - 1))
    two.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, two.batch())
    assert states(services)["V1"][0] is states(services)["V2"][0] is True


def test_a_gap_makes_its_dates_incomplete_until_it_is_filled(
    services: Services, client: FlaskClient
) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    kiosk.contact(NEXT_NOON, services.signer.keys.identity)
    kiosk.scan(NEXT_NOON + HOUR_MS, "V2")
    kiosk.scan(NEXT_NOON + 2 * HOUR_MS, "V2", "out")
    kiosk.contact(NEXT_NOON + 2 * DAY_MS, services.signer.keys.identity)
    push(client, kiosk.batch(1, 4))
    push(client, kiosk.batch(6))
    found = states(services)
    assert found["V1"][0] is found["V2"][0] is False
    derive(services)
    with services.database.read() as connection:
        (figures,) = connection.execute(_A3).scalars()
    assert "first=5" in figures
    push(client, kiosk.batch(5, 5))
    found = states(services)
    assert found["V1"][0] is found["V2"][0] is True
    with services.database.read() as connection:
        assert connection.execute(_A3).all() == []


_A3 = text("SELECT figures FROM derived.finding WHERE rule = 'A3'")


def test_a_gap_on_one_day_leaves_the_next_week_alone(
    services: Services, client: FlaskClient
) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    kiosk.contact(EVENING, services.signer.keys.identity)
    later = START_MS + 7 * DAY_MS
    kiosk.scan(later + 8 * HOUR_MS, "V2")
    kiosk.scan(later + 9 * HOUR_MS, "V2", "out")
    kiosk.contact(later + 2 * DAY_MS, services.signer.keys.identity)
    push(client, kiosk.batch(1, 4))
    push(client, kiosk.batch(6))
    found = states(services)
    assert found["V1"][0] is False
    assert found["V2"][0] is True


def test_now_is_nowhere_in_the_figures(
    services: Services, client: FlaskClient, clock: ServerClock
) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    kiosk.contact(EVENING, services.signer.keys.identity)
    push(client, kiosk.batch())
    before = [rows(services, by) for by in By]
    clock.now_ms += 400 * DAY_MS
    assert [rows(services, by) for by in By] == before
    push(client, kiosk.batch())
    assert [rows(services, by) for by in By] == before


def test_a_frontier_that_no_anchor_bounds_says_nothing(
    services: Services, client: FlaskClient
) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    kiosk.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, kiosk.batch(kiosk.head))
    push(client, kiosk.batch(4, 5))
    assert states(services)["V1"] == (False, None)
    push(client, kiosk.batch())
    assert states(services)["V1"][0] is True


@pytest.mark.parametrize("lead_ms", [2**53 - 1, 1 - 2**53, 253_402_300_800_000, -(10**14)])
@pytest.mark.parametrize("enrolled", [True, False])
def test_a_clock_beyond_all_dates_stops_nobodys_hours(
    services: Services, client: FlaskClient, lead_ms: int, enrolled: bool
) -> None:
    sane = at_work(services, "sane", "S1", "V1")
    sane.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, sane.batch())
    mad = make_author("mad")
    if enrolled:
        enrol_at(services, mad, "S2")
    mad.boot(START_MS, skew_ms=lead_ms - START_MS + 5_000)
    mad.scan(START_MS + HOUR_MS, "V2")
    mad.scan(START_MS + 2 * HOUR_MS, "V2", "out")
    assert push(client, mad.batch()).status_code == 200
    for by in By:
        assert rows(services, by)
    assert states(services)["V1"][0] is True
    minutes = {row["volunteer"]: row["minutes_credited"] for row in rows(services)}
    assert minutes == {"V1": 240, "V2": 0}


def test_the_branch_of_a_fork_that_never_spoke_keeps_its_days_open(
    services: Services, client: FlaskClient
) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    clone = kiosk.copy()
    kiosk.contact(NEXT_NOON, services.signer.keys.identity)
    clone.scan(START_MS + 13 * HOUR_MS, "V2")
    clone.scan(START_MS + 14 * HOUR_MS, "V2", "out")
    push(client, kiosk.batch())
    push(client, clone.batch())
    found = states(services)
    assert found["V1"][0] is False
    assert found["V2"][0] is False
    clone.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, clone.batch())
    found = states(services)
    assert found["V1"][0] is found["V2"][0] is True


def test_what_was_recorded_before_enrolment_can_be_complete(
    services: Services, client: FlaskClient, clock: ServerClock
) -> None:
    clock.now_ms = START_MS + 3 * DAY_MS
    kiosk = at_work(services, "k", "S1", "V1")
    push(client, kiosk.batch())
    assert states(services)["V1"][0] is False
    kiosk.contact(START_MS + 3 * DAY_MS, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert states(services)["V1"] == (True, iso_time(START_MS + 3 * DAY_MS - 1))


def completeness(services: Services, **span: int) -> Completeness:
    derive(services)
    with services.database.read() as connection:
        return read_completeness(connection, "", Span(**span))


def test_what_is_out_is_named_with_since_when(services: Services, client: FlaskClient) -> None:
    one, two = at_work(services, "a", "S1", "V1"), at_work(services, "b", "S1", "V2")
    one.contact(NEXT_NOON, services.signer.keys.identity)
    two.contact(EVENING, services.signer.keys.identity)
    push(client, one.batch())
    push(client, two.batch())
    found = completeness(services)
    (date,) = found.site_days
    assert (date.site, date.complete, date.as_of) == ("S1", False, iso_time(EVENING - 1))
    assert date.missing == [Missing(two.log, "behind", iso_time(EVENING - 1))]
    assert {k.log: k.complete_until for k in found.kiosks} == {
        one.log: iso_time(NEXT_NOON - 1),
        two.log: iso_time(EVENING - 1),
    }
    two.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, two.batch())
    (date,) = completeness(services).site_days
    assert (date.complete, date.missing) == (True, [])


def test_a_gap_and_a_silent_kiosk_are_told_apart(services: Services, client: FlaskClient) -> None:
    one, two = at_work(services, "a", "S1", "V1"), make_author("b")
    enrol_at(services, two, "S1")
    one.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, one.batch(1, 4))
    push(client, one.batch(6))
    (date,) = completeness(services).site_days
    assert {m.log: (m.why, m.since) for m in date.missing} == {
        one.log: ("gap", "2026-11-02"),
        two.log: ("never", None),
    }


def test_every_date_of_a_span_is_looked_at_though_nobody_came(
    services: Services, client: FlaskClient
) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    kiosk.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, kiosk.batch())
    first = local_day(START_MS)
    dates = completeness(services, first=first, last=first + 2).site_days
    assert [(date.day[-2:], date.complete) for date in dates] == [
        ("02", True),
        ("03", False),
        ("04", False),
    ]
    with pytest.raises(Refused, match="bad_field"):
        completeness(services, first=first, last=first + COMPLETENESS_DAYS_MAX)


def test_totals_have_bounds_and_name_who_is_out(services: Services, client: FlaskClient) -> None:
    kiosk = at_work(services, "k", "S1", "V1")
    kiosk.scan(START_MS + 13 * HOUR_MS, "V1")  # no sign-out yet
    kiosk.scan(START_MS + 14 * HOUR_MS, "V2")
    kiosk.scan(START_MS + 14 * HOUR_MS + 60_000, "V2", "out")
    kiosk.contact(EVENING, services.signer.keys.identity)
    push(client, kiosk.batch())
    one, two = rows(services)
    assert (one["minutes_low"], one["minutes_high"]) == (240, 240 + 24 * 60)
    assert (two["minutes_low"], two["minutes_high"]) == (0, 1)  # B6: held
    assert one["out"] == two["out"] == [kiosk.log]
    kiosk.contact(NEXT_NOON, services.signer.keys.identity)
    push(client, kiosk.batch())
    one, two = rows(services)
    assert (one["minutes_low"], one["minutes_high"], one["out"]) == (240, 240, [])
    (total,) = rows(services, By.SITE)
    assert (total["minutes_low"], total["minutes_high"], total["people"]) == (240, 241, 2)
