"""The table of rules."""

import re
from pathlib import Path

import pytest

from server.reconcile.facts import Finding, Severity
from server.reconcile.rules.catalogue import RULES, cause_of


def finding(rule: str, severity: Severity) -> Finding:
    return Finding(rule, severity, "p", "", "A", b"", (), ())


def test_no_row_occurs_twice() -> None:
    rows = [(rule.id, rule.on) for rule in RULES]
    assert len(set(rows)) == len(rows)


def test_the_table_is_in_the_order_of_the_ids() -> None:
    ids = [(rule.id[0], int(rule.id[1:])) for rule in RULES if rule.id[1:].isdigit()]
    catalogue = [id_ for id_ in ids if id_[0] in "ABCDEF"]
    assert catalogue == sorted(catalogue)
    assert [rule.id for rule in RULES[len(catalogue) :]] == ["R8"] * 3 + ["R10"] + ["Void"] * 3


IDS = [
    *(f"A{n}" for n in range(1, 6)),
    *(f"B{n}" for n in range(1, 18)),
    *(f"C{n}" for n in range(1, 5)),
    *(f"D{n}" for n in range(1, 10)),
    *(f"E{n}" for n in range(1, 10)),
    *(f"F{n}" for n in range(1, 7)),
]
"""Every row of RULES.md."""

BEYOND_ONE_PERSON = {"A4", "B14", "E2", "E3", "E4", "E7", "E8", "F1", "F2", "F4", "F5", "F6"}
"""Told of groups, periods, paper and exports: tested where they are built."""


@pytest.mark.parametrize("rule", IDS)
def test_every_rule_is_in_the_table_and_on_the_page(rule: str) -> None:
    page = Path(__file__).parents[4] / "docs/rules.md"
    assert rule in {row.id for row in RULES}
    assert f"\n| {rule} |" in page.read_text()


@pytest.mark.parametrize("rule", sorted({*IDS, "Void", "R8", "R10"} - BEYOND_ONE_PERSON))
def test_every_rule_about_one_person_has_a_test_of_its_name(rule: str) -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert re.search(rf"def test_{rule.lower()}_", tests)


def test_notes_hold_nothing() -> None:
    assert cause_of([finding("B2", Severity.NOTE)]) == ""


def test_an_alarm_is_the_cause_before_a_hold() -> None:
    assert cause_of([finding("B6", Severity.HOLD), finding("D2", Severity.ALARM)]) == "D2"


def test_of_two_holds_the_first_in_the_table_is_the_cause() -> None:
    """B6 goes before B17 and C2, though as text it would not."""
    assert cause_of([finding("B17", Severity.HOLD), finding("B6", Severity.HOLD)]) == "B6"
