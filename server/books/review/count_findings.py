"""How many findings wait: of those sought, and of each rule with the oldest. Counted in indexes of what waits alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, union_all

from server.access.part import Part
from server.books.review.lanes import lanes_apart, ways_apart
from server.books.review.sought import Sought
from server.books.review.standing import WAITING, State
from server.limits import FINDINGS_COUNTED_MAX
from server.models.derived import FindingRow


@dataclass(frozen=True, slots=True)
class Counted:
    """How many findings of a rule stand so, and since when the oldest does (0: a kiosk's)."""

    rule: str
    severity: str
    state: State
    count: int
    oldest_ms: int


def count_queue(connection: Connection, part: Part, sought: Sought) -> int:
    """Count the findings sought; `FINDINGS_COUNTED_MAX` stands for as many or more."""
    counts = [
        select(func.count()).select_from(
            select(FindingRow.at_ms).where(*lane).limit(FINDINGS_COUNTED_MAX).subquery()
        )
        for lane in lanes_apart(part, sought)
    ]
    row = connection.execute(select(*[count.scalar_subquery() for count in counts])).one()
    return min(sum(row), FINDINGS_COUNTED_MAX)


def count_by_rule(
    connection: Connection, part: Part, states: Sequence[State] = WAITING
) -> list[Counted]:
    """Count what stands so in a part, by rule: the changed first, then by rule and severity."""
    f = FindingRow
    alike = (f.rule, f.severity, f.state)
    stands_so = f.state.in_([str(state) for state in states])
    counts = [
        select(*alike, func.count().label("many"), func.min(f.at_ms).label("oldest"))
        .where(stands_so, own)
        .group_by(*alike)
        for own in ways_apart(part)
    ]
    each = union_all(*counts).subquery().c
    of_rule = (each.rule, each.severity, each.state)
    rows = connection.execute(
        select(*of_rule, func.sum(each.many), func.min(each.oldest)).group_by(*of_rule)
    )
    found = [Counted(r[0], r[1], State(str(r[2])), int(r[3]), r[4]) for r in rows]
    return sorted(found, key=lambda c: (c.state is not State.CHANGED, c.rule, c.severity))
