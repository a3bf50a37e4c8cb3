"""The instant on either side of which a rule says something else, where a mutant of the rule showed that no test looked."""

from dataclasses import replace

import pytest

from server.reconcile.facts import More, Shift
from server.reconcile.policy import DEFAULTS
from tests.server.reconcile.builders import (
    Books,
    at,
    attest,
    decision,
    figures,
    guess,
    meaning,
    only,
    rules,
    scan,
    void,
)


def planned(start: str, end: str) -> Books:
    return Books(assigned=((Shift("S1", "gate", at(start), at(end)), "A"),))


@pytest.mark.parametrize(("shift_end", "proposed"), [("9:00", "13:00"), ("9:00:01", "9:00:01")])
def test_b4_a_shift_that_ends_at_the_sign_in_proposes_no_end(shift_end: str, proposed: str) -> None:
    found = meaning(scan("9:00"), books=planned("8:00", shift_end))
    assert figures(only(found, "B4"))["proposed_ms"] == at(proposed)


@pytest.mark.parametrize(
    ("start", "end", "is_long"),
    [
        ("12:00", "13:00", False),
        ("11:59:59", "12:59:59", True),
        ("8:00", "9:00", False),
        ("8:00:01", "9:00:01", True),
    ],
)
def test_b8_a_shift_that_only_touches_the_record_is_not_overlapped(
    start: str, end: str, is_long: bool
) -> None:
    """Three hours: too long for a shift of one hour, and not where it overlaps none."""
    found = meaning(scan("9:00"), scan("12:00", "out"), books=planned(start, end))
    assert ("B8" in rules(found)) is is_long


@pytest.mark.parametrize(("after", "minutes"), [(0, 30), (60, 0), (0, 0)])
def test_b16_is_off_unless_both_figures_are_set(after: int, minutes: int) -> None:
    books = Books(replace(DEFAULTS, break_after_minutes=after, break_minutes=minutes))
    found = meaning(scan("9:00"), scan("12:00", "out"), books=books)
    assert "B16" not in rules(found)
    assert found.records[0].credited == 180


@pytest.mark.parametrize(("late_ms", "fires"), [(300_000, False), (300_001, True)])
def test_c3_on_a_lone_sign_out_fires_beyond_5_minutes(late_ms: int, fires: bool) -> None:
    assert ("C3" in rules(meaning(scan("9:00", "out", more=More(late_ms=late_ms))))) is fires
    assert ("C3" in rules(meaning(scan("9:00", more=More(late_ms=late_ms))))) is fires


def test_c3_needs_a_time_that_is_late_whatever_the_policy() -> None:
    books = Books(replace(DEFAULTS, later_anchor_ms=0))
    assert "C3" not in rules(meaning(scan("9:00"), scan("12:00", "out"), books=books))


@pytest.mark.parametrize(
    ("left", "fires"), [("9:59:59", False), ("10:00:59", False), ("10:01", True)]
)
def test_b9_notes_an_overlap_of_one_minute(left: str, fires: bool) -> None:
    first = scan("9:00")
    found = meaning(first, scan("10:00"), scan("12:00", "out"), attest(left, about=first.hash))
    assert ("B9" in rules(found)) is fires


def test_an_out_of_the_instant_of_an_in_goes_before_it_however_short_a_record_may_be() -> None:
    books = Books(replace(DEFAULTS, short_ms=0))
    left = scan("9:00", "out", log="another")
    assert rules(meaning(scan("9:00"), left, books=books)) == ["B3", "B4"]


def test_a_guess_goes_before_an_in_of_its_instant_if_it_was_an_out_just_before() -> None:
    """The guess closes what the other would have left open."""
    found = meaning(scan("9:00", log="a"), scan("10:00", log="a"), guess("10:00", log="z"))
    assert [r.out_ms for r in found.records] == [at("10:00"), None]
    assert rules(found) == ["B4"]


def test_c1_speaks_of_boots_that_the_first_entry_of_a_log_anchors() -> None:
    """The seq of an anchor may be 0; below 0 there was none."""
    for base in (0, -1):
        found = meaning(scan("9:00", wall_ms=0, base=base), scan("12:00", "out"))
        assert ("C1" in rules(found)) is (base == 0)


def test_the_sequence_of_a_log_stands_whatever_its_times_say() -> None:
    found = meaning(scan("9:00", seq=9), scan("12:00", "out", seq=5))
    assert rules(found) == ["B3", "B4"]


def test_what_is_undone_takes_nothing_else_with_it() -> None:
    mistake = scan("9:00")
    found = meaning(mistake, scan("10:00"), scan("12:00", "out"), voids=[void(mistake, 5_000)])
    assert [(r.in_ms, r.out_ms) for r in found.records] == [(at("10:00"), at("12:00"))]


def test_what_is_taken_back_holds_its_own_record_and_not_the_one_that_came_over_it() -> None:
    first = scan("9:00")
    doubt = void(first, 3_600_000, by="lead-1", reason=True)
    found = meaning(first, scan("10:00"), scan("12:00", "out"), voids=[doubt])
    assert [r.credited for r in found.records] == [0, 120]


def test_an_orphaned_approval_keeps_the_site_of_its_entry() -> None:
    left = scan("12:00", "out", "B")
    made = decision(left.hash, ("9:00", "12:00", "credited"))
    (record,) = meaning(left, decisions=[made]).records
    assert (record.site, record.credited) == ("B", 180)
