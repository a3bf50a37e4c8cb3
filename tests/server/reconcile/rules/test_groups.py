"""E2, E3, E4 at the edges: which of two groups speaks, who is near whom, what a site's findings name."""

import pytest

from server.limits import PAIR_NEIGHBOURS_MAX
from server.reconcile.facts import Severity
from server.reconcile.minutes import day_of
from server.reconcile.policy import DAY_MS, DEFAULTS, HOUR_MS, MINUTE_MS, Policy
from server.reconcile.rules.fraud import e2_crowds, e2_holds, e3, e4
from server.reconcile.rules.together import SiteStay
from tests.server.reconcile.builders import at, entry_hash
from tests.server.reconcile.rules.test_fraud import (
    MORNING,
    SECOND_MS,
    crowd,
    defaults,
    figures_of,
    pair,
    stay,
)


def shared(others: int) -> list[SiteStay]:
    """Eight who fit with two of a first group and with so many of a second, which do not fit with each other."""
    five, minute = MORNING + 5 * MINUTE_MS, MORNING + MINUTE_MS
    return [
        *(stay(f"s{n}", minute, five) for n in range(8)),
        stay("first", MORNING, five - 61 * SECOND_MS),
        stay("last", MORNING + 120 * SECOND_MS, five - 61 * SECOND_MS),
        *(stay(f"o{n}", minute, five + 61 * SECOND_MS) for n in range(others - 1)),
        stay("other", MORNING + 10 * SECOND_MS, five + 61 * SECOND_MS),
    ]


@pytest.mark.parametrize(("others", "people", "span_s"), [(1, 10, 120), (2, 10, 120), (3, 11, 50)])
def test_e2_of_two_groups_of_a_record_the_larger_speaks_then_the_one_that_came_first(
    others: int, people: int, span_s: int
) -> None:
    stays = shared(others)
    _, hold = e2_holds(stays, defaults)[stays[0].record]
    told = dict(hold.figures)
    assert (told["people"], told["in_span_ms"]) == (people, span_s * SECOND_MS)


def test_e2_who_came_too_late_for_the_first_takes_nobody_out_of_the_group() -> None:
    """Twelve who come twelve seconds apart and leave at once: the first eleven and the last eleven."""
    together = [
        stay(f"p{n}", MORNING + n * 12 * SECOND_MS, MORNING + 8 * MINUTE_MS) for n in range(12)
    ]
    assert len(e2_holds(together, defaults)) == 12


def test_e2_holds_a_record_by_its_ends() -> None:
    stays = crowd(10)
    who, hold = e2_holds(stays, defaults)[stays[3].record]
    assert who == "p3"
    assert hold[:4] == ("E2", stays[3].record, Severity.HOLD, stays[3].ends)


def test_e2_takes_each_dates_own_figures() -> None:
    """Five on Monday make a group, by the figures of then; ten do on Tuesday, and nobody is alone in it."""
    tuesday = at("8:00", day=1)
    five, ten = crowd(5), crowd(10)
    later = [one._replace(in_ms=one.in_ms + DAY_MS, out_ms=(one.out_ms or 0) + DAY_MS,
                          record=entry_hash(one.record)) for one in ten]  # fmt: skip

    def figures(day: int) -> Policy:
        return Policy(together_people=5) if day < day_of(tuesday) else DEFAULTS

    assert len(e2_holds([*five, *later], figures)) == 15
    assert len(e2_holds([*five, *later[:9]], figures)) == 5
    assert e2_holds(five[:1], figures) == {}


def test_e2_two_minutes_after_one_who_was_typed_is_near() -> None:
    long = MORNING + 4 * HOUR_MS
    typed = [stay(f"p{n}", MORNING, long, typed=2) for n in range(9)]
    for seconds, is_held in ((120, True), (121, False)):
        last = stay("late", MORNING, long + seconds * SECOND_MS)
        assert bool(e2_holds([*typed, last], defaults)) is is_held


def test_e2_two_crowds_one_after_the_other_are_two() -> None:
    first = [stay(f"p{n}", MORNING, MORNING + HOUR_MS) for n in range(10)]
    second = [stay(f"q{n}", MORNING + 121 * SECOND_MS, MORNING + HOUR_MS) for n in range(10)]
    notes = e2_crowds("S1", [*first, *second], (), defaults)
    assert [figures_of(note)["first_in_ms"] for note in notes] == [MORNING, second[0].in_ms]


def test_a_finding_at_a_site_names_the_site_and_nobody() -> None:
    odd = MORNING + 7 * MINUTE_MS
    typed = [stay("p", odd, odd + HOUR_MS, typed=2)]
    for rule, (note,) in (
        ("E2", e2_crowds("S1", crowd(10), (), defaults)),
        ("E3", e3("S1", pair(5), defaults)),
        ("E4", e4("S1", typed, defaults)),
    ):
        assert note[:7] == (rule, Severity.NOTE, "", "", "S1", b"", ())


def test_e3_compares_each_with_so_many_neighbours_and_no_more() -> None:
    once = Policy(pair_times=1)
    for between, is_noted in ((PAIR_NEIGHBOURS_MAX - 1, True), (PAIR_NEIGHBOURS_MAX, False)):
        first, last = stay("a", MORNING, MORNING + HOUR_MS), MORNING + SECOND_MS
        others = [stay("n", MORNING + n, MORNING + 2 * HOUR_MS) for n in range(1, between + 1)]
        third = stay("z", last, last + HOUR_MS)
        assert bool(e3("S1", [first, *others, third], lambda _: once)) is is_noted


def test_e4_counts_the_ends_at_the_site_alone() -> None:
    odd = MORNING + 7 * MINUTE_MS
    typed = stay("p", odd, odd + HOUR_MS, typed=2)
    elsewhere = [stay(f"q{n}", odd, odd + HOUR_MS, here=False) for n in range(2)]
    (note,) = e4("S1", [typed, *elsewhere], defaults)
    assert figures_of(note)["of"] == 4


def test_e4_of_a_month_without_an_end_at_the_site_is_of_none() -> None:
    """Signed in on the last evening of April, signed out in May elsewhere, and both typed."""
    april, may = at("23:07", day=19), at("1:07", day=20)
    notes = e4("S1", [stay("p", april, may, typed=2, here=False)], defaults)
    assert [(figures_of(n)["month"], figures_of(n)["of"]) for n in notes] == [
        (202204, 1),
        (202205, 0),
    ]


def test_e4_a_time_is_round_by_its_minute() -> None:
    machine = [stay(f"m{n}", MORNING + n, MORNING + n + HOUR_MS) for n in range(40)]
    typed = stay("p", at("8:15:30"), None, typed=1)
    (note,) = e4("S1", [*machine, typed], defaults)
    assert figures_of(note)["on_round_times"] == 1


def test_e2_one_person_is_a_group_where_a_policy_says_so() -> None:
    assert len(e2_holds(crowd(1), lambda _: Policy(together_people=1))) == 1
