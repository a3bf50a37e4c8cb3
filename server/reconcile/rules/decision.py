"""Rules about decisions themselves (RULES, 8, 10): what they saw has changed, their record is gone, other versions hold."""

from collections.abc import Iterable

from server.reconcile.facts import Decision, Finding
from server.reconcile.rules.case import Case, on_decision, on_record


def r8_changed(case: Case, last: Decision) -> Finding:
    """Say that what the last decision about a record saw is not what there is now: it stands, and is looked at again."""
    return on_record("R8", case, action=last.action, decision=last.hash.hex(), state="changed")


def r8_orphaned(case: Case, decisions: Iterable[Decision]) -> Finding:
    """Say that decisions are about a record that is none any more: what they approved stays."""
    names = ",".join(decision.hash.hex()[:16] for decision in decisions)
    return on_decision("R8", case, decisions=names, state="orphaned")


def r10(case: Case, kept: Iterable[Finding], latest: Iterable[Finding]) -> Finding | None:
    """Say which rules would fire, and which no longer, if a decided or frozen record were judged by today's reference data."""
    then = {finding.rule for finding in kept}
    now = {finding.rule for finding in latest}
    if then == now:
        return None
    told = ",".join(
        [*(f"+{rule}" for rule in sorted(now - then)), *(f"-{rule}" for rule in sorted(then - now))]
    )
    return on_record("R10", case, rules=told)


def e6_decided(case: Case, decision: Decision) -> Finding | None:
    """Say that who decided turns out to be the person, or to have entered an end: it is decided again by somebody else."""
    entered = {scan.more.by for scan in case.ends if scan.more and scan.more.by}
    both = {decision.by, decision.second} & (case.numbers | entered)
    if not both:
        return None
    return on_decision("E6", case, by=",".join(sorted(both)), decision=decision.hash.hex())
