"""What was approved of a record that is none any more: it stays, and is a record of its own (RULES, 7 and 8)."""

from dataclasses import replace

import pytest

from server.reconcile.facts import More, Record
from server.reconcile.policy import DEFAULTS, HOUR_MS
from tests.server.reconcile.builders import (
    WHO,
    Books,
    at,
    decision,
    entry_hash,
    figures,
    meaning,
    only,
    rules,
    scan,
    stays,
)

GONE = entry_hash("gone")
APPROVED = decision(GONE, ("9:00", "12:00", "credited"), site="B", post="door")


def test_r8_an_orphaned_approval_of_an_unknown_entry_is_a_record_of_the_decision_alone() -> None:
    (record,) = meaning(decisions=[APPROVED]).records
    assert record == Record(
        GONE, WHO, "B", "door", at("9:00"), at("12:00"), 0, GONE, b"", 180, 180, 0, 0,
        grade="B", decided=True, changed=True, entries=(GONE,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("how", "more", "grade"),
    [
        ("pass", None, "A"),
        ("typed", None, "D"),
        ("card", More(by="lead-1"), "D"),
        ("paper", More(stated=True), "E"),
    ],
)
def test_r8_an_orphaned_approval_has_the_site_the_post_and_the_grade_of_its_entry(
    how: str, more: More | None, grade: str
) -> None:
    lone = scan("8:00", "out", post="north", how=how, more=more)
    made = APPROVED._replace(record=lone.hash)
    (record,) = meaning(lone, decisions=[made]).records
    assert (record.id, record.site, record.post) == (lone.hash, "A", "north")
    assert (record.in_ms, record.out_ms, record.grade) == (at("9:00"), at("12:00"), grade)


def test_r8_an_orphaned_record_is_as_long_as_what_was_approved_and_no_longer() -> None:
    beside = (
        ("7:00", "8:00", "refused"),
        ("9:00", "10:00", "credited"),
        ("11:00", "12:00", "credited"),
        ("13:00", "13:00", "credited"),
    )
    (record,) = meaning(decisions=[decision(GONE, *beside)]).records
    assert (record.in_ms, record.out_ms, record.credited) == (at("9:00"), at("12:00"), 120)


def test_r8_an_orphaned_approval_of_nothing_is_no_record() -> None:
    for nothing in (("13:00", "13:00", "credited"), ("9:00", "12:00", "refused")):
        assert meaning(decisions=[decision(GONE, nothing)]).records == []


def test_r8_every_decision_about_what_is_gone_is_named() -> None:
    again = decision(GONE, ("13:00", "14:00", "credited"), order=2)
    (finding,) = meaning(decisions=[APPROVED, again]).findings
    names = f"{APPROVED.hash.hex()[:16]},{again.hash.hex()[:16]}"
    assert figures(finding) == {"decisions": names, "state": "orphaned"}


def test_r8_an_orphaned_record_gives_no_break() -> None:
    books = Books(replace(DEFAULTS, break_after_minutes=60, break_minutes=30))
    found = meaning(decisions=[APPROVED], books=books)
    assert (stays(found), rules(found)) == ([("B", 180, 180, 0)], ["R8"])


def test_r10_an_orphaned_record_keeps_the_figures_that_stood_before() -> None:
    strict = replace(DEFAULTS, short_ms=4 * HOUR_MS, version="20000-strict")
    made = APPROVED._replace(order=7)
    found = meaning(decisions=[made], books=Books(strict, earlier={7: Books()}))
    assert (found.records[0].policy, rules(found)) == ("", ["R8"])


def test_r8_an_orphaned_record_is_not_judged_by_its_length() -> None:
    assert rules(meaning(decisions=[decision(GONE, ("9:00", "9:04", "credited"))])) == ["R8"]


def test_e6_names_everybody_who_decided_on_their_own_hours() -> None:
    known = {"numbers": ("old",), "decisions": [APPROVED._replace(by=WHO, second="old")]}
    assert figures(only(meaning(**known), "E6"))["by"] == f"{WHO},old"
