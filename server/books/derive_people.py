"""Derive people: all scans of each, reconciled, into records, postings and findings. Pure meaning, bulk writing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, delete

from server import bulk
from server.books import stored
from server.books.adjust import derive_adjustments
from server.books.dates import DAY_MS, SHANGHAI_MS, local_day
from server.books.person_facts import Gathered, Logs, gather
from server.books.stored import USUAL_GRADE, judged_text
from server.models.derived import FindingRow, LooseScan, PostingPart, RecordRow
from server.people.reference import load_reference
from server.people.roster import in_parts
from server.reconcile.facts import (
    Finding,
    Posting,
    Reconciled,
    Record,
    Reference,
    ScanFact,
)
from server.reconcile.person import reconcile_person
from server.reconcile.policy import MINUTE_MS
from server.reconcile.simple import SimpleStay, simple_stays

PEOPLE_AT_A_TIME = 5_000
_WHO, _IN_MS, _SITE, _FACTS = 0, 1, 3, 15
"""Places of columns in a row of `derived.record`."""

Moved = set[tuple[str, int]]
"""Sites and times at which a record that began there is new, other, or gone."""

_AT_MS = attrgetter("at_ms")


def derive_people(
    connection: Connection,
    fresh: Sequence[ScanFact],
    again: Iterable[str],
    logs: Logs,
    moved: Moved | None = None,
) -> int:
    """Derive the people of these new or moved scans or, without any, these people again. Give their number.

    moved: gets where a record is new, other or gone, for `server.books.groups`.
    """
    by_person: dict[str, list[ScanFact]] = {}
    for scan in fresh:
        by_person.setdefault(scan.who, []).append(scan)
    count = 0
    rest = iter(sorted(by_person) if by_person else again)
    while chunk := list(islice(rest, PEOPLE_AT_A_TIME)):
        _derive_chunk(connection, chunk, by_person, logs, moved)
        count += len(chunk)
    return count


def keep_scans(connection: Connection, scans: Sequence[ScanFact], logs: Logs) -> None:
    """Write scans down as loose ones, for a rebuild, which derives their people later."""
    numbers = {log.name: log.number for log in logs.values()}
    rows = [(scan.who, scan.hash, stored.pack_scans([scan], numbers)) for scan in scans]
    bulk.upsert(connection, LooseScan, sorted(rows))


def everyone(connection: Connection) -> Iterator[str]:
    """Give everybody who has a scan, in order, without holding them all."""
    last = ""
    while True:
        rows = bulk.fetch(connection, _NEXT_PEOPLE, (last, last, PEOPLE_AT_A_TIME))
        if not rows:
            return
        yield from (who for (who,) in rows)
        last = rows[-1][0]


def finding_rows(findings: Iterable[Finding]) -> list[tuple[Any, ...]]:
    """Give the rows of findings, in the order of the table's columns."""
    return [_finding_row(finding) for finding in findings]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is to be written, row by row, in the order of the tables' columns."""

    records: list[tuple[Any, ...]] = field(default_factory=list)
    parts: list[Posting] = field(default_factory=list)
    loose: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add_simple(
        self,
        who: str,
        stays: Sequence[SimpleStay],
        reference: Reference,
        numbers: Mapping[str, int],
    ) -> bool:
        """Add stays that are credited whole, each on one local date. Tell whether that was so; else nothing was added."""
        rows = []
        for came, left, day, within_ms in stays:
            in_ms, out_ms, site = came.at_ms, left.at_ms, came.site
            if day != (out_ms + SHANGHAI_MS) // DAY_MS:
                return False
            team, region = reference.team(who, day), reference.region(site, day)
            minutes = out_ms // MINUTE_MS - in_ms // MINUTE_MS
            facts = stored.pack_scans((came, left), numbers)
            rows.append(
                (
                    who, in_ms, came.hash, site, came.post, team, region, day, day,
                    out_ms, within_ms, minutes, 0, 0, "", facts,
                    judged_text(USUAL_GRADE, reference.policy(site, day).version),
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
    ) -> None:
        """Add what the scans of one person mean."""
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
                (who, scan.hash, stored.pack_for(who, [scan], numbers))
                for scan in by_hash.values()
                if scan.hash not in used
            )
        self.findings.extend(meaning.findings)

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


def _derive_chunk(
    connection: Connection,
    chunk: list[str],
    fresh: Mapping[str, list[ScanFact]],
    logs: Logs,
    moved: Moved | None,
) -> None:
    gathered = gather(connection, chunk, logs)
    reference = load_reference(connection, gathered.numbers)
    numbers = {log.name: log.number for log in logs.values()}
    rows = _Rows()
    _forget(connection, gathered.stored)
    if gathered.who_is.linked:
        fresh = _by_keeper(gathered, fresh)
    for who in gathered.people:
        scans = fresh.get(who, [])
        if who in gathered.known:
            scans = list({**gathered.known[who], **{scan.hash: scan for scan in scans}}.values())
        if gathered.is_plain(who) and _add_simple(rows, who, scans, reference, numbers):
            continue
        scans.sort(key=_AT_MS)
        if not gathered.is_plain(who) or not _add_simple(rows, who, scans, reference, numbers):
            facts = gathered.facts(who, scans)
            rows.add(who, scans, reconcile_person(who, facts, reference), reference, numbers)
    bulk.insert(connection, RecordRow, rows.records)
    if moved is not None:
        now = {(row[_WHO], row[_SITE], row[_IN_MS], row[_FACTS]) for row in rows.records}
        moved.update((site, in_ms) for _, site, in_ms, _ in now ^ gathered.records)
    bulk.insert(connection, LooseScan, sorted(rows.loose))
    bulk.insert(
        connection,
        PostingPart,
        [
            (p.who, p.day, p.record, p.verdict, p.cause, p.site, p.team, p.region, p.minutes)
            for p in rows.parts
        ],
    )
    bulk.insert_missing(connection, FindingRow, finding_rows(rows.findings))
    derive_adjustments(connection, gathered.numbers)


def _by_keeper(
    gathered: Gathered, fresh: Mapping[str, list[ScanFact]]
) -> dict[str, list[ScanFact]]:
    """Give the new scans of these people under the numbers that they keep."""
    found: dict[str, list[ScanFact]] = {}
    for number in gathered.numbers:
        if number in fresh:
            found.setdefault(gathered.who_is.keeper(number), []).extend(fresh[number])
    return found


def _add_simple(
    rows: _Rows,
    who: str,
    scans: Sequence[ScanFact],
    reference: Reference,
    numbers: Mapping[str, int],
) -> bool:
    """Add what scans in order of time mean, if that is the usual. Tell whether it was."""
    if len(scans) % 2:
        return False
    stays = simple_stays(who, scans, reference)
    return stays is not None and rows.add_simple(who, stays, reference, numbers)


def _forget(connection: Connection, people: Collection[str]) -> None:
    """Drop what was derived of these people."""
    for some in in_parts(people):
        for model, column in _OF_PEOPLE:
            connection.execute(delete(model).where(column.in_(some)))


def _record_row(r: Record, cause: str, facts: bytes, reference: Reference) -> tuple[Any, ...]:
    day = local_day(r.in_ms)
    return (
        r.who,
        r.in_ms,
        r.id,
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
        facts,
        judged_text(r.grade, r.policy, decided=r.decided, changed=r.changed),
    )


def _finding_row(finding: Finding) -> tuple[Any, ...]:
    figures = ";".join(f"{name}={value}" for name, value in finding.figures)
    entries = b"".join(finding.entries)
    parts = (finding.rule, finding.severity, finding.site, figures)
    digest = sha256("\n".join(parts).encode() + finding.record + entries).digest()
    return (
        finding.who or finding.log,
        finding.rule,
        digest[:16],
        str(finding.severity),
        finding.site,
        finding.record,
        entries,
        figures[:400],
    )


_OF_PEOPLE = (
    (RecordRow, RecordRow.who),
    (LooseScan, LooseScan.who),
    (PostingPart, PostingPart.who),
    (FindingRow, FindingRow.about),
)
_NEXT_PEOPLE = (
    "SELECT who FROM derived.record WHERE who > ? UNION "
    "SELECT who FROM derived.loose_scan WHERE who > ? ORDER BY who LIMIT ?"
)
