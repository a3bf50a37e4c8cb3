"""What each minute of a record is, and the one rule that says so: the worst, of equals the first of the catalogue."""

from dataclasses import replace

from server.reconcile.facts import Frozen, Post, Reconciled, ScanFact, Shift
from server.reconcile.policy import DEFAULTS, MINUTE_MS
from tests.server.reconcile.builders import Books, at, attest, decision, meaning, scan

SHIFT = Shift("S1", "gate", at("9:00"), at("11:00")), "A"
PAID = {"gate": Post("paid")}
LONG = Books(replace(DEFAULTS, shift_percent=200), assigned=(SHIFT,))
"""Twice as long as the shift is not too long (B8)."""


def minutes(found: Reconciled) -> list[tuple[int, int, str, str]]:
    """Minutes since nine, verdict and cause."""
    nine = at("9:00") // MINUTE_MS
    return [(p.start - nine, p.end - nine, p.verdict, p.cause) for p in found.pieces]


def day(left: str, **fields: object) -> list[ScanFact]:
    return [scan("9:00", **fields), scan(left, "out")]


def test_minutes_of_paid_duty_are_refused_by_d9() -> None:
    found = meaning(*day("11:00"), books=Books(assigned=(SHIFT,), posts=PAID))
    assert minutes(found) == [(0, 120, "refused", "D9")]


def test_a_break_is_refused_by_b16_at_the_end() -> None:
    books = Books(replace(DEFAULTS, break_after_minutes=60, break_minutes=30))
    assert minutes(meaning(*day("11:00"), books=books)) == [
        (0, 90, "credited", ""),
        (90, 120, "refused", "B16"),
    ]


def test_a_break_longer_than_the_record_takes_all_of_it() -> None:
    books = Books(replace(DEFAULTS, break_after_minutes=5, break_minutes=30))
    assert minutes(meaning(*day("9:10"), books=books)) == [(0, 10, "refused", "B16")]


def test_minutes_outside_the_shift_are_held_by_d8() -> None:
    assert minutes(meaning(*day("12:30"), books=LONG)) == [
        (0, 180, "credited", ""),
        (180, 210, "held", "D8"),
    ]


def test_stated_minutes_outside_the_shift_are_held_by_e5_and_further_out_by_d8() -> None:
    assert minutes(meaning(scan("9:00"), attest("12:30"), books=LONG)) == [
        (0, 120, "credited", ""),
        (120, 180, "held", "E5"),
        (180, 210, "held", "D8"),
    ]


def test_of_two_rules_that_hold_a_minute_the_first_of_the_catalogue_is_its_cause() -> None:
    uncertain = day("12:30", within_ms=700_000)
    assert minutes(meaning(*uncertain, books=LONG)) == [
        (0, 180, "held", "C2"),
        (180, 210, "held", "C2"),
    ]
    long = day("18:00", within_ms=700_000)
    assert minutes(meaning(*long)) == [(0, 480, "held", "C2"), (480, 540, "held", "B7")]


def frozen(*intervals: tuple[str, str, str]) -> list[Frozen]:
    told = tuple((at(a) // MINUTE_MS, at(b) // MINUTE_MS, verdict) for a, b, verdict in intervals)
    return [Frozen(b"another record", 1, told)]


def held(*intervals: tuple[str, str, str]) -> list[tuple[int, int]]:
    """What of a day from eight to eight is past the eighth hour, in minutes since eight."""
    eight = at("8:00") // MINUTE_MS
    found = meaning(scan("8:00"), scan("20:00", "out"), frozen=frozen(*intervals))
    assert sum(p.end - p.start for p in found.pieces if p.verdict == "credited") == 480
    return [(p.start - eight, p.end - eight) for p in found.pieces if p.verdict == "held"]


def test_frozen_minutes_count_first_wherever_they_lie_in_the_record() -> None:
    """Five hours are frozen, so three more are credited: the first of the day."""
    credited = ("12:00", "13:00", "credited"), ("15:00", "19:00", "held")
    assert held(*credited) == [(180, 240), (300, 420), (660, 720)]
    assert held(*reversed(credited)) == [(180, 240), (300, 420), (660, 720)]


def test_frozen_minutes_that_overlap_or_touch_count_once() -> None:
    assert held(("15:00", "17:00", "credited"), ("16:00", "18:00", "credited")) == [
        (300, 420),
        (600, 720),
    ]
    assert held(("15:00", "16:00", "held"), ("16:00", "18:00", "credited")) == [
        (300, 420),
        (600, 720),
    ]
    assert held(("15:00", "18:00", "held"), ("16:00", "17:00", "credited")) == [
        (300, 420),
        (600, 720),
    ]


def test_frozen_minutes_that_reach_beyond_the_record_count_within_it() -> None:
    assert held(("19:00", "23:00", "credited")) == [(420, 660)]
    assert held(("19:59", "23:00", "credited")) == [(479, 719)]
    assert held(("6:00", "8:01", "credited")) == [(480, 720)]


def test_frozen_minutes_before_and_behind_the_record_and_refused_ones_play_no_part() -> None:
    for nothing in (
        ("6:00", "7:59", "credited"),
        ("6:00", "8:00", "credited"),
        ("20:00", "21:00", "credited"),
        ("12:00", "19:00", "refused"),
        ("19:00", "19:00", "credited"),
    ):
        assert held(nothing) == [(480, 720)]


def test_a_last_frozen_minute_counts_before_what_came_earlier() -> None:
    assert held(("8:00", "8:01", "credited"), ("19:59", "20:00", "credited")) == [(479, 719)]


def test_a_frozen_minute_at_the_start_of_a_later_record_counts_before_the_earlier_one() -> None:
    first, second = [scan("7:00"), scan("15:00", "out")], [scan("16:00"), scan("17:00", "out")]
    found = meaning(*first, *second, frozen=frozen(("16:00", "16:01", "credited")))
    assert minutes(found) == [
        (-120, 359, "credited", ""),
        (359, 360, "held", "B7"),
        (420, 421, "credited", ""),
        (421, 480, "held", "B7"),
    ]
    assert minutes(meaning(*first, *second))[-1] == (420, 480, "held", "B7")


def test_an_interval_without_minutes_decides_nothing_and_cuts_nothing() -> None:
    came, left = scan("9:00"), scan("12:00", "out")
    for empty in (("10:00", "10:00", "refused"), ("11:00", "10:00", "refused")):
        made = decision(came.hash, ("9:00", "12:00", "credited"), empty)
        assert minutes(meaning(came, left, decisions=[made])) == [(0, 180, "credited", "")]


def test_a_decision_that_names_no_evidence_has_not_changed() -> None:
    came, left = scan("9:00"), scan("12:00", "out")
    found = meaning(came, left, decisions=[decision(came.hash, ("9:00", "12:00", "credited"))])
    assert (found.records[0].decided, found.records[0].changed) == (True, False)
    assert "R8" not in [finding.rule for finding in found.findings]


def test_an_alarm_is_the_cause_before_a_hold_and_of_two_holds_the_first_of_the_catalogue() -> None:
    """Held by B10 or by B11 as a whole, and past the eighth hour at the end."""
    b10 = meaning(
        scan("9:00", "in", "A"), scan("10:00", "in", "B"),
        scan("11:00", "out", "A"), scan("18:00", "out", "B"),
    )  # fmt: skip
    assert minutes(b10)[-1] == (480, 540, "held", "B10")
    far = Books(places={"A": (31_400_000, 121_000_000), "B": (31_850_000, 121_000_000)})
    b11 = meaning(
        scan("8:00", "in", "A"), scan("8:55", "out", "A"),
        scan("9:00", "in", "B"), scan("18:00", "out", "B"), books=far,
    )  # fmt: skip
    assert minutes(b11)[1:] == [(0, 425, "held", "B11"), (425, 540, "held", "B7")]
