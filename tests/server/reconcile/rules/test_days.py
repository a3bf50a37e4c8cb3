"""Rules about whole days: B7 (eighth and twelfth hour), B15 (rest and nights), B16 (breaks), F3 (caps)."""

from dataclasses import replace

import pytest

from server.reconcile.facts import Frozen, ScanFact, Severity, Shift
from server.reconcile.minutes import minute_of
from server.reconcile.policy import DEFAULTS
from server.reconcile.rules.days import nights_of
from tests.server.reconcile.builders import (
    MONDAY,
    Books,
    at,
    decision,
    figures,
    meaning,
    only,
    rules,
    scan,
    stays,
)


def credited_and_held(found_stays: list[tuple[str, int, int, int]]) -> tuple[int, int]:
    return sum(s[2] for s in found_stays), sum(s[3] for s in found_stays)


@pytest.mark.parametrize(
    ("out", "held"),
    [("16:59:59", 0), ("17:00:00", 0), ("17:00:01", 0), ("17:00:59.999", 0), ("17:01:00", 1)],
)
def test_b7_minutes_past_the_eighth_hour_are_held(out: str, held: int) -> None:
    found = meaning(scan("9:00:00", "in"), scan(out, "out"))
    assert found.records[0].held == held
    assert ("B7" in rules(found)) is bool(held)


def test_b7_past_the_twelfth_hour_the_city_reviews() -> None:
    found = meaning(scan("8:00", "in"), scan("20:30", "out"))
    tiers = {figures(f)["tier"]: figures(f)["minutes"] for f in found.findings if f.rule == "B7"}
    assert tiers == {"reviewer": 270, "city": 30}
    assert stays(found) == [("A", 750, 480, 270)]


def test_b7_counts_the_minutes_of_each_local_date() -> None:
    found = meaning(scan("18:00", "in"), scan("6:00", "out", day=1))
    assert "B7" not in rules(found)


def test_b7_of_a_record_over_midnight_holds_the_last_minutes_of_either_date() -> None:
    shift = Shift("N", "gate", at("14:00"), at("9:00", day=1))
    books = Books(assigned=((shift, "A"),))
    found = meaning(scan("14:00", "in"), scan("9:00", "out", day=1), books=books)
    held = [(p.day - MONDAY, p.minutes, p.cause) for p in found.postings if p.verdict == "held"]
    assert held == [(0, 120, "B7"), (1, 60, "B7")]


def test_b7_counts_held_minutes_too_in_time_order() -> None:
    uncertain = scan("8:00", "in", within_ms=700_000)
    found = meaning(uncertain, scan("12:00", "out"), scan("13:00", "in"), scan("18:00", "out"))
    assert stays(found) == [("A", 240, 0, 240), ("A", 300, 240, 60)]


def test_b7_counts_what_was_approved_first() -> None:
    early, gone, late = scan("7:00", "in"), scan("11:00", "out"), scan("12:00", "in")
    found = meaning(
        early, gone, late, scan("20:00", "out"),
        decisions=[decision(late.hash, ("12:00", "20:00", "credited"))],
    )  # fmt: skip
    assert stays(found) == [("A", 240, 0, 240), ("A", 480, 480, 0)]


def test_b7_counts_what_is_frozen_first() -> None:
    early, gone, late = scan("7:00", "in"), scan("11:00", "out"), scan("12:00", "in")
    frozen = Frozen(late.hash, 1, ((minute_of(at("12:00")), minute_of(at("20:00")), "credited"),))
    found = meaning(early, gone, late, scan("20:00", "out"), frozen=[frozen])
    assert stays(found) == [("A", 240, 0, 240), ("A", 480, 480, 0)]


def test_b7_counts_what_is_frozen_first_where_a_decision_holds_it_too() -> None:
    early, gone, late = scan("7:00", "in"), scan("11:00", "out"), scan("12:00", "in")
    frozen = Frozen(late.hash, 2, ((minute_of(at("12:00")), minute_of(at("20:00")), "held"),))
    found = meaning(
        early, gone, late, scan("20:00", "out"),
        decisions=[decision(late.hash, ("12:00", "20:00", "held"))], frozen=[frozen],
    )  # fmt: skip
    assert stays(found) == [("A", 240, 0, 240), ("A", 480, 0, 480)]


def test_b7_leaves_refused_minutes_out() -> None:
    early = scan("7:00", "in")
    found = meaning(
        early, scan("11:00", "out"), scan("12:00", "in"), scan("20:00", "out"),
        decisions=[decision(early.hash, ("7:00", "11:00", "refused"))],
    )  # fmt: skip
    assert credited_and_held(stays(found)) == (480, 0)


@pytest.mark.parametrize(("back", "noted"), [("21:59:59.999", True), ("22:00:00", False)])
def test_b15_less_than_8_hours_of_rest_after_8_hours_is_noted(back: str, noted: bool) -> None:
    found = meaning(
        scan("6:00", "in"), scan("14:00", "out"), scan(back, "in"), scan("23:30", "out")
    )
    assert ("B15" in rules(found)) is noted


@pytest.mark.parametrize(("out", "noted"), [("13:59:59", False), ("14:00:00", True)])
def test_b15_asks_for_rest_only_after_8_hours(out: str, noted: bool) -> None:
    found = meaning(scan("6:00", "in"), scan(out, "out"), scan("18:00", "in"), scan("19:00", "out"))
    assert ("B15" in rules(found)) is noted


@pytest.mark.parametrize(("out", "noted"), [("0:59", False), ("1:00", True)])
def test_b15_a_night_is_3_hours_between_22_and_6(out: str, noted: bool) -> None:
    scans = [
        scan(clock, way, day=day + (way == "out"))
        for day in range(3)
        for clock, way in (("21:00", "in"), (out if day == 1 else "1:00", "out"))
    ]
    assert ("B15" in rules(meaning(*scans))) is noted


def test_b15_two_nights_are_not_three() -> None:
    scans = [
        scan(clock, way, day=day + (way == "out"))
        for day in (0, 1, 3)
        for clock, way in (("21:00", "in"), ("1:00", "out"))
    ]
    assert "B15" not in rules(meaning(*scans))


def test_b15_is_a_note_and_refuses_nothing() -> None:
    found = meaning(
        scan("6:00", "in"),
        scan("14:00", "out"),
        scan("20:00", "in"),
        scan("23:00", "out", site="A"),
    )
    assert only(found, "B15").severity is Severity.NOTE


def test_a_night_belongs_to_the_date_on_which_it_begins() -> None:
    start, end = minute_of(at("20:00")), minute_of(at("7:00", day=1))
    assert list(nights_of(start, end)) == [
        (MONDAY, minute_of(at("22:00")), minute_of(at("6:00", day=1)))
    ]
    assert list(nights_of(minute_of(at("6:00")), minute_of(at("22:00")))) == []
    assert [night for night, *_ in nights_of(minute_of(at("5:59")), minute_of(at("6:00")))] == [
        MONDAY - 1
    ]


def test_b16_no_break_is_taken_off_by_default() -> None:
    assert "B16" not in rules(meaning(scan("9:00", "in"), scan("17:00", "out")))


@pytest.mark.parametrize(("out", "refused"), [("13:00:00", 0), ("13:00:01", 30)])
def test_b16_a_policy_takes_a_break_off_the_end_of_a_long_record(out: str, refused: int) -> None:
    books = Books(replace(DEFAULTS, break_after_minutes=240, break_minutes=30))
    (record,) = meaning(scan("9:00", "in"), scan(out, "out"), books=books).records
    assert (record.refused, record.credited) == (refused, 240 - refused)


@pytest.mark.parametrize(("cap", "held"), [(0, 0), (179, 1), (180, 0), (181, 0)])
def test_f3_minutes_past_the_cap_of_the_day_are_held(cap: int, held: int) -> None:
    books = Books(replace(DEFAULTS, day_cap_minutes=cap))
    found = meaning(scan("9:00", "in"), scan("12:00", "out"), books=books)
    assert found.records[0].held == held
    assert ("F3" in rules(found)) is bool(held)


def test_f3_the_cap_of_the_year_begins_anew_on_1_january() -> None:
    """2022-12-31 is 264 days after 2022-04-11."""
    books = Books(replace(DEFAULTS, year_cap_minutes=60))
    found = meaning(
        scan("23:00", "in", day=264), scan("1:00", "out", day=265),
        scan("9:00", "in", day=265), scan("10:00", "out", day=265),
        books=books,
    )  # fmt: skip
    assert [r.held for r in found.records] == [0, 60]


def test_f3_of_a_day_is_tested_by_the_policy_of_each_minutes_record() -> None:
    books = Books(by_site_day={("B", MONDAY): replace(DEFAULTS, day_cap_minutes=60)})
    found = meaning(
        scan("9:00", "in", "A"), scan("10:00", "out", "A"),
        scan("11:00", "in", "B"), scan("12:00", "out", "B"),
        books=books,
    )  # fmt: skip
    assert [r.held for r in found.records] == [0, 60]


def test_b7_says_how_many_minutes_of_a_record_are_past_the_limit_in_all_its_parts() -> None:
    fixed = tuple(
        (minute_of(at(start)), minute_of(at(end)), "credited")
        for start, end in (("12:00", "13:00"), ("15:00", "19:00"))
    )
    found = meaning(scan("8:00"), scan("20:00", "out"), frozen=[Frozen(b"x", 1, fixed)])
    assert figures(only(found, "B7"))["minutes"] == 240


@pytest.mark.parametrize(("came", "fires"), [("16:00:00", False), ("16:00:00.001", True)])
def test_b15_going_on_at_once_is_no_rest_that_was_too_short(came: str, fires: bool) -> None:
    found = meaning(
        scan("8:00"), scan("16:00", "out"), scan(came, site="B"), scan("16:30", "out", "B")
    )
    assert ("B15" in rules(found)) is fires


def test_b15_adds_up_duty_since_the_last_rest() -> None:
    found = meaning(
        scan("6:00"), scan("10:00", "out"), scan("11:00"), scan("15:30", "out"),
        scan("17:00:30"), scan("18:00", "out"),
    )  # fmt: skip
    assert figures(only(found, "B15")) == {"duty_minutes": 510, "rest_minutes": 90}


def test_b15_a_stay_within_one_minute_adds_nothing_to_duty() -> None:
    found = meaning(
        scan("8:00"), scan("15:59", "out"), scan("16:30:00"), scan("16:30:59", "out"),
        scan("17:00"), scan("18:00", "out"),
    )  # fmt: skip
    assert "B15" not in rules(found)


def nights(*stays_of_one: tuple[str, str]) -> list[ScanFact]:
    """The same stays in each of three nights, from 22:00 on."""
    return [
        scan(clock, direction, day=day + (clock < "12:00"))
        for day in range(3)
        for stay in stays_of_one
        for clock, direction in zip(stay, ("in", "out"), strict=True)
    ]


@pytest.mark.parametrize(("last_out", "fires"), [("02:00", True), ("01:59", False)])
def test_b15_adds_up_the_stays_of_a_night(last_out: str, fires: bool) -> None:
    """Three nights of an hour before midnight and two behind it."""
    found = meaning(*nights(("22:30", "23:30"), ("00:00", last_out)))
    assert ("B15" in rules(found)) is fires
    if fires:
        assert figures(only(found, "B15")) == {"nights": 3, "night": MONDAY + 2}


def test_b15_a_minute_in_two_records_of_a_night_counts_once() -> None:
    """A minute less than three hours, and half an hour of it at another site, too: no night of three hours."""
    scans = nights(("22:00", "00:59"))
    inside = [s._replace(site="B") for s in nights(("23:00", "23:30"))]
    assert "B15" not in rules(meaning(*scans, *inside))


@pytest.mark.parametrize(("left", "fires"), [("23:00", False), ("2:00", True)])
def test_b15_a_short_night_before_two_long_ones_is_none_of_three(left: str, fires: bool) -> None:
    first = [scan("22:30"), scan(left, "out", day=int(left == "2:00"))]
    rest = [
        scan(clock, way, day=day)
        for night in (1, 2)
        for clock, way, day in (("22:30", "in", night), ("2:00", "out", night + 1))
    ]
    assert ("B15" in rules(meaning(*first, *rest))) is fires


def test_b15_too_little_rest_is_noted_where_no_date_is_too_long() -> None:
    for duty in (["16:00", "23:59:59.999"], ["14:00", "18:00", "19:00", "23:00"]):
        ways = ("in", "out") * (len(duty) // 2)
        scans = [scan(clock, way) for clock, way in zip(duty, ways, strict=True)]
        if len(duty) == 2:
            scans[-1] = scan("0:00", "out", day=1)
        scans += [scan("5:00", day=1), scan("6:00", "out", day=1)]
        assert rules(meaning(*scans)) == ["B15"]


def test_b7_minutes_are_whole_before_they_are_added_up() -> None:
    """Four hours, and four hours and a minute, by the minute; seconds would make less of it."""
    found = meaning(
        scan("8:00:30"), scan("12:00:30", "out"), scan("13:00:59"), scan("17:01:00", "out")
    )
    assert [r.held for r in found.records] == [0, 1]


def test_b7_adds_up_every_stay_of_a_date() -> None:
    clocks = ("9:00", "12:00", "12:30", "15:30", "16:00", "19:00")
    scans = [scan(clock, "out" if n % 2 else "in") for n, clock in enumerate(clocks)]
    assert [r.held for r in meaning(*scans).records] == [0, 0, 60]


def test_postings_of_many_days_are_in_order_of_their_dates() -> None:
    scans = [
        scan(c, way, day=day) for day in range(8) for c, way in (("9:00", "in"), ("10:00", "out"))
    ]
    assert [posting.day for posting in meaning(*scans).postings] == [MONDAY + n for n in range(8)]


@pytest.mark.parametrize("day", [0, 2 - MONDAY])
def test_b15_one_night_is_enough_where_a_policy_says_so(day: int) -> None:
    """In 1970, too: where a clock without a battery starts."""
    books = Books(replace(DEFAULTS, nights=1))
    found = meaning(scan("21:30", "in", day=day), scan("2:00", "out", day=day + 1), books=books)
    assert figures(only(found, "B15"))["nights"] == 1


def test_b15_a_record_without_a_sign_out_is_no_duty_and_no_rest() -> None:
    found = meaning(
        scan("8:00", "in", "A"), scan("16:00", "out", "A"), scan("17:00", "in", "B"),
        scan("20:00", "in", "A"), scan("21:00", "out", "A"),
    )  # fmt: skip
    told = {"duty_minutes": 480, "rest_minutes": 240}
    assert figures(only(found, "B15")) == told


def test_b15_a_record_of_a_millisecond_may_be_the_last_minute_of_long_duty() -> None:
    moment = at("16:31")
    found = meaning(
        scan("8:00", "in"), scan("15:59", "out"), scan(moment - 1, "in"), scan(moment, "out"),
        scan("20:00", "in"), scan("21:00", "out"),
    )  # fmt: skip
    assert figures(only(found, "B15"))["duty_minutes"] == 480


def test_b15_in_the_first_hours_of_1970_there_was_no_duty_before() -> None:
    minute = 60_000
    scans = [
        scan(n * minute, way) for n, way in ((0, "in"), (479, "out"), (540, "in"), (600, "out"))
    ]
    assert "B15" not in rules(meaning(*scans))
