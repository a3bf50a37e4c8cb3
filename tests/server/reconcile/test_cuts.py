"""Where a history can be cut, so that news costs what it changes."""

from hypothesis import given
from hypothesis import strategies as st

from server.reconcile.cuts import (
    OPEN_MS,
    Span,
    Window,
    parts_of,
    reaches,
    span_of_stated,
    window_around,
)
from server.reconcile.facts import ScanFact
from server.reconcile.minutes import LOCAL_AHEAD_MS
from server.reconcile.policy import DAY_MS, HOUR_MS
from tests.server.reconcile.builders import attest, meaning, scan

SEEN = Window(0, 30 * DAY_MS - LOCAL_AHEAD_MS)


def at(day: int, hour: float) -> int:
    """A local time."""
    return int(day * DAY_MS + hour * HOUR_MS) - LOCAL_AHEAD_MS


def duty(day: int, start: float = 8, end: float = 12) -> Span:
    """Presence on a local day."""
    return Span(at(day, start), at(day, end))


DAILY = [duty(day) for day in range(1, 29)]


def test_of_somebody_who_comes_every_day_only_that_day_is_looked_at() -> None:
    assert window_around([at(10, 13)], DAILY, SEEN) == Window(at(10, 0), at(11, 0))


def test_news_of_two_days_take_the_days_between() -> None:
    assert window_around([at(10, 13), at(13, 9)], DAILY, SEEN) == Window(at(10, 0), at(14, 0))


def test_a_night_on_duty_joins_two_days() -> None:
    nights = [*DAILY[:9], duty(10, 20, 32), *DAILY[11:]]
    assert window_around([at(11, 9)], nights, SEEN) == Window(at(10, 0), at(12, 0))


def test_a_night_that_began_before_ten_and_was_free_from_then_on_is_free() -> None:
    assert window_around([at(10, 9)], [duty(9, 18, 22), *DAILY[9:]], SEEN) == Window(
        at(10, 0), at(11, 0)
    )
    late = [duty(9, 18, 22.001), *DAILY[9:]]
    assert window_around([at(10, 9)], late, SEEN) == Window(at(9, 0), at(11, 0))


def test_coming_before_six_joins_the_day_before() -> None:
    assert window_around([at(10, 6)], DAILY, SEEN) == Window(at(10, 0), at(11, 0))
    assert window_around([at(10, 5.999)], DAILY, SEEN) == Window(at(9, 0), at(11, 0))


def test_a_record_that_is_open_joins_what_it_may_still_reach() -> None:
    forgot = [*DAILY[:8], Span(at(9, 8), at(9, 8) + OPEN_MS), *DAILY[9:]]
    assert window_around([at(10, 13)], forgot, SEEN) == Window(at(9, 0), at(11, 0))


def test_a_journey_longer_than_a_night_needs_a_longer_rest() -> None:
    assert window_around([at(10, 13)], DAILY, SEEN, 21 * HOUR_MS) is None
    weekly = [duty(3), duty(10), duty(17)]
    assert window_around([at(10, 13)], weekly, SEEN, 21 * HOUR_MS) == Window(at(10, 0), at(11, 0))


def test_somebody_always_on_duty_has_no_cut() -> None:
    assert window_around([at(10, 13)], [Span(0, 30 * DAY_MS)], SEEN) is None


def test_without_sight_of_a_cut_nothing_is_cut() -> None:
    assert window_around([at(1, 9)], [], SEEN) is None
    assert window_around([at(29, 22)], [], SEEN) is None


hours = st.integers(0, 29 * 24)


@given(
    st.lists(st.tuples(hours, st.integers(0, 30)), max_size=30),
    st.lists(hours, min_size=1, max_size=4),
)
def test_a_window_holds_the_news_and_nobody_is_anywhere_at_its_cuts(
    stays: list[tuple[int, int]], news: list[int]
) -> None:
    spans = [Span(at(0, start), at(0, start + length)) for start, length in stays]
    found = window_around([at(0, hour) for hour in news], spans, SEEN)
    if found is None:
        return
    assert all(found.has(at(0, hour)) for hour in news)
    for cut in found:
        assert (cut + LOCAL_AHEAD_MS) % DAY_MS == 0
        night = (cut - 2 * HOUR_MS, cut + 6 * HOUR_MS)
        assert not any(s.start_ms < night[1] and s.end_ms > night[0] for s in spans)


def test_a_window_has_its_start_and_not_its_end() -> None:
    window = Window(10, 20)
    assert [window.has(ms) for ms in (9, 10, 19, 20)] == [False, True, True, False]


def test_news_before_all_else_of_its_day_cut_at_the_midnight_before_them() -> None:
    weekly = [duty(3), duty(10), duty(17)]
    assert window_around([at(10, 7)], weekly, SEEN) == Window(at(10, 0), at(11, 0))


def test_a_rest_as_long_as_asked_for_is_long_enough() -> None:
    assert window_around([at(10, 13)], DAILY, SEEN, 19 * HOUR_MS) == Window(at(10, 0), at(11, 0))
    assert window_around(
        [at(10, 13)], [duty(day, 8, 14) for day in range(1, 29)], SEEN, 18 * HOUR_MS
    )
    assert (
        window_around(
            [at(10, 13)], [duty(day, 8, 14.001) for day in range(1, 29)], SEEN, 18 * HOUR_MS
        )
        is None
    )


def scans(*times_ms: int) -> list[ScanFact]:
    return [scan(ms) for ms in times_ms]


def test_a_history_falls_into_parts_at_its_cuts() -> None:
    first, second = scans(at(1, 8), at(1, 12)), scans(at(2, 8), at(2, 12), at(2, 13))
    assert list(parts_of([*first, *second], 8 * HOUR_MS)) == [first, second]
    assert list(parts_of([*first, *second], 21 * HOUR_MS)) == [[*first, *second]]


def test_what_a_lead_stated_may_be_about_any_of_a_history() -> None:
    history = [*scans(at(1, 8), at(1, 12)), attest(at(2, 7), "out", written=at(2, 8))]
    assert list(parts_of(history, 8 * HOUR_MS)) == [history]


def test_a_stated_end_reaches_as_far_as_the_record_that_it_is_about_can_be_open() -> None:
    assert span_of_stated(at(3, 12)) == Span(at(2, 12), at(4, 12))
    assert span_of_stated(at(5, 12), at(3, 8), at(3, 9)) == Span(at(2, 8), at(6, 12))


def test_a_history_of_nothing_has_no_part() -> None:
    assert list(parts_of([], HOUR_MS)) == []


def test_a_record_reaches_on_as_long_as_it_could_still_be_closed() -> None:
    came, left = scan("9:00"), scan("12:00", "out")
    still_open, closed = meaning(came).records, meaning(came, left).records
    assert reaches([*closed, *still_open], came.at_ms + OPEN_MS)
    assert not reaches(still_open, came.at_ms + OPEN_MS + 1)
    assert not reaches(closed, left.at_ms)


def test_what_is_known_beyond_what_is_seen_makes_no_cut() -> None:
    assert window_around([at(29, 22)], [duty(40)], SEEN) is None
