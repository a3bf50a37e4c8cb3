"""What leads enter: attests, voids, walk-ins (D4), grades (E1), stated ends (E5), one's own hours (E6)."""

import pytest

from server.reconcile.facts import More, PersonFacts, Severity, WalkInFact
from server.reconcile.person import reconcile_person
from server.reconcile.persons import Merged, Unmerged, persons
from tests.server.reconcile.builders import (
    WHO,
    Books,
    at,
    attest,
    entry_hash,
    figures,
    guess,
    meaning,
    only,
    rules,
    scan,
    stays,
    void,
)

CAME, LEFT = scan("9:00", "in", seq=1), scan("12:00", "out", seq=5)


def test_an_attested_end_closes_a_record_without_one() -> None:
    found = meaning(CAME, attest("12:00"))
    assert (stays(found), rules(found)) == ([("A", 180, 180, 0)], [])


def test_an_attested_start_opens_a_record_for_a_lone_sign_out() -> None:
    stated = attest("9:00", "in", about=LEFT.hash)
    (record,) = meaning(stated, LEFT).records
    assert (record.id, record.credited, record.grade) == (stated.hash, 180, "C")


@pytest.mark.parametrize("out", ["11:00", "13:00"])
def test_a_scan_beats_an_attest_for_the_same_end(out: str) -> None:
    stated, left = attest("12:00"), scan(out, "out")
    found = meaning(CAME, stated, left)
    (record,) = found.records
    assert (record.closed, record.grade) == (left.hash, "B")
    assert stated.hash in record.entries
    assert only(found, "E5").severity is Severity.NOTE


def test_a_scanned_start_beats_an_attested_one_before_or_after_it() -> None:
    for clock in ("8:55", "9:05"):
        (record,) = meaning(attest(clock, "in"), CAME, LEFT).records
        assert (record.id, record.credited) == (CAME.hash, 180)


def test_of_several_attests_the_one_written_last_counts_whatever_it_states() -> None:
    for first, last in (("11:00", "12:00"), ("12:00", "11:00")):
        earlier = attest(first, written="20:00", log="lead")
        later = attest(last, written="21:00", log="lead")
        (record,) = meaning(CAME, earlier, later).records
        assert record.out_ms == at(last)


def test_an_attest_about_an_entry_closes_no_other_record() -> None:
    again = scan("14:00", "in")
    found = meaning(CAME, again, attest("15:00", about=CAME.hash))
    assert [r.out_ms for r in found.records] == [at("15:00"), None]


def test_an_attest_about_a_repeat_is_about_the_scan_that_counts() -> None:
    repeat = scan("9:01", "in")
    (record,) = meaning(CAME, repeat, attest("12:00", about=repeat.hash)).records
    assert record.credited == 180


def test_b5_an_attested_end_before_the_start_is_held_with_the_clocks() -> None:
    found = meaning(CAME, attest("8:00", about=CAME.hash))
    finding = only(found, "B5")
    assert (finding.severity, figures(finding)["length_ms"]) == (Severity.HOLD, -3_600_000)
    assert stays(found) == [("A", 0, 0, 0)]


@pytest.mark.parametrize(("ms", "rule"), [(30, "B6"), (31, "B5")])
def test_b5_fires_only_beyond_the_uncertainty_of_the_length(ms: int, rule: str) -> None:
    found = meaning(scan("9:00", "in", seq=1), scan(at("9:00") - ms, "out", seq=2))
    assert rule in rules(found)


def test_a_guess_after_an_attested_end_is_a_sign_in() -> None:
    found = meaning(CAME, attest("12:00"), guess("14:00"), scan("18:00", "out"))
    assert stays(found) == [("A", 180, 180, 0), ("A", 240, 240, 0)]


def test_whole_stays_from_paper_are_records_of_grade_e() -> None:
    found = meaning(attest("9:00", "in", how="paper"), attest("12:00", how="paper"))
    assert [(r.grade, r.credited) for r in found.records] == [("E", 180)]


def test_an_attested_end_without_a_start_is_a_lone_sign_out() -> None:
    assert rules(meaning(attest("12:00"))) == ["B3"]


@pytest.mark.parametrize(
    ("after_ms", "out"), [(0, True), (9_999, True), (10_000, True), (10_001, False)]
)
def test_void_within_10_seconds_takes_the_scan_out(after_ms: int, out: bool) -> None:
    found = meaning(CAME, LEFT, voids=[void(LEFT, after_ms)])
    assert (found.records[0].out_ms is None) is out
    assert ("Void" in rules(found)) is out


def test_void_later_by_a_lead_with_a_reason_holds_the_record() -> None:
    found = meaning(CAME, LEFT, voids=[void(LEFT, 60_000, by="lead-1", reason=True)])
    assert stays(found) == [("A", 180, 0, 180)]
    assert [p.cause for p in found.postings] == ["Void"]


@pytest.mark.parametrize(("by", "reason"), [("", True), ("lead-1", False)])
def test_void_later_without_a_lead_or_reason_says_nothing(by: str, reason: bool) -> None:
    found = meaning(CAME, LEFT, voids=[void(LEFT, 60_000, by=by, reason=reason)])
    assert found.records[0].credited == 180


def test_void_of_another_log_or_of_what_comes_later_says_nothing() -> None:
    for wrong in (void(LEFT, 1)._replace(log="other"), void(LEFT, 1, seq=5), void(LEFT, 1, seq=4)):
        assert meaning(CAME, LEFT, voids=[wrong]).records[0].credited == 180


def test_void_of_a_void_changes_nothing() -> None:
    first = void(LEFT, 1_000, seq=6)
    second = void(LEFT, 2_000, seq=7)._replace(target=first.hash)
    with_one = meaning(CAME, LEFT, voids=[first])
    assert meaning(CAME, LEFT, voids=[first, second]) == with_one


def test_void_of_an_attest_counts_from_when_it_was_written() -> None:
    stated = attest("12:00", written="20:00")
    found = meaning(CAME, stated, voids=[void(stated, 10_000)])
    assert found.records[0].out_ms is None


def test_void_of_a_lone_sign_out_is_said_of_it() -> None:
    found = meaning(LEFT, voids=[void(LEFT, 60_000, by="lead-1", reason=True)])
    assert rules(found) == ["B3", "Void"]


GRADES = [
    (scan("9:00", "in", how="pass"), scan("12:00", "out", how="pass"), "A"),
    (scan("9:00", "in", how="pass"), scan("12:00", "out"), "B"),
    (scan("9:00", "in"), scan("12:00", "out"), "B"),
    (scan("9:00", "in"), attest("12:00"), "C"),
    (scan("9:00", "in", how="typed"), scan("12:00", "out"), "D"),
    (scan("9:00", "in", how="typed"), attest("12:00"), "D"),
    (attest("9:00", "in"), attest("12:00"), "D"),
    (scan("9:00", "in"), attest("12:00", how="paper"), "E"),
]


@pytest.mark.parametrize(("came", "left", "grade"), GRADES)
def test_e1_the_weaker_end_gives_the_grade(came, left, grade) -> None:  # type: ignore[no-untyped-def]
    assert meaning(came, left).records[0].grade == grade


def test_e5_stated_without_a_reason_is_held() -> None:
    found = meaning(CAME, attest("12:00", reason=False))
    assert stays(found) == [("A", 180, 0, 180)]
    assert only(found, "E5").severity is Severity.HOLD


def test_e6_hours_that_the_person_entered_are_held() -> None:
    found = meaning(CAME, attest("12:00", by=WHO))
    assert (stays(found), only(found, "E6").severity) == ([("A", 180, 0, 180)], Severity.HOLD)


def test_e6_typed_by_oneself_as_lead_is_held_and_by_another_is_not() -> None:
    for by, held in ((WHO, 180), ("lead-1", 0)):
        typed = scan("12:00", "out", how="typed", more=More(by=by))
        assert meaning(CAME, typed).records[0].held == held


def test_e6_looks_at_every_number_of_the_person() -> None:
    found = meaning(CAME, attest("12:00", by="old-number"), numbers=("old-number",))
    assert "E6" in rules(found)


def walk_in(who: str) -> WalkInFact:
    return WalkInFact("kiosk-A", 1, entry_hash(who), at("8:59"), who, "A", "lead-1")


def test_d4_a_walk_in_is_held_until_matched() -> None:
    scans = [CAME._replace(who="T1"), LEFT._replace(who="T1")]
    found = reconcile_person("T1", PersonFacts(scans, walk_ins=[walk_in("T1")]), Books())
    assert (stays(found), rules(found)) == ([("A", 180, 0, 180)], ["D4"])


def test_d4_matched_late_loses_nothing() -> None:
    scans = [CAME._replace(who="T1"), LEFT._replace(who="T1")]
    facts = PersonFacts(scans, walk_ins=[walk_in("T1")], numbers=("T1",))
    found = reconcile_person(WHO, facts, Books())
    assert (stays(found), found.records[0].who) == ([("A", 180, 180, 0)], WHO)


def test_d4_a_volunteers_own_number_is_no_walk_in() -> None:
    found = meaning(CAME, LEFT, walk_ins=[walk_in(WHO)], books=Books(known=frozenset({WHO})))
    assert "D4" not in rules(found)


def test_d5_records_are_those_of_one_person() -> None:
    found = meaning(CAME, LEFT._replace(who="twin"), numbers=("twin",))
    assert stays(found) == [("A", 180, 180, 0)]


def test_d5_minutes_under_two_numbers_count_once() -> None:
    twin = [CAME._replace(who="twin", hash=b"1" * 32, site="A", log="k2"),
            LEFT._replace(who="twin", hash=b"2" * 32, site="A", log="k2")]  # fmt: skip
    found = meaning(CAME, LEFT, *twin, numbers=("twin",))
    assert sum(r.presented for r in found.records) == 180


def test_d5_merges_are_followed_and_taken_back() -> None:
    one, two = Merged(1, b"1", "a", "b"), Merged(2, b"2", "b", "c")
    assert persons([two, one], []) == {"a": "c", "b": "c"}
    assert persons([one, two], [Unmerged(3, b"2")]) == {"a": "b"}
    assert persons([one, two], [Unmerged(3, b"1"), Unmerged(4, b"2")]) == {}


def test_d5_merging_in_a_circle_ends() -> None:
    circle = [Merged(1, b"1", "a", "b"), Merged(2, b"2", "b", "c"), Merged(3, b"3", "c", "a")]
    assert persons(circle, []) == {"a": "c", "b": "c"}


def test_d5_merge_then_unmerge_gives_back_what_was() -> None:
    apart = meaning(CAME, LEFT)
    merged = meaning(CAME, LEFT, scan("10:00", "in", who="twin"), numbers=("twin",))
    assert merged != apart
    assert meaning(CAME, LEFT) == apart


@pytest.mark.parametrize(
    ("off_ms", "held"), [(60_020, False), (60_021, True), (-60_020, False), (-60_021, True)]
)
def test_d2_a_stale_pass_is_held_beyond_the_uncertainty(off_ms: int, held: bool) -> None:
    came = scan("9:00", "in", how="pass", more=More(phone_ms=at("9:00") - off_ms))
    assert ("D2" in rules(meaning(came, LEFT))) is held


@pytest.mark.parametrize(("late_ms", "held"), [(300_000, False), (300_001, True)])
def test_c3_a_time_later_than_the_next_contact_is_held(late_ms: int, held: bool) -> None:
    found = meaning(CAME, LEFT._replace(more=More(late_ms=late_ms)))
    assert ("C3" in rules(found)) is held
    assert found.records[0].held == (180 if held else 0)


def test_c3_is_said_of_a_lone_sign_out_too() -> None:
    assert rules(meaning(LEFT._replace(more=More(late_ms=300_001)))) == ["B3", "C3"]


def test_void_by_two_leads_names_both() -> None:
    voids = [
        void(CAME, 60_000, by="lead-1", reason=True),
        void(LEFT, 60_000, by="lead-2", reason=True),
    ]
    found = meaning(CAME, LEFT, voids=voids)
    assert figures(only(found, "Void")) == {"by": "lead-1,lead-2"}


def test_void_of_a_lone_sign_out_by_a_lead_is_held() -> None:
    found = meaning(LEFT, voids=[void(LEFT, 60_000, by="lead-1", reason=True)])
    assert only(found, "Void").severity is Severity.HOLD


def test_d5_a_merge_that_was_taken_back_leaves_the_later_ones() -> None:
    first, second = Merged(0, b"1", "a", "b"), Merged(1, b"2", "c", "d")
    assert persons([first, second], []) == {"a": "b", "c": "d"}
    assert persons([first, second], [Unmerged(2, b"1")]) == {"c": "d"}
