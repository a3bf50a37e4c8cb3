"""What a person's facts mean, as rows: each in the order of its table's columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from server.books.dates import DAY_MS, SHANGHAI_MS, local_day
from server.books.derive import stored
from server.books.derive.stored import USUAL_GRADE, judged_text
from server.books.review.standing import Standing, of_person
from server.bulk import blob
from server.reconcile.facts import Decision, Posting, Reconciled, Record, Reference, ScanFact
from server.reconcile.policy import MINUTE_MS
from server.reconcile.simple import SimpleStay


def finding_rows(findings: Iterable[Standing]) -> list[tuple[Any, ...]]:
    """Give the rows of findings, in the order of the table's columns."""
    return [_finding_row(one) for one in findings]


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be written, row by row, in the order of the tables' columns."""

    records: list[tuple[Any, ...]] = field(default_factory=list)
    parts: list[Posting] = field(default_factory=list)
    loose: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[Standing] = field(default_factory=list)

    def take(self, other: "Rows") -> None:
        """Take over what another has."""
        self.records.extend(other.records)
        self.parts.extend(other.parts)
        self.loose.extend(other.loose)
        self.findings.extend(other.findings)

    def add_simple(
        self,
        who: str,
        stays: Sequence[SimpleStay],
        reference: Reference,
        numbers: Mapping[str, int],
    ) -> bool:
        """Add stays that are credited whole, each on one local date. Tell whether that was so; else nothing was added."""
        rows = []
        for came, left, day, within_ms, usual in stays:
            in_ms, out_ms = came.at_ms, left.at_ms
            if day != (out_ms + SHANGHAI_MS) // DAY_MS:
                return False
            minutes = out_ms // MINUTE_MS - in_ms // MINUTE_MS
            rows.append(
                (
                    who, in_ms, blob(came.hash), came.site, came.post, reference.team(who, day), usual.region, day, day,
                    out_ms, within_ms, minutes, 0, 0, "", blob(stored.pack_scans((came, left), numbers)),
                    judged_text(USUAL_GRADE, usual.version),
                )
            )  # fmt: skip
        self.records.extend(rows)
        return True

    def add(
        self,
        who: str,
        scans: Sequence[ScanFact],
        meaning: Reconciled,
        reference: Reference,
        numbers: Mapping[str, int],
        decisions: Sequence[Decision] = (),
    ) -> None:
        """Add what the scans of one person, and decisions about them, mean."""
        by_hash = {scan.hash: scan for scan in scans}
        used = set()
        for record in meaning.records:
            own = [entry for entry in (record.opened, record.closed) if entry in by_hash]
            used.update(own)
            facts = stored.pack_for(who, [by_hash[entry] for entry in own], numbers)
            cause = self._cause(record, meaning.postings)
            self.records.append(_record_row(record, cause, facts, reference))
        if len(used) < len(by_hash):
            self.loose.extend(
                (who, scan.at_ms, scan.hash, stored.pack_for(who, [scan], numbers))
                for scan in by_hash.values()
                if scan.hash not in used
            )
        times = {scan.hash: scan.at_ms for scan in scans}
        self.findings.extend(of_person(meaning, times, reference, decisions))

    def _cause(self, record: Record, postings: Sequence[Posting]) -> str:
        """Give the one cause of a record whose row says all; else `*`, and keep its postings apart."""
        own = [posting for posting in postings if posting.record == record.id]
        day = local_day(record.in_ms)
        causes = {posting.cause for posting in own if posting.cause}
        verdicts = {posting.verdict for posting in own}
        if len(verdicts) == len(own) and len(causes) < 2 and all(p.day == day for p in own):
            return min(causes, default="")
        self.parts.extend(own)
        return "*"


def _record_row(r: Record, cause: str, facts: bytes, reference: Reference) -> tuple[Any, ...]:
    day = local_day(r.in_ms)
    return (
        r.who,
        r.in_ms,
        blob(r.id),
        r.site,
        r.post,
        reference.team(r.who, day),
        reference.region(r.site, day),
        day,
        day if r.out_ms is None else local_day(r.out_ms),
        r.out_ms,
        r.within_ms,
        r.credited,
        r.held,
        r.refused,
        cause,
        blob(facts),
        judged_text(r.grade, r.policy, decided=r.decided, changed=r.changed),
    )


def _finding_row(one: Standing) -> tuple[Any, ...]:
    finding = one.finding
    figures = ";".join(f"{name}={value}" for name, value in finding.figures)
    entries = b"".join(finding.entries)
    parts = (finding.rule, finding.severity, finding.site, figures)
    digest = sha256("\n".join(parts).encode() + finding.record + entries).digest()
    return (
        finding.who or finding.log,
        one.at_ms,
        finding.rule,
        digest[:16],
        str(finding.severity),
        finding.site,
        finding.record,
        entries,
        figures[:400],
        None if one.state is None else str(one.state),
        one.team,
        one.region,
    )
