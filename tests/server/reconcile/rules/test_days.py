"""Rules about whole days: B7 (eighth and twelfth hour), B15 (rest and nights), B16 (breaks), F3 (caps)."""

from dataclasses import replace

import pytest

from server.reconcile.facts import Frozen, Severity
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
