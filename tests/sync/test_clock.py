"""Corrected time (RULES, "How it is computed", 1; I7)."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from sync.clock import (
    UNBOUNDED_MS,
    AnchorMark,
    Instant,
    Stamp,
    anchor_mark,
    correct,
    length_within_ms,
)

ONE, TWO, THREE = b"boot-one", b"boot-two", b"boot-3.."
HOUR = 3_600_000


def stamp(seq: int, mono_ms: int, wall_ms: int = 0, boot: bytes = ONE) -> Stamp:
    return Stamp(seq, boot, mono_ms, wall_ms)


def anchor(
    seq: int, mid_ms: int, server_ms: int, half_ms: int = 0, boot: bytes = ONE
) -> AnchorMark:
    return AnchorMark(seq, boot, mid_ms, server_ms, half_ms)


def test_an_anchor_says_what_time_it_was_on_the_monotonic_clock() -> None:
    (at,) = correct([stamp(2, 5_000)], [anchor(1, 1_000, 1_000_000)])
    assert at.at_ms == 1_004_000


def test_an_entry_before_the_first_anchor_of_its_boot_is_corrected_backwards() -> None:
    (at,) = correct([stamp(1, 500)], [anchor(2, 1_000, 1_000_000)])
    assert at.at_ms == 999_500


def test_a_wrong_wall_clock_does_not_matter_in_an_anchored_boot() -> None:
    stamps = [stamp(1, 0, wall_ms=0), stamp(2, 60_000, wall_ms=99 * HOUR)]
    first, second = correct(stamps, [anchor(3, 60_000, 5_000_000)])
    assert (first.at_ms, second.at_ms) == (4_940_000, 5_000_000)


def test_the_nearer_of_two_anchors_counts() -> None:
    anchors = [anchor(1, 0, 1_000_000), anchor(5, 10_000, 1_010_500)]
    stamps = [stamp(2, 4_999), stamp(3, 5_000), stamp(4, 5_001)]
    assert [at.base for at in correct(stamps, anchors)] == [1, 1, 5]


def test_uncertainty_is_half_the_round_trip_and_100_ppm_of_the_distance() -> None:
    (at,) = correct([stamp(2, 10_000_000)], [anchor(1, 0, 0, half_ms=40)])
    assert (at.within_ms, at.common_ms) == (1_040, 40)


def test_a_part_of_a_millisecond_of_drift_counts_whole() -> None:
    near, nearer = correct([stamp(2, 10_001), stamp(3, 10_000)], [anchor(1, 0, 0)])
    assert (near.within_ms, nearer.within_ms) == (2, 1)


def test_an_anchor_stands_at_the_middle_of_its_round_trip() -> None:
    assert anchor_mark(1, boot=ONE, server_ms=9, before_ms=10, after_ms=15) == anchor(1, 12, 9, 3)


def test_an_anchor_to_come_does_not_change_what_lies_before_the_last_one() -> None:
    """A scan during a slow contact, and another contact at once: the later anchor would be nearer."""
    stamps = [stamp(1, 0), stamp(2, 199), stamp(3, 200)]
    known = [anchor(1, 0, 1_000), anchor(3, 150, 1_151)]
    assert correct(stamps, known) == correct(stamps, [*known, anchor(4, 201, 1_205)])


def test_a_log_without_any_anchor_keeps_its_wall_clock_and_nothing_bounds_it() -> None:
    (at,) = correct([stamp(1, 0, wall_ms=77)], [])
    assert at == Instant(77, UNBOUNDED_MS, -1, UNBOUNDED_MS, 77)


def loose_between(*walls_ms: int, low_ms: int, high_ms: int) -> list[Instant]:
    """Correct entries of a boot without an anchor between two anchored entries."""
    stamps = [
        stamp(1, 0),
        *(stamp(2 + n, n, wall, TWO) for n, wall in enumerate(walls_ms)),
        stamp(90, 0, 0, THREE),
    ]
    anchors = [anchor(1, 0, low_ms), anchor(90, 0, high_ms, boot=THREE)]
    return correct(stamps, anchors)[1:-1]


def test_a_boot_that_fits_between_its_neighbours_is_not_shifted() -> None:
    assert [at.at_ms for at in loose_between(150, 170, low_ms=100, high_ms=200)] == [150, 170]


def test_a_boot_that_seems_too_early_is_shifted_as_a_whole_to_its_neighbour() -> None:
    assert [at.at_ms for at in loose_between(10, 30, low_ms=100, high_ms=200)] == [100, 120]


def test_a_boot_that_seems_too_late_is_shifted_as_a_whole_to_its_neighbour() -> None:
    assert [at.at_ms for at in loose_between(900, 930, low_ms=100, high_ms=200)] == [170, 200]


def test_the_room_that_is_left_is_the_uncertainty_and_common_to_the_boot() -> None:
    for at in loose_between(150, 170, low_ms=100, high_ms=200):
        assert (at.within_ms, at.common_ms, at.base) == (80, 80, -2)


def test_a_boot_longer_than_the_room_stays_between_its_neighbours() -> None:
    times = [at.at_ms for at in loose_between(0, 500, low_ms=100, high_ms=200)]
    assert times == [100, 200]


def test_what_time_it_was_before_it_was_cut_is_kept() -> None:
    assert [at.raw_ms for at in loose_between(0, 500, low_ms=100, high_ms=200)] == [100, 600]


def test_two_boots_without_an_anchor_keep_their_order() -> None:
    stamps = [
        stamp(1, 0),
        stamp(2, 0, 150, TWO),
        stamp(3, 9, 160, TWO),
        stamp(4, 0, 20, THREE),
        stamp(5, 9, 30, THREE),
    ]
    times = [at.at_ms for at in correct(stamps, [anchor(1, 0, 100)])]
    assert times == [100, 150, 160, 160, 160]


def test_a_wall_clock_stepped_back_within_a_boot_is_raised() -> None:
    times = [at.at_ms for at in loose_between(150, 120, 160, low_ms=100, high_ms=200)]
    assert times == [150, 150, 160]


def test_anchored_values_stand_even_backwards() -> None:
    anchors = [anchor(1, 0, 1_000), anchor(2, 10, 1_005)]
    stamps = [stamp(1, 0), stamp(2, 10), stamp(3, 1, 2_000, TWO)]
    assert [at.at_ms for at in correct([stamp(1, 9), *stamps[1:]], anchors)] == [
        1_009,
        1_005,
        2_000,
    ]


def test_what_is_not_anchored_is_raised_to_the_entry_before_it_only() -> None:
    anchors = [anchor(1, 0, 1_000), anchor(2, 10, 990), anchor(4, 0, 3_000, boot=THREE)]
    stamps = [stamp(1, 0), stamp(2, 10), stamp(3, 1, 995, TWO), stamp(4, 0, 0, THREE)]
    assert [at.at_ms for at in correct(stamps, anchors)] == [1_000, 990, 995, 3_000]


def test_an_error_common_to_both_ends_counts_once() -> None:
    start, end = Instant(0, 50, 7, 40, 0), Instant(9, 60, 7, 40, 9)
    assert length_within_ms(start, end, same_log=True) == 70


def test_errors_of_two_logs_or_of_two_anchors_add_up() -> None:
    start, end, other = Instant(0, 50, 7, 40, 0), Instant(9, 60, 7, 40, 9), Instant(9, 60, 8, 40, 9)
    assert length_within_ms(start, end, same_log=False) == 110
    assert length_within_ms(start, other, same_log=True) == 110


@dataclass
class History:
    """A log: its entries, and which of them are anchors."""

    stamps: list[Stamp]
    anchors: list[AnchorMark]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw logs of several boots with wrong wall clocks, and anchors now and then."""
    history = History([], [])
    seq, true_ms = 0, 1_000_000
    for number in range(draw(st.integers(1, 5))):
        boot, started, off = b"boot%04d" % number, true_ms, draw(st.integers(-5_000, 5_000))
        anchored = draw(st.booleans())
        for _ in range(draw(st.integers(1, 6))):
            seq += 1
            true_ms += draw(st.integers(0, 2_000))
            wall_ms = true_ms + off + draw(st.integers(-50, 50))
            history.stamps.append(Stamp(seq, boot, true_ms - started, wall_ms))
            if anchored and draw(st.booleans()):
                half_ms = draw(st.integers(0, 200))
                server_ms = true_ms - half_ms + draw(st.integers(-half_ms, half_ms))
                mid_ms = true_ms - started - half_ms
                history.anchors.append(AnchorMark(seq, boot, mid_ms, server_ms, half_ms))
    return history


@given(histories(), st.data())
def test_a_part_between_two_anchors_gives_the_same_values_as_the_whole(
    history: History, data: st.DataObject
) -> None:
    whole = dict(
        zip((s.seq for s in history.stamps), correct(history.stamps, history.anchors), strict=True)
    )
    last = history.stamps[-1].seq
    first = data.draw(st.sampled_from([1, *(mark.seq for mark in history.anchors)]))
    end = data.draw(st.sampled_from([last, *(mark.seq for mark in history.anchors)]))
    stamps = [s for s in history.stamps if first <= s.seq <= end]
    anchors = [mark for mark in history.anchors if first <= mark.seq <= end]
    assert correct(stamps, anchors) == [whole[s.seq] for s in stamps]


@given(histories())
def test_the_order_of_anchors_does_not_matter(history: History) -> None:
    backwards = list(reversed(history.anchors))
    assert correct(history.stamps, backwards) == correct(history.stamps, history.anchors)


@given(histories())
def test_what_is_not_anchored_never_runs_backwards(history: History) -> None:
    boots = {mark.boot for mark in history.anchors}
    times = correct(history.stamps, history.anchors)
    for before, after, entry in zip(times, times[1:], history.stamps[1:], strict=False):
        assert entry.boot in boots or before.at_ms <= after.at_ms
