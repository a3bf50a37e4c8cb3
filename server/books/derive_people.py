"""Derive people: all scans of each, reconciled, into records, postings and findings. Pure meaning, bulk writing."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, text

from server import bulk
from server.books import stored
from server.books.dates import local_day
from server.books.derive_log import ScanRow
from server.books.stored import Place
from server.models.derived import FindingRow, PersonScan, PostingRow, RecordRow
from server.people.reference import load_reference
from server.reconcile.facts import Finding, Record, Reference, ScanFact
from server.reconcile.person import reconcile_person

PEOPLE_AT_A_TIME = 10_000

Logs = Mapping[int, tuple[str, tuple[Place, ...]]]
"""Name and places of each log, by its number."""


def keep_scans(connection: Connection, scans: list[ScanRow]) -> set[str]:
    """Write scans into the index by person, sorted. Give the people they are of."""
    scans.sort()
    bulk.upsert(connection, PersonScan, scans)
    return {row[0] for row in scans}


def derive_people(connection: Connection, people: Iterable[str], logs: Logs) -> int:
    """Derive these people anew, in the caller's transaction. Give their number."""
    rest = iter(sorted(people))
    count = 0
    while chunk := list(islice(rest, PEOPLE_AT_A_TIME)):
        _derive_chunk(connection, chunk, logs)
        count += len(chunk)
    return count


def everyone(connection: Connection) -> Iterator[str]:
    """Give everybody who has a scan, in order, without holding them all."""
    last = ""
    while True:
        rows = connection.execute(_NEXT_PEOPLE, {"last": last, "most": PEOPLE_AT_A_TIME})
        found = [who for (who,) in rows]
        if not found:
            return
        yield from found
        last = found[-1]


def finding_rows(findings: Iterable[Finding]) -> list[tuple[Any, ...]]:
    """Give the rows of findings, in the order of the table's columns."""
    return [_finding_row(finding) for finding in findings]


def _derive_chunk(connection: Connection, chunk: list[str], logs: Logs) -> None:
    _mark_touched(connection, chunk)
    reference = load_reference(connection, chunk)
    records: list[tuple[Any, ...]] = []
    postings: list[tuple[Any, ...]] = []
    findings: list[tuple[Any, ...]] = []
    for who, scans in _scans_of_touched(connection, logs):
        meaning = reconcile_person(who, scans, reference)
        records.extend(_record_row(record, reference) for record in meaning.records)
        postings.extend(
            (p.who, p.day, p.record, p.verdict, p.cause, p.site, p.team, p.region, p.minutes)
            for p in meaning.postings
        )
        if meaning.findings:
            findings.extend(finding_rows(meaning.findings))
    for statement in _FORGET:
        connection.execute(statement)
    bulk.insert(connection, RecordRow, records)
    bulk.insert(connection, PostingRow, postings)
    bulk.insert_missing(connection, FindingRow, findings)


def _mark_touched(connection: Connection, chunk: list[str]) -> None:
    connection.execute(_MAKE_TOUCHED)
    connection.execute(_EMPTY_TOUCHED)
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    connection.exec_driver_sql(
        f"INSERT INTO touched (who) VALUES ({mark})",  # noqa: S608 # the mark alone
        [(who,) for who in chunk],
    )


def _scans_of_touched(connection: Connection, logs: Logs) -> Iterator[tuple[str, list[ScanFact]]]:
    rows = bulk.fetch(connection, _SCANS)
    unpack = stored.unpack_scan
    for who, found in groupby(rows, key=lambda row: row[0]):
        facts = []
        for _, log, seq, fact in found:
            name, places = logs[log]
            facts.append(unpack(who, name, places, seq, fact))
        yield who, facts


def _record_row(r: Record, reference: Reference) -> tuple[Any, ...]:
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
        r.closed,
        r.presented,
        r.credited,
        r.held,
        r.refused,
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


_MAKE_TOUCHED = text("CREATE TEMPORARY TABLE IF NOT EXISTS touched (who VARCHAR(20) PRIMARY KEY)")
_EMPTY_TOUCHED = text("DELETE FROM touched")
_SCANS = (
    "SELECT s.who, s.log, s.seq, s.fact FROM touched t JOIN derived.person_scan s ON s.who = t.who "
    "ORDER BY s.who, s.log, s.seq, s.slot"
)
_FORGET = (
    text("DELETE FROM derived.record WHERE who IN (SELECT who FROM touched)"),
    text("DELETE FROM derived.posting WHERE who IN (SELECT who FROM touched)"),
    text("DELETE FROM derived.finding WHERE about IN (SELECT who FROM touched)"),
)
_NEXT_PEOPLE = text(
    "SELECT DISTINCT who FROM derived.person_scan WHERE who > :last ORDER BY who LIMIT :most"
)
