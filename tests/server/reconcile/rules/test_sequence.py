"""Family B: boundaries to the millisecond."""

import pytest

from server.reconcile.facts import Severity
from server.reconcile.policy import DAY_MS, HOUR_MS, MINUTE_MS, Policy
from tests.server.reconcile.builders import (
    MONDAY,
    Books,
    at,
    figures,
    guess,
    meaning,
    only,
    rules,
    scan,
    stays,
)

NINE = at("9:00")


# B1


@pytest.mark.parametrize("after_ms", [0, 119_999, 120_000])
def test_b1_a_scan_up_to_120000_ms_after_the_first_is_a_repeat(after_ms: int) -> None:
    first, again = scan(NINE, "in"), scan(NINE + after_ms, "in")
    found = meaning(first, again, scan("12:00", "out"))
    assert stays(found) == [("A", 180, 180, 0)]
    note = only(found, "B1")
    assert note.severity is Severity.NOTE
    assert note.record == first.hash
    assert note.entries == tuple(sorted((first.hash, again.hash)))
    assert figures(note) == {"after_ms": after_ms}


def test_b1_a_scan_120001_ms_after_the_first_counts() -> None:
    found = meaning(scan(NINE, "in"), scan(NINE + 120_001, "in"), scan("12:00", "out"))
    assert "B1" not in rules(found)
    assert len(found.records) == 2


def test_repeats_are_measured_from_the_counted_scan_and_not_from_each_other() -> None:
    found = meaning(scan(NINE, "in"), scan(NINE + 120_000, "in"), scan(NINE + 120_001, "in"))
    assert rules(found).count("B1") == 1
    assert len(found.records) == 2


def test_a_scan_of_the_other_direction_between_ends_the_repeating() -> None:
    found = meaning(scan(NINE, "in"), scan(NINE + 30_000, "out"), scan(NINE + 60_000, "in"))
    assert "B1" not in rules(found)
    assert len(found.records) == 2


def test_a_scan_of_the_other_direction_at_another_site_ends_it_too() -> None:
    found = meaning(
        scan(NINE, "in", "A"), scan(NINE + 30_000, "out", "B"), scan(NINE + 60_000, "in", "A")
    )
    assert "B1" not in rules(found)


def test_a_scan_at_another_site_is_no_repeat() -> None:
    assert "B1" not in rules(meaning(scan(NINE, "in", "A"), scan(NINE + 1, "in", "B")))


def test_a_scan_of_the_same_direction_elsewhere_between_does_not_end_it() -> None:
    found = meaning(
        scan(NINE, "in", "A"), scan(NINE + 30_000, "in", "B"), scan(NINE + 60_000, "in", "A")
    )
    assert rules(found).count("B1") == 1


def test_a_guess_repeats_a_counted_scan_of_either_direction() -> None:
    found = meaning(scan(NINE, "in"), scan("12:00", "out"), guess("12:02"))
    assert rules(found) == ["B1"]


def test_a_guess_120001_ms_after_a_sign_in_is_a_sign_out() -> None:
    found = meaning(scan(NINE, "in"), guess(NINE + 120_001))
    assert rules(found) == ["B6"]


def test_a_repeated_sign_out_without_a_record_points_to_no_record() -> None:
    found = meaning(scan(NINE, "out"), scan(NINE + 1, "out"))
    assert rules(found) == ["B1", "B3"]
    assert only(found, "B1").record == b""


def test_the_figure_of_a_repeat_is_that_of_the_counted_scans_site_and_day() -> None:
    books = Books(by_site_day={("A", MONDAY): Policy(repeat_ms=5)})
    late = at("23:59:59.999")
    assert "B1" in rules(meaning(scan(late, "in"), scan(late + 5, "in"), books=books))
    assert "B1" not in rules(meaning(scan(late, "in"), scan(late + 6, "in"), books=books))


@pytest.mark.parametrize(("after_ms", "closes"), [(HOUR_MS, True), (HOUR_MS + 1, False)])
def test_how_long_a_record_stays_open_is_decided_where_and_when_it_began(
    after_ms: int, closes: bool
) -> None:
    books = Books(by_site_day={("A", MONDAY): Policy(open_ms_max=HOUR_MS)})
    late = at("23:30")
    found = meaning(scan(late, "in"), scan(late + after_ms, "out"), books=books)
    assert (found.records[0].out_ms is not None) is closes


def test_how_soon_a_second_out_is_one_is_decided_where_and_when_the_first_was() -> None:
    books = Books(by_site_day={("A", MONDAY): Policy(second_out_ms=0)})
    found = meaning(
        scan(NINE, "in", "A"),
        scan("10:00", "out", "A"),
        scan("10:05", "in", "B"),
        scan("10:10", "out", "A"),
        books=books,
    )
    assert rules(found) == ["B17"]


# Directions (step 4)


def test_a_guess_is_out_when_a_record_opened_exactly_14_hours_before_is_open() -> None:
    found = meaning(guess(NINE), guess(NINE + 14 * HOUR_MS))
    assert stays(found) == [("A", 840, 480, 360)]


def test_a_guess_is_in_a_millisecond_later() -> None:
    found = meaning(guess(NINE), guess(NINE + 14 * HOUR_MS + 1))
    assert rules(found) == ["B2", "B4", "B4"]


def test_a_guess_at_another_site_is_in() -> None:
    found = meaning(guess(NINE, "A"), guess("10:00", "B"), guess("11:00", "B"))
    assert [(r.site, r.out_ms is None) for r in found.records] == [("A", True), ("B", False)]


def test_a_chosen_direction_stands_against_what_would_be_guessed() -> None:
    assert rules(meaning(scan(NINE, "in"), scan("10:00", "in"))) == ["B2", "B4", "B4"]


# Pairing: B2, B3, B4, B17


def test_b2_signing_in_twice_leaves_the_first_without_a_sign_out() -> None:
    first, second = scan("8:00", "in"), scan(NINE, "in")
    found = meaning(first, second, scan("12:00", "out"))
    assert stays(found) == [("A", 0, 0, 0), ("A", 180, 180, 0)]
    assert only(found, "B4").record == first.hash
    note = only(found, "B2")
    assert (note.record, note.severity) == (second.hash, Severity.NOTE)
    assert note.entries == tuple(sorted((first.hash, second.hash)))


def test_signing_in_elsewhere_leaves_both_open() -> None:
    found = meaning(
        scan(NINE, "in", "A"),
        scan("10:00", "in", "B"),
        scan("11:00", "out", "B"),
        scan("12:00", "out", "A"),
    )
    assert rules(found) == ["B10", "B10"]
    assert [r.out_ms for r in found.records] == [at("12:00"), at("11:00")]


def test_b3_a_sign_out_without_a_record_is_a_finding_and_no_record() -> None:
    out = scan(NINE, "out")
    found = meaning(out)
    assert found.records == []
    assert found.postings == []
    finding = only(found, "B3")
    assert (finding.severity, finding.record, finding.entries) == (Severity.HOLD, b"", (out.hash,))


def test_b4_a_record_without_a_sign_out_is_proposed_an_end_after_four_hours() -> None:
    finding = only(meaning(scan(NINE, "in")), "B4")
    assert finding.severity is Severity.HOLD
    assert figures(finding) == {"in_ms": NINE, "proposed_ms": at("13:00")}


def test_a_sign_out_exactly_24_hours_after_closes_the_record() -> None:
    assert stays(meaning(scan(NINE, "in"), scan(NINE + DAY_MS, "out"))) == [("A", 1440, 0, 1440)]


def test_a_sign_out_a_millisecond_later_closes_nothing() -> None:
    assert rules(meaning(scan(NINE, "in"), scan(NINE + DAY_MS + 1, "out"))) == ["B3", "B4"]


def test_signing_in_the_next_day_is_not_signing_in_while_signed_in() -> None:
    found = meaning(scan(NINE, "in"), scan(NINE + DAY_MS + 1, "in"))
    assert rules(found) == ["B4", "B4"]


def test_b17_signing_out_elsewhere_closes_the_record_opened_last() -> None:
    second = scan("10:00", "in", "B")
    found = meaning(scan(NINE, "in", "A"), second, scan("11:00", "out", "C"))
    assert [(r.site, r.out_ms is None) for r in found.records] == [("A", True), ("B", False)]
    note = only(found, "B17")
    assert (note.severity, note.record, note.site) == (Severity.NOTE, second.hash, "B")
    assert figures(note) == {"out_site": "C"}


def test_the_open_record_of_the_own_site_goes_before_one_opened_later_elsewhere() -> None:
    found = meaning(scan(NINE, "in", "A"), scan("10:00", "in", "B"), scan("11:00", "out", "A"))
    assert [r.out_ms is None for r in found.records] == [False, True]
    assert "B17" not in rules(found)


@pytest.mark.parametrize(
    ("after_ms", "closes"), [(30 * MINUTE_MS, False), (30 * MINUTE_MS + 1, True)]
)
def test_b17_a_second_out_within_30_minutes_closes_nothing_elsewhere(
    after_ms: int, closes: bool
) -> None:
    """Signed in at B in the meantime: leaving A twice must not end the stay at B."""
    left = at("10:00")
    found = meaning(
        scan(NINE, "in", "A"),
        scan(left, "out", "A"),
        scan("10:05", "in", "B"),
        scan(left + after_ms, "out", "A"),
    )
    assert ("B17" in rules(found)) is closes
    assert ("B3" in rules(found)) is not closes


def test_an_out_that_closed_nothing_does_not_stop_a_later_one() -> None:
    found = meaning(scan(NINE, "out", "A"), scan("9:05", "in", "B"), scan("9:20", "out", "A"))
    assert rules(found) == ["B17", "B3"]


def test_an_out_scanned_here_that_closed_a_record_of_elsewhere_stops_a_second_one() -> None:
    found = meaning(
        scan(NINE, "in", "B"),
        scan("10:00", "out", "A"),
        scan("10:05", "in", "C"),
        scan("10:20", "out", "A"),
    )
    assert rules(found) == ["B17", "B3", "B4"]


# B6


@pytest.mark.parametrize("length_ms", [1, 299_999])
def test_b6_a_record_of_less_than_5_minutes_is_held(length_ms: int) -> None:
    found = meaning(scan(NINE, "in"), scan(NINE + length_ms, "out"))
    finding = only(found, "B6")
    assert (finding.severity, figures(finding)) == (Severity.HOLD, {"length_ms": length_ms})
    assert found.records[0].held == length_ms // MINUTE_MS


def test_b6_a_record_of_exactly_5_minutes_is_credited() -> None:
    assert stays(meaning(scan(NINE, "in"), scan("9:05:00.000", "out"))) == [("A", 5, 5, 0)]


def test_a_record_that_ends_before_it_began_has_no_minutes() -> None:
    """Two anchors of one log can disagree: the out comes later in the log and earlier in time."""
    found = meaning(scan(NINE, "in", seq=1), scan("8:00", "out", seq=2))
    assert stays(found) == [("A", 0, 0, 0)]
    assert "B5" in rules(found)


# B9, B12, B13


def test_b9_records_that_overlap_at_one_site_count_once() -> None:
    """Only what was walked apart can overlap at one site."""
    scans = [
        scan(NINE, "in"),
        scan("11:00", "out"),
        scan("10:00", "in", log="other", apart="A5"),
        scan("12:00", "out", log="other", apart="A5"),
    ]
    found = meaning(*scans)
    assert stays(found) == [("A", 120, 120, 0), ("A", 60, 0, 60)]
    note = only(found, "B9")
    assert (note.severity, note.record) == (Severity.NOTE, scans[2].hash)
    assert figures(note) == {"minutes": 60}


def test_a_record_without_a_sign_out_overlaps_nothing() -> None:
    scans = [scan(NINE, "in"), scan("11:00", "out"), scan("10:00", "in", log="new", apart="A5")]
    assert "B9" not in rules(meaning(*scans))


def test_records_that_overlap_at_two_sites_are_not_b9() -> None:
    found = meaning(
        scan(NINE, "in", "A"),
        scan("9:30", "in", "B"),
        scan("10:00", "out", "B"),
        scan("10:00", "out", "A"),
    )
    assert "B9" not in rules(found)


def test_b12_a_record_that_ends_where_the_next_begins_overlaps_nothing() -> None:
    scans = [
        scan(NINE, "in"),
        scan("10:00", "out"),
        scan("10:00", "in", log="other", apart="A5"),
        scan("11:00", "out", log="other", apart="A5"),
    ]
    found = meaning(*scans)
    assert "B9" not in rules(found)
    assert stays(found) == [("A", 60, 60, 0), ("A", 60, 0, 60)]


def test_b13_a_night_shift_is_one_record_on_two_dates() -> None:
    found = meaning(scan("22:00:30", "in"), scan("6:00:10", "out", day=1))
    assert len(found.records) == 1
    assert [(p.day, p.minutes) for p in found.postings] == [(MONDAY, 120), (MONDAY + 1, 360)]


@pytest.mark.parametrize(
    ("out", "days"),
    [
        ("23:59:59.999", [(MONDAY, 59)]),
        ("24:00:00", [(MONDAY, 60)]),
        ("24:01:00", [(MONDAY, 60), (MONDAY + 1, 1)]),
    ],
)
def test_b13_the_second_of_midnight_decides_the_date(out: str, days: list[tuple[int, int]]) -> None:
    found = meaning(scan("23:00", "in"), scan(out, "out"))
    assert [(p.day, p.minutes) for p in found.postings] == days


def test_b1_a_guess_repeats_what_was_counted_last_of_both_directions() -> None:
    found = meaning(scan("8:00"), scan("9:00", "out"), scan("9:01"), guess("9:02"))
    assert rules(found) == ["B1", "B4"]
