"""Steps 6 and 7: floors, midnights, and each minute once."""

from hypothesis import given
from hypothesis import strategies as st

from server.reconcile.minutes import (
    Stretch,
    by_day,
    counted_once,
    day_of,
    minute_of,
    overlaps,
    shares,
)
from tests.server.reconcile.builders import MONDAY, at

MIDNIGHT = minute_of(at("24:00"))


def stretch(start: int, end: int, verdict: str = "credited", rank: int = 0) -> Stretch:
    return Stretch(start, end, verdict, rank, "B6" if verdict == "held" else "")


def test_an_instant_is_floored_to_its_minute() -> None:
    assert [minute_of(ms) for ms in (0, 59_999, 60_000, -1)] == [0, 0, 1, -1]


def test_the_local_date_changes_at_midnight_in_shanghai() -> None:
    assert [day_of(at("23:59:59.999")), day_of(at("24:00:00.000"))] == [MONDAY, MONDAY + 1]


def test_minutes_are_cut_at_every_local_midnight() -> None:
    assert list(by_day(MIDNIGHT - 5, MIDNIGHT + 1440 + 3)) == [
        (MONDAY, 5),
        (MONDAY + 1, 1440),
        (MONDAY + 2, 3),
    ]


def test_nothing_is_cut_into_nothing() -> None:
    assert list(by_day(5, 5)) == list(by_day(5, 3)) == []


def test_a_minute_credited_in_any_record_is_credited() -> None:
    held, credited = stretch(0, 10, "held", 0), stretch(5, 15, "credited", 1)
    assert counted_once([held, credited]) == [held._replace(end=5), *cut(credited, 10)]


def test_a_minute_held_in_any_record_is_not_refused() -> None:
    refused, held = stretch(0, 10, "refused", 0), stretch(5, 8, "held", 1)
    assert counted_once([refused, held]) == [
        refused._replace(end=5),
        held,
        refused._replace(start=8),
    ]


def test_of_several_records_with_one_verdict_the_earliest_is_posted() -> None:
    first, second = stretch(0, 10, rank=0), stretch(0, 20, rank=1)
    assert counted_once([second, first]) == [first, second._replace(start=10)]


def test_stretches_that_touch_do_not_overlap() -> None:
    assert counted_once([stretch(5, 9, rank=1), stretch(0, 5)]) == [
        stretch(0, 5),
        stretch(5, 9, rank=1),
    ]


def test_a_stretch_that_ends_before_it_begins_counts_nothing() -> None:
    assert counted_once([stretch(9, 5), stretch(4, 4)]) == []


def test_overlaps_are_told_by_pair_with_their_minutes() -> None:
    spans = [(0, 10), (5, 8), (8, 12), (12, 20)]
    assert list(overlaps(spans)) == [(0, 1, 3), (0, 2, 2)]


def cut(piece: Stretch, at_minute: int) -> list[Stretch]:
    return [piece._replace(end=at_minute), piece._replace(start=at_minute)]


STRETCHES = st.lists(
    st.tuples(
        st.integers(MIDNIGHT - 30, MIDNIGHT + 30),
        st.integers(0, 40),
        st.sampled_from(["credited", "held", "refused"]),
    ),
    max_size=8,
).map(
    lambda drawn: [
        stretch(start, start + length, verdict, rank)
        for rank, (start, length, verdict) in enumerate(drawn)
    ]
)


@given(STRETCHES)
def test_each_minute_goes_to_its_best_verdict_and_first_record(stretches: list[Stretch]) -> None:
    best: dict[int, tuple[int, int]] = {}
    for one in stretches:
        claim = (("credited", "held", "refused").index(one.verdict), one.rank)
        for minute in range(one.start, one.end):
            best[minute] = min(best.get(minute, claim), claim)
    expected: dict[tuple[int, bool], int] = {}
    for minute, (_, rank) in best.items():
        key = (rank, minute >= MIDNIGHT)
        expected[key] = expected.get(key, 0) + 1
    assert {
        (s.rank, s.day > MONDAY): s.minutes for s in shares(counted_once(stretches))
    } == expected
