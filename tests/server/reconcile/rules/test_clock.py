"""Family C: wrong and uncertain clocks."""

import pytest

from server.reconcile.facts import Severity, Silence
from server.reconcile.policy import DAY_MS, DEFAULTS
from server.reconcile.rules.clock import c4
from tests.server.reconcile.builders import at, figures, meaning, only, rules, scan, stays

NINE, NOON = at("9:00"), at("12:00")


@pytest.mark.parametrize("ahead_ms", [120_001, -120_001])
def test_c1_a_clock_more_than_2_minutes_off_is_noted_and_credited(ahead_ms: int) -> None:
    came = scan(NINE, "in", wall_ms=NINE + ahead_ms)
    found = meaning(came, scan(NOON, "out"))
    note = only(found, "C1")
    assert (note.severity, note.entries) == (Severity.NOTE, (came.hash,))
    assert figures(note) == {"in_ahead_ms": ahead_ms}
    assert stays(found) == [("A", 180, 180, 0)]


def test_c1_a_clock_exactly_2_minutes_off_is_not_noted() -> None:
    found = meaning(
        scan(NINE, "in", wall_ms=NINE - 120_000), scan(NOON, "out", wall_ms=NOON + 120_000)
    )
    assert rules(found) == []


def test_both_ends_are_named_where_both_are_off() -> None:
    found = meaning(scan(NINE, "in", wall_ms=0), scan(NOON, "out", wall_ms=0))
    assert figures(only(found, "C1")) == {"in_ahead_ms": -NINE, "out_ahead_ms": -NOON}


def test_a_boot_without_an_anchor_is_not_said_to_be_corrected() -> None:
    found = meaning(scan(NINE, "in", wall_ms=0, base=-4), scan(NOON, "out"))
    assert "C1" not in rules(found)


def test_a_clock_that_is_off_is_noted_without_a_sign_out_too() -> None:
    assert rules(meaning(scan(NINE, "in", wall_ms=0))) == ["B4", "C1"]


@pytest.mark.parametrize(("within_ms", "held"), [(599_980, False), (599_981, True)])
def test_c2_a_length_uncertain_by_more_than_10_minutes_is_held(within_ms: int, held: bool) -> None:
    found = meaning(
        scan(NINE, "in", within_ms=within_ms), scan(NOON, "out", log="other", within_ms=20)
    )
    assert ("C2" in rules(found)) is held
    assert found.records[0].held == (180 if held else 0)
    assert found.records[0].within_ms == within_ms + 20


def test_an_error_common_to_both_ends_counts_once() -> None:
    ends = {"within_ms": 600_000, "common_ms": 600_000, "base": -2}
    found = meaning(scan(NINE, "in", **ends), scan(NOON, "out", **ends))
    assert found.records[0].within_ms == 600_000
    assert "C2" not in rules(found)


def test_an_error_is_not_common_to_two_anchors_of_a_log() -> None:
    ends = {"within_ms": 400_000, "common_ms": 400_000}
    found = meaning(scan(NINE, "in", base=1, **ends), scan(NOON, "out", base=2, **ends))
    assert found.records[0].within_ms == 800_000
    assert "C2" in rules(found)


def test_an_error_is_not_common_to_two_branches_of_a_fork() -> None:
    """Both branches may have an anchor with the same seq, and it is not the same anchor."""
    ends = {"within_ms": 600_000, "common_ms": 600_000, "base": 9, "log": "k", "forked": True}
    found = meaning(
        scan(NINE, "in", branch=b"\1" * 32, **ends), scan(NOON, "out", branch=b"\2" * 32, **ends)
    )
    assert found.records[0].within_ms == 1_200_000


def test_a_record_without_a_sign_out_has_no_length_to_be_uncertain_of() -> None:
    found = meaning(scan(NINE, "in", within_ms=2**53))
    assert rules(found) == ["B4"]
    assert found.records[0].within_ms == 0


@pytest.mark.parametrize(("ms", "noted"), [(0, False), (1, True)])
def test_c4_more_than_30_days_without_a_contact_are_noted(ms: int, noted: bool) -> None:
    silence = Silence("k", 5, 9, "A", NINE, NINE + 30 * DAY_MS + ms)
    found = c4(silence, DEFAULTS)
    assert (found is not None) is noted
    assert found is None or (found.severity, figures(found)["first"]) == (Severity.NOTE, 5)
