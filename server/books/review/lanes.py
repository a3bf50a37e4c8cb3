"""The queue of findings cut into lanes, each of which an index of those that wait answers.

A person in a part of the city sees what is at its sites, of its teams, or of its regions. No index answers an "or" of the three,
so each is a lane of its own.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, literal_column, not_

from server.access.codes import one_of
from server.access.part import Part
from server.books.review.sought import EVER_MS, Sought
from server.models.derived import FindingRow
from server.reconcile.facts import Severity

Lane = Sequence[ColumnElement[bool]]
"""Conditions on `derived.finding`, all of which are to be met."""


def lanes(part: Part, sought: Sought) -> list[Lane]:
    """Give the lanes of the findings sought within a part: each lies in one at least."""
    return _cut(sought, ways(part), part)


def lanes_apart(part: Part, sought: Sought) -> list[Lane]:
    """Give them so that each finding sought lies in just one, to be counted."""
    return _cut(sought, ways_apart(part), part)


def ways(part: Part) -> Sequence[ColumnElement[bool]]:
    """Give the conditions of which a finding within a part meets one at least."""
    return part.records_ways(FindingRow.site, FindingRow.team, FindingRow.region)


def ways_apart(part: Part) -> Sequence[ColumnElement[bool]]:
    """Give the conditions of which it meets just one: each leaves out what those before it have."""
    each = ways(part)
    return [and_(own, *[not_(other) for other in each[:n]]) for n, own in enumerate(each)]


def within(part: Part) -> ColumnElement[bool]:
    """Give the condition that a finding is within a part, for questions that find their rows by something else."""
    return part.records_within(FindingRow.site, FindingRow.team, FindingRow.region)


def _cut(sought: Sought, whose: Sequence[ColumnElement[bool]], part: Part) -> list[Lane]:
    wanted = _wanted(sought)
    if sought.people is None:
        return [(FindingRow.state == str(s), own, *wanted) for s in sought.states for own in whose]
    # Few people are looked up by themselves: the state, written so, asks for no index of what waits.
    found = (FindingRow.about.in_(sought.people), within(part), *wanted)
    return [(FindingRow.state.concat("") == str(s), *found) for s in sought.states]


def _wanted(sought: Sought) -> list[ColumnElement[bool]]:
    exactly = (
        (FindingRow.rule, sought.rule),
        (FindingRow.site, sought.site),
        (FindingRow.team, sought.team),
    )
    found = [column == value for column, value in exactly if value]
    if sought.severity:
        found.append(_weighs(Severity(sought.severity)))
    if sought.regions:
        found.append(one_of(FindingRow.region, sought.regions))
    if sought.from_ms > -EVER_MS:
        found.append(FindingRow.at_ms >= sought.from_ms)
    if sought.before_ms < EVER_MS:
        found.append(FindingRow.at_ms < sought.before_ms)
    return found


def _weighs(severity: Severity) -> ColumnElement[bool]:
    """Write the severity into the question: a database that is not told it beforehand does not see that alarms have an index."""
    return FindingRow.severity == literal_column(f"'{severity.value}'", FindingRow.severity.type)
