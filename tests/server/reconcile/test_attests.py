"""Stated ends in the walk: which counts, what they close, what they separate (ADR 10, 1 to 6)."""

import pytest

from server.reconcile.facts import Reconciled, ScanFact
from server.reconcile.policy import DAY_MS
from tests.server.reconcile.builders import at, attest, meaning, rules, scan


def ends(found: Reconciled) -> list[tuple[int, int | None]]:
    return [(record.in_ms, record.out_ms) for record in found.records]


def test_a_scan_that_takes_the_place_of_a_stated_end_is_no_lone_sign_out() -> None:
    found = meaning(scan("9:00"), attest("11:00"), scan("12:00", "out"))
    assert ends(found) == [(at("9:00"), at("12:00"))]
    assert rules(found) == ["E5"]


@pytest.mark.parametrize(("late_ms", "is_taken"), [(0, True), (1, False)])
def test_a_scan_takes_the_place_of_a_stated_end_as_long_as_the_record_might_be_open(
    late_ms: int, is_taken: bool
) -> None:
    last_ms = at("9:00") + DAY_MS + late_ms
    found = meaning(scan("9:00"), attest("11:00"), scan(last_ms, "out"))
    assert ends(found) == [(at("9:00"), last_ms if is_taken else at("11:00"))]
    assert ("B3" in rules(found)) is not is_taken


@pytest.mark.parametrize(("late_ms", "is_beaten"), [(0, True), (1, False)])
def test_a_scanned_end_beats_one_stated_as_long_as_the_record_might_be_open(
    late_ms: int, is_beaten: bool
) -> None:
    stated = attest(at("9:00") + DAY_MS + late_ms)
    found = meaning(scan("9:00"), scan("12:00", "out"), stated)
    assert ends(found) == [(at("9:00"), at("12:00"))]
    assert rules(found) == (["E5"] if is_beaten else ["B3"])


def test_an_end_of_an_entry_that_another_took_the_place_of_is_an_end_of_that_one() -> None:
    stated = attest("8:55", "in")
    found = meaning(stated, scan("9:00"), attest("12:00", about=stated.hash))
    assert ends(found) == [(at("9:00"), at("12:00"))]


@pytest.mark.parametrize("is_named", [False, True])
def test_a_stated_end_lies_between_two_sign_ins(is_named: bool) -> None:
    """The second is no repeat of the first, and signs in to nothing that is open."""
    came = scan("9:00")
    stated = attest("9:00:30", about=came.hash if is_named else b"")
    found = meaning(came, stated, scan("9:01"), scan("12:00", "out"))
    assert ends(found) == [(at("9:00"), at("9:00:30")), (at("9:01"), at("12:00"))]
    assert rules(found) == ["B6"]


def test_a_stated_beginning_lies_between_two_sign_outs() -> None:
    found = meaning(
        scan("9:00"), scan("10:00", "out"), attest("10:00:30", "in"), scan("10:01:30", "out")
    )
    assert ends(found) == [(at("9:00"), at("10:00")), (at("10:00:30"), at("10:01:30"))]


@pytest.mark.parametrize("later_first", [False, True])
def test_of_attests_that_name_one_entry_the_one_written_last_alone_takes_part(
    later_first: bool,
) -> None:
    """The other opens nothing, even where a sign-out would close it."""
    early, left = scan("8:30", "out"), scan("12:00", "out")

    def stated(clock: str, written: str) -> ScanFact:
        return attest(clock, "in", written=written, about=left.hash)

    if later_first:
        last, first = stated("9:00", "21:00"), stated("8:00", "20:00")
    else:
        first, last = stated("8:00", "20:00"), stated("9:00", "21:00")
    for order in ([first, last], [last, first]):
        found = meaning(early, left, *order)
        assert ends(found) == [(at("9:00"), at("12:00"))]
        assert rules(found) == ["B3", "E5"]


def test_attests_that_name_different_entries_all_take_part() -> None:
    one, other = scan("9:00"), scan("13:00")
    found = meaning(one, other, attest("12:00", about=one.hash), attest("17:00", about=other.hash))
    assert ends(found) == [(at("9:00"), at("12:00")), (at("13:00"), at("17:00"))]
    assert rules(found) == []


def test_of_two_stated_beginnings_the_one_written_last_takes_the_place_of_the_other() -> None:
    first, last = attest("9:00", "in", written="20:00"), attest("9:30", "in", written="21:00")
    found = meaning(first, last, scan("12:00", "out"), attest("13:00", about=first.hash))
    assert ends(found) == [(at("9:30"), at("12:00"))]
    assert rules(found) == ["E5", "E5"]
    assert {first.hash, last.hash} < set(found.records[0].entries)
