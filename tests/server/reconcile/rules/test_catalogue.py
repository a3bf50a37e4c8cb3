"""The table of rules."""

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


def test_notes_hold_nothing() -> None:
    assert cause_of([finding("B2", Severity.NOTE)]) == ""


def test_an_alarm_is_the_cause_before_a_hold() -> None:
    assert cause_of([finding("B6", Severity.HOLD), finding("D2", Severity.ALARM)]) == "D2"


def test_of_two_holds_the_first_in_the_table_is_the_cause() -> None:
    """B6 goes before B17 and C2, though as text it would not."""
    assert cause_of([finding("B17", Severity.HOLD), finding("B6", Severity.HOLD)]) == "B6"
