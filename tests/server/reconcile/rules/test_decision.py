"""Decisions (RULES, 8), the versions that they keep (RULES, 10), and what they make of minutes."""

from dataclasses import replace
from hashlib import sha256

import pytest

from server.reconcile.evidence import evidence_of, pieces_of
from server.reconcile.facts import Decision, Finding, GroupHold, More, Revocation, Severity
from server.reconcile.policy import DEFAULTS, MINUTE_MS
from server.reconcile.settle import in_force
from tests.server.reconcile.builders import (
    WHO,
    Books,
    at,
    attest,
    decision,
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


def test_per_minute_the_last_decision_in_central_order_wins() -> None:
    both = [
        decision(CAME.hash, ("9:00", "12:00", "refused"), order=1),
        decision(CAME.hash, ("10:00", "11:00", "credited"), order=2),
    ]
    (record,) = meaning(CAME, LEFT, decisions=both[::-1]).records
    assert (record.credited, record.refused, record.decided) == (60, 120, True)


def test_r8_minutes_of_a_decided_record_that_no_decision_covers_are_held() -> None:
    found = meaning(CAME, LEFT, decisions=[decision(CAME.hash, ("9:00", "11:00", "credited"))])
    assert stays(found) == [("A", 180, 120, 60)]
    assert [(p.verdict, p.cause) for p in found.postings] == [("credited", ""), ("held", "R8")]


def test_a_decision_credits_what_no_scan_shows() -> None:
    """An attested end by staff: a record without a sign-out gets the minutes that were decided."""
    found = meaning(
        CAME, decisions=[decision(CAME.hash, ("9:00", "13:00", "credited"), action="attest")]
    )
    assert stays(found) == [("A", 240, 240, 0)]


def test_joining_counts_the_gap_and_splitting_leaves_one_out() -> None:
    back, gone = scan("13:00", "in", seq=6), scan("15:00", "out", seq=7)
    joined = decision(CAME.hash, ("9:00", "15:00", "credited"), action="join")
    found = meaning(CAME, LEFT, back, gone, decisions=[joined])
    assert stays(found) == [("A", 360, 360, 0), ("A", 0, 0, 0)]
    split = decision(
        CAME.hash,
        ("9:00", "10:00", "credited"),
        ("10:00", "11:00", "refused"),
        ("11:00", "12:00", "credited"),
    )
    assert meaning(CAME, LEFT, decisions=[split]).records[0].refused == 60


def test_a_counter_decision_takes_back_and_is_taken_back() -> None:
    first = decision(CAME.hash, ("9:00", "12:00", "refused"), order=1)
    undo = decision(CAME.hash, order=2, undoes=first.hash)
    redo = decision(CAME.hash, order=3, undoes=undo.hash)
    assert meaning(CAME, LEFT, decisions=[first, undo]) == meaning(CAME, LEFT)
    assert meaning(CAME, LEFT, decisions=[undo, redo, first]) == meaning(
        CAME, LEFT, decisions=[first]
    )


def test_only_a_later_decision_takes_back() -> None:
    first = decision(CAME.hash, ("9:00", "12:00", "refused"), order=2)
    assert in_force([first, decision(CAME.hash, order=1, undoes=first.hash)]) == [first]


def seen(*scans, **facts) -> bytes:  # type: ignore[no-untyped-def]
    return evidence_of(meaning(*scans, **facts).records)


def test_r8_a_fact_that_changes_the_evidence_marks_the_record_and_alters_no_minute() -> None:
    made = decision(CAME.hash, ("9:00", "12:00", "credited"), evidence=seen(CAME, LEFT))
    same = meaning(CAME, LEFT, decisions=[made])
    assert (same.records[0].changed, rules(same)) == (False, [])
    found = meaning(CAME, scan("11:00", "out", log="late"), decisions=[made])
    (record,) = found.records
    assert (record.changed, record.credited) == (True, 180)
    assert (only(found, "R8").severity, figures(only(found, "R8"))["state"]) == (
        Severity.NOTE,
        "changed",
    )


def test_r8_a_refusal_is_queued_again_too() -> None:
    made = decision(CAME.hash, ("9:00", "12:00", "refused"), evidence=seen(CAME, LEFT))
    found = meaning(CAME, LEFT, attest("12:30", written="21:00"), decisions=[made])
    assert (found.records[0].changed, found.records[0].refused) == (True, 180)


def test_a_repeat_is_no_new_evidence() -> None:
    assert seen(CAME, LEFT) == seen(CAME, LEFT, scan("9:01", "in", log="other"))


def test_a_decision_about_two_records_saw_both() -> None:
    back, gone = scan("13:00", "in"), scan("15:00", "out")
    both = seen(CAME, LEFT, back, gone)
    made = decision(CAME.hash, ("9:00", "15:00", "credited"), evidence=both, others=(back.hash,))
    assert not meaning(CAME, LEFT, back, gone, decisions=[made]).records[0].changed
    moved = gone._replace(at_ms=gone.at_ms + 3_600_000)
    assert meaning(CAME, LEFT, back, moved, decisions=[made]).records[0].changed


def test_a_decision_belongs_to_the_record_that_now_contains_its_opening_entry() -> None:
    """A kiosk that comes late shows an earlier sign-in: the decided scan repeats it."""
    made = decision(CAME.hash, ("9:00", "12:00", "credited"))
    earlier = scan("8:59", "in", log="late")
    found = meaning(earlier, CAME, LEFT, decisions=[made])
    (record,) = found.records
    assert (record.id, record.credited, record.held) == (earlier.hash, 180, 1)


def test_a_decision_follows_an_attest_that_a_scan_beats() -> None:
    stated = attest("9:00", "in")
    made = decision(stated.hash, ("9:00", "12:00", "credited"))
    late = scan("9:05", "in", log="late", seq=1)
    (record,) = meaning(stated, late, LEFT, decisions=[made]).records
    assert (record.id, record.credited, record.decided) == (late.hash, 180, True)


def test_r8_what_was_approved_of_a_record_that_is_none_any_more_stays() -> None:
    """The guess that opened it turns out to be a sign-out that closes nothing."""
    lone = scan("9:00", "out", log="other")
    made = decision(lone.hash, ("9:00", "12:00", "credited"), ("13:00", "14:00", "refused"))
    found = meaning(lone, decisions=[made])
    assert stays(found) == [("A", 180, 180, 0)]
    assert figures(only(found, "R8"))["state"] == "orphaned"


def test_an_orphaned_approval_counts_each_minute_once() -> None:
    made = decision(entry_hash("gone"), ("10:00", "13:00", "credited"))
    found = meaning(CAME, LEFT, decisions=[made])
    assert sum(r.credited for r in found.records) == 240


def test_approved_minutes_are_held_by_no_limit() -> None:
    long = scan("21:00", "out", seq=5)
    made = decision(CAME.hash, ("9:00", "21:00", "credited"))
    assert meaning(CAME, long, decisions=[made]).records[0].credited == 720


def test_e6_who_decided_on_their_own_hours_as_a_merge_shows_is_named() -> None:
    made = decision(CAME.hash, ("9:00", "12:00", "credited"), by="staff-1")
    found = meaning(CAME, LEFT, decisions=[made], numbers=("staff-1",))
    assert (only(found, "E6").severity, found.records[0].credited) == (Severity.NOTE, 180)


def test_e2_what_a_rule_about_several_people_says_holds_the_record() -> None:
    hold = GroupHold("E2", CAME.hash, Severity.HOLD, (CAME.hash,), (("people", 10),))
    found = meaning(CAME, LEFT, holds=[hold])
    assert ([p.cause for p in found.postings], figures(only(found, "E2"))) == (
        ["E2"],
        {"people": 10},
    )


STRICT = replace(DEFAULTS, short_ms=4 * 3_600_000, version="20000-strict")


def test_r10_a_decided_record_keeps_the_figures_that_stood_before() -> None:
    made = decision(CAME.hash, ("9:00", "12:00", "credited"), order=7)
    books = Books(STRICT, earlier={7: Books()})
    found = meaning(CAME, LEFT, decisions=[made], books=books)
    assert (found.records[0].policy, figures(only(found, "R10"))) == ("", {"rules": "+B6"})
    assert meaning(CAME, LEFT, books=books).records[0].policy == "20000-strict"


def test_r10_a_decided_record_keeps_the_revocations_that_stood_before() -> None:
    made = decision(CAME.hash, ("9:00", "11:00", "credited"), order=7)
    later = Books(revoked=(Revocation(1, 0),), earlier={7: Books()})
    found = meaning(CAME, LEFT, decisions=[made], books=later)
    assert "D3" not in rules(found)
    assert stays(found) == [("A", 180, 120, 60)]


def test_r10_a_decided_record_keeps_the_badge_keys_that_stood_before() -> None:
    key, made = b"\x01" * 4, decision(CAME.hash, ("9:00", "11:00", "credited"), order=7)
    ends = [end._replace(more=More(key=key)) for end in (CAME, LEFT)]
    gone = Books(keys_gone={key: 0})
    found = meaning(*ends, decisions=[made], books=replace(gone, earlier={7: Books()}))
    assert "D3" not in rules(found)
    assert "D3" in rules(meaning(*ends, books=gone))


def test_evidence_is_the_same_whatever_the_order_of_the_records() -> None:
    records = meaning(CAME, LEFT, scan("13:00", "in"), scan("15:00", "out")).records
    assert evidence_of(records) == evidence_of(records[::-1])
    assert len(evidence_of(records)) == 32


def test_pieces_say_which_decision_made_them() -> None:
    made = decision(CAME.hash, ("9:00", "11:00", "credited"))
    found = meaning(CAME, LEFT, decisions=[made])
    pieces = pieces_of(found, found.records[0])
    assert [(p.verdict, p.decision) for p in pieces] == [("credited", made.hash), ("held", b"")]


@pytest.mark.parametrize("way", ["in", "out"])
def test_two_kiosks_at_one_gate_both_offline_come_out_right(way: str) -> None:
    """Each guessed by what it knew: the one at which nobody had signed in yet took the sign-out for a sign-in."""
    found = meaning(
        guess("9:00", log="north"), guess("12:00", log="south")._replace(direction=way),
        guess("14:00", log="south"), guess("18:00", log="north"),
    )  # fmt: skip
    assert stays(found) == [("A", 180, 180, 0), ("A", 240, 240, 0)]


def test_decisions_about_nothing_mean_nothing() -> None:
    nothing = Decision(1, b"d", WHO, entry_hash("gone"), "A", (), b"", "staff-1")
    assert meaning(decisions=[nothing]).records == []


def test_what_is_said_of_decisions_takes_nothing_of_what_rules_say() -> None:
    """Two decided records, both seen otherwise than they are, and one that is only noted."""
    back, gone = scan("13:00", "in"), scan("15:00", "out")
    others = scan("16:00", "in"), scan("17:00", "out", "B")
    made = [
        decision(entry, (start, end, "credited"), evidence=b"other", order=order)
        for order, (entry, start, end) in enumerate(
            [(CAME.hash, "9:00", "12:00"), (back.hash, "13:00", "15:00")], 1
        )
    ]
    found = meaning(CAME, LEFT, back, gone, *others, decisions=made)
    assert rules(found) == ["B17", "R8", "R8"]


LONG_REPEAT = Books(replace(DEFAULTS, repeat_ms=30 * 60_000))


def test_r10_the_walk_takes_the_figures_that_stood_before_the_first_decision() -> None:
    """What repeats a scan is judged by that scan's figures: here a second sign-in ten minutes later."""
    again = scan("9:10", "in", seq=2)
    books = Books(earlier={3: LONG_REPEAT, 7: Books()})
    made = [decision(CAME.hash, ("9:00", "12:00", "credited"), order=n) for n in (3, 7)]
    assert "B1" not in rules(meaning(CAME, again, LEFT, books=books))
    for decisions in (made, made[:1]):
        assert "B1" in rules(meaning(CAME, again, LEFT, decisions=decisions, books=books))
    assert "B1" not in rules(meaning(CAME, again, LEFT, decisions=made[1:], books=books))


def test_r10_says_nothing_of_a_void_that_stands_now_as_it_stood_then() -> None:
    doubt = void(LEFT, 60_000, by=WHO, reason=True)
    made = decision(CAME.hash, ("9:00", "12:00", "credited"))
    assert rules(meaning(CAME, LEFT, voids=[doubt], decisions=[made])) == ["E6", "Void"]


def test_e2_a_hold_names_the_person_the_record_and_what_it_rests_on() -> None:
    hold = GroupHold("E2", CAME.hash, Severity.HOLD, (CAME.hash, LEFT.hash), (("people", 10),))
    assert only(meaning(CAME, LEFT, holds=[hold]), "E2") == Finding(
        "E2", Severity.HOLD, WHO, "", "A", CAME.hash, (CAME.hash, LEFT.hash), (("people", 10),)
    )


def test_evidence_never_changes_because_decisions_carry_it() -> None:
    """One record with two ends and a third entry, and one that nobody signed out of."""
    ends = [CAME._replace(hash=b"1" * 32), LEFT._replace(hash=b"2" * 32)]
    beaten, last = attest("12:30", hash=b"3" * 32), scan("13:00", hash=b"4" * 32)
    records = meaning(*ends, beaten, last).records
    assert [len(record.entries) for record in records] == [3, 1]
    nine, noon, one = (at(clock) // MINUTE_MS for clock in ("9:00", "12:00", "13:00"))
    told = b"redvest-evidence-1" + f"\nA {nine} {noon}\n".encode() + b"1" * 64 + b"2" * 32
    told += b"3" * 32 + f"\nA {one} \n".encode() + b"4" * 64
    assert evidence_of(records[::-1]) == sha256(told).digest()
