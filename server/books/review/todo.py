"""What needs a person, in numbers: findings by rule with how old they are, and everything else that waits for somebody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import DAY_MS
from server.books.decisions.deadlines import Deadlines, read_deadlines
from server.books.decisions.propose import count_proposals
from server.books.review.count_findings import Counted, count_by_rule
from server.books.review.silent import count_silent
from server.books.review.standing import WAITING, State
from server.workdays.calendar import Calendar

WALK_IN = "D4"


@dataclass(frozen=True, slots=True)
class OfRule:
    """Findings of a rule that wait. changed: of these, those that came back after a decision; age: days of the oldest."""

    rule: str
    severity: str
    count: int
    changed: int
    oldest_ms: int
    age: int


@dataclass(frozen=True, slots=True)
class Todo:
    """What waits within a part. total, changed: of all rules. alarms: about kiosks. silent_ms: since when (0: none is)."""

    rules: list[OfRule]
    total: int
    changed: int
    walk_ins: int
    alarms: int
    silent: int
    silent_ms: int
    deadlines: Deadlines
    proposals: int


def read_todo(connection: Connection, part: Part, calendar: Calendar, now_ms: int) -> Todo:
    """Count what waits within a part. As many questions as there are kinds of it, however much waits."""
    counted = count_by_rule(connection, part, (*WAITING, State.KIOSK))
    silent, silent_ms = count_silent(connection, part)
    proposals, _ = count_proposals(connection, part)
    waiting = [one for one in counted if one.state is not State.KIOSK]
    return Todo(
        rules=_by_rule(waiting, now_ms),
        total=sum(one.count for one in waiting),
        changed=sum(one.count for one in waiting if one.state is State.CHANGED),
        walk_ins=sum(one.count for one in waiting if one.rule == WALK_IN),
        alarms=sum(one.count for one in counted if one.state is State.KIOSK),
        silent=silent,
        silent_ms=silent_ms,
        deadlines=read_deadlines(connection, part, calendar, now_ms),
        proposals=proposals,
    )


def _by_rule(counted: Sequence[Counted], now_ms: int) -> list[OfRule]:
    """Put together what waits of each rule: the changed first, then the most."""
    by_rule: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for one in counted:
        by_rule[one.rule, one.severity].append(one)
    found = []
    for (rule, severity), own in by_rule.items():
        changed = sum(one.count for one in own if one.state is State.CHANGED)
        oldest = min(one.oldest_ms for one in own)
        age = max(0, now_ms - oldest) // DAY_MS
        found.append(OfRule(rule, severity, sum(c.count for c in own), changed, oldest, age))
    return sorted(found, key=lambda r: (-r.changed, r.severity != "alarm", -r.count, r.rule))
