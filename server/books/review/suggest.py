"""What a careful person would look at deciding first, as a wish that can be carried out as it stands. Pure."""

from collections.abc import Sequence
from re import fullmatch

from schemas.vocabulary import Action
from server.books.decisions.draft import Wish
from server.reconcile.facts import Finding, Record, Severity
from server.reconcile.minutes import minute_of

_FOR_OTHERS = frozenset({"A5", "B5", "B10", "D4"})
"""Rules with no usual decision: a kiosk is confirmed, clocks are compared, a site is chosen, a walk-in is matched."""

_WEIGHT = {Severity.NOTE: 0, Severity.HOLD: 1, Severity.ALARM: 2}


def leading(findings: Sequence[Finding], rule: str) -> Finding | None:
    """Give the finding that a decision answers: the one of this rule, else the worst."""
    own = [finding for finding in findings if finding.rule == rule]
    return max(own or findings, key=lambda f: _WEIGHT[f.severity], default=None)


def settled_by(finding: Finding | None) -> str:
    """Give the rule that a decision on this finding names as answered."""
    return settled_by_rule(finding.rule) if finding else ""


def settled_by_rule(rule: str) -> str:
    """Give what a decision names as answered: a rule of the catalogue, and of no other kind."""
    return rule if fullmatch(r"[A-F][0-9]{1,2}", rule) else ""


def suggest(number: str, record: Record | None, finding: Finding | None) -> Wish | None:
    """Give the usual decision for a finding on a record; None where only a person can know."""
    if record is None or finding is None or finding.rule in _FOR_OTHERS:
        return None
    figures = dict(finding.figures)
    start, settles = minute_of(record.in_ms), settled_by(finding)
    if record.out_ms is None:
        if "proposed_ms" not in figures:
            return None
        until = minute_of(int(figures["proposed_ms"]))
        return Wish(number, record.id.hex(), Action.ATTEST, ((None, until),), settles=settles)
    if finding.rule == "B6" or minute_of(record.out_ms) <= start:
        return Wish(number, record.id.hex(), Action.REFUSE, settles=settles)
    shifts = minute_of(int(figures.get("shifts_ms", 0))) if finding.rule == "B8" else 0
    if shifts:
        spans = ((None, start + shifts),)
        return Wish(number, record.id.hex(), Action.ADJUST, spans, settles=settles)
    return Wish(number, record.id.hex(), Action.APPROVE, settles=settles)
