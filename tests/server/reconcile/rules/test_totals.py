"""F1, F2, B14: what a shift needed and who was there. These rules move nobody's minutes."""

import pytest

from server.reconcile.policy import DEFAULTS, MINUTE_MS
from server.reconcile.rules.together import SiteStay
from server.reconcile.rules.totals import Manned, Planned, f1, f2, gaps, manned, overlaps
from tests.server.reconcile.builders import at, entry_hash

SHIFT = Planned("A1", "P1", at("8:00"), at("12:00"), 2, ("a", "b", "c"))


def on(who: str, start: str, end: str | None, post: str = "P1") -> SiteStay:
    record = entry_hash((who, start))
    out_ms = at(end) if end else None
    return SiteStay(at(start), record, who, post, out_ms, out_ms is not None, (), (record,))


def test_b14_an_overlap_at_hand_over_is_fine_up_to_thirty_minutes() -> None:
    one = SHIFT._replace(needed=1)
    for until, is_fine in (("10:30", True), ("10:30:01", False)):
        parts = manned(one, [on("a", "8:00", until), on("b", "10:00", "12:00")])
        assert (overlaps(one, parts, DEFAULTS) == []) is is_fine
        assert gaps(one, parts) == []


def test_b14_the_coverage_shows_when_nobody_was_there() -> None:
    one = SHIFT._replace(needed=None)
    parts = manned(
        one, [on("a", "7:30", "9:00"), on("b", "9:10", "13:00"), on("c", "9:00", "10:00", "P2")]
    )
    (gap,) = gaps(one, parts)
    assert (gap.start_ms, gap.end_ms, gap.people) == (at("9:00"), at("9:10"), 0)
    assert sum(part.end_ms - part.start_ms for part in parts) == 240 * MINUTE_MS


@pytest.mark.parametrize(("people", "is_noted"), [(3, False), (4, True)])
def test_f1_notes_more_than_one_and_a_half_times_the_need(people: int, is_noted: bool) -> None:
    parts = manned(SHIFT, [on(f"p{n}", "8:00", "12:00") for n in range(people)])
    found = f1("S1", SHIFT, parts, DEFAULTS)
    assert bool(found) is is_noted
    if found:
        told = {"shift": "A1", "people": 4, "needed": 2, "minutes": 240}
        assert dict(found.figures) == told


def test_f1_takes_a_hand_over_for_no_crowd() -> None:
    old = [on(f"p{n}", "8:00", "10:30") for n in range(2)]
    new = [on(f"q{n}", "10:00", "12:00") for n in range(2)]
    assert f1("S1", SHIFT, manned(SHIFT, [*old, *new]), DEFAULTS) is None


def test_f1_says_nothing_of_a_shift_without_a_need() -> None:
    parts = manned(SHIFT, [on(f"p{n}", "8:00", "12:00") for n in range(9)])
    assert f1("S1", SHIFT._replace(needed=None), parts, DEFAULTS) is None


def test_f2_names_who_was_assigned_and_never_came() -> None:
    early, late = on("a", "6:00", "7:31"), on("b", "12:59", None)
    assert f2(SHIFT, [early, late], DEFAULTS) == ("c",)
    too_early, too_late = on("a", "6:00", "7:30"), on("b", "13:00", None)
    assert f2(SHIFT, [too_early, too_late], DEFAULTS) == ("a", "b", "c")


def test_f2_takes_an_open_stay_from_before_for_none() -> None:
    assert f2(SHIFT, [on("a", "7:00", None)], DEFAULTS) == ("a", "b", "c")


ALONE = SHIFT._replace(needed=1)


def test_b14_a_hand_over_to_the_minute_leaves_one_stretch() -> None:
    parts = manned(ALONE, [on("a", "8:00", "10:00"), on("b", "10:00", "12:00")])
    assert parts == [Manned(at("8:00"), at("12:00"), 1)]


def test_b14_two_who_leave_at_once_are_both_gone() -> None:
    parts = manned(SHIFT, [on("a", "8:00", "10:00"), on("b", "8:00", "10:00")])
    assert [part.people for part in parts] == [2, 0]


def test_b14_fewer_than_the_shift_needs_are_a_gap() -> None:
    parts = manned(SHIFT, [on("a", "8:00", "12:00"), on("b", "8:00", "11:00")])
    assert gaps(SHIFT, parts) == [Manned(at("11:00"), at("12:00"), 1)]


def test_b14_as_many_as_the_shift_needs_do_not_overlap() -> None:
    parts = manned(SHIFT, [on("a", "8:00", "12:00"), on("b", "8:00", "12:00")])
    assert overlaps(SHIFT, parts, DEFAULTS) == []
    for one in (ALONE, SHIFT._replace(needed=None)):
        assert overlaps(one, parts, DEFAULTS) == [Manned(at("8:00"), at("12:00"), 2)]


def test_b14_stretches_that_touch_are_one_with_the_most_people_there_were() -> None:
    stays = [
        on("a", "8:00", "10:00"),
        on("b", "8:00", "9:00"),
        on("c", "8:20", "8:40"),
        on("a", "11:00", "12:00"),
        on("b", "11:00", "12:00"),
    ]
    assert overlaps(ALONE, manned(ALONE, stays), DEFAULTS) == [
        Manned(at("8:00"), at("9:00"), 3),
        Manned(at("11:00"), at("12:00"), 2),
    ]


def test_f1_names_the_site_and_tells_whole_minutes() -> None:
    parts = manned(ALONE, [on(f"p{n}", "8:00", "9:00:30") for n in range(2)])
    found = f1("S1", ALONE, parts, DEFAULTS)
    assert found is not None
    assert (found.site, dict(found.figures)["minutes"]) == ("S1", 60)


def test_f2_who_came_at_the_first_moment_came() -> None:
    assert f2(SHIFT, [on("a", "7:30", None)], DEFAULTS) == ("b", "c")
