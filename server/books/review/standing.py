"""How a finding stands: whether it waits for a person, was decided, or came back after it was. Pure; kept beside the finding."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from server.books.dates import local_day
from server.reconcile.facts import Decision, Finding, Reconciled, Reference, Severity
from server.reconcile.settle import in_force


class State(StrEnum):
    """How a finding stands. A note that asks for nothing has none.

    CHANGED: somebody decided, and it is to be looked at again (RULES, 8; E6 after a merger). KIOSK: it is about a kiosk and is
    mended there.
    """

    OPEN = "open"
    CHANGED = "changed"
    DECIDED = "decided"
    KIOSK = "kiosk"


WAITING = (State.CHANGED, State.OPEN)
"""What waits for a person."""


class Standing(NamedTuple):
    """A finding with the time it is kept under, how it stands, and whose it was then. at_ms: 0 for a kiosk's."""

    at_ms: int
    finding: Finding
    state: State | None = None
    team: str = ""
    region: str = ""


def of_kiosk(findings: Iterable[Finding]) -> list[Standing]:
    """Say how findings about a kiosk stand: what is more than a note waits until the kiosk is mended."""
    return [Standing(0, f, None if f.severity is Severity.NOTE else State.KIOSK) for f in findings]


def of_person(
    meaning: Reconciled,
    times: Mapping[bytes, int],
    reference: Reference,
    decisions: Iterable[Decision] = (),
) -> list[Standing]:
    """Say how the findings about a person stand. times: of their scans."""
    began = {record.id: record.in_ms for record in meaning.records}
    judge = _Judge(meaning, {one.record: one.hash.hex() for one in in_force(decisions)})
    found = []
    for finding in meaning.findings:
        seen = [times[entry] for entry in finding.entries if entry in times]
        at_ms = began.get(finding.record) or min(seen, default=0)
        day = local_day(at_ms)
        team, region = reference.team(finding.who, day), reference.region(finding.site, day)
        found.append(Standing(at_ms, finding, judge.state(finding), team, region))
    return found


class _Judge:
    """Tells how each finding about one person stands. last: decision by the entry that it names."""

    def __init__(self, meaning: Reconciled, last: Mapping[bytes, str]) -> None:
        self._settled = {record.id for record in meaning.records if record.decided}.union(last)
        self._last = set(last.values())
        self._lone = {entry for f in meaning.findings if f.rule == "B3" for entry in f.entries}

    def state(self, finding: Finding) -> State | None:
        if finding.severity is Severity.NOTE:
            return State.CHANGED if self._is_again(finding) else None
        about = {finding.record} if finding.record else set(finding.entries)
        return State.DECIDED if about & self._settled else State.OPEN

    def _is_again(self, finding: Finding) -> bool:
        """Tell whether a note says that a decision is to be looked at again.

        The start that somebody attested for a lone sign-out has no record either, and is as it should be.
        """
        if finding.rule == "R8":
            return finding.record not in self._lone
        return finding.rule == "E6" and dict(finding.figures).get("decision") in self._last
