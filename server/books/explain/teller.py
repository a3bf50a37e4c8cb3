"""Tell the records of one person: minutes, rules, entries and their clocks, decisions, postings.

Everything is read from the same meaning that is posted: the parts of a record's minutes are its pieces, each with its cause.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from server import bulk
from server.books.dates import iso_date, iso_time, local_day
from server.books.derive.person_now import Now
from server.books.explain.clock import Clock, Clocks
from server.books.explain.told import (
    DecisionTold,
    EntryTold,
    PartTold,
    PostingTold,
    RecordTold,
    RuleTold,
)
from server.books.periods.months import iso_month, month_of
from server.books.within import Seen
from server.reconcile.evidence import pieces_of
from server.reconcile.facts import Decision, Finding, Reconciled, Record, ScanFact, VoidFact
from server.reconcile.minutes import minute_of
from server.reconcile.order import is_stated
from server.reconcile.policy import MINUTE_MS


def parts_of(meaning: Reconciled, record: Record) -> list[PartTold]:
    """Give the minutes of a record, each stretch with its cause, in order."""
    return [
        PartTold(
            iso_time(piece.start * MINUTE_MS),
            iso_time(piece.end * MINUTE_MS),
            piece.end - piece.start,
            piece.verdict,
            piece.cause,
            piece.decision.hex(),
        )
        for piece in sorted(pieces_of(meaning, record))
    ]


class Teller:
    """Tells the records of one person, who was read already."""

    def __init__(self, connection: Connection, now: Now) -> None:
        """Read nothing yet."""
        self._connection = connection
        self._now = now
        self._clocks = Clocks(connection)
        self._scans = {scan.hash: scan for scan in now.facts.scans}
        self._voids = {void.hash: void for void in now.facts.voids}

    def read_clocks(self) -> None:
        """Look up at once what all times were corrected by, for whoever tells everything."""
        self._clocks.read(self._scans.values())

    def record(self, record: Record, *, booked: bool = True) -> RecordTold:
        """Tell a record; booked: with what was posted of it."""
        findings = [f for f in self._now.meaning.findings if f.record == record.id]
        span = 0 if record.out_ms is None else minute_of(record.out_ms) - minute_of(record.in_ms)
        return RecordTold(
            record=record.id.hex(),
            volunteer=record.who,
            site=record.site,
            post=record.post,
            came=iso_time(record.in_ms),
            left=None if record.out_ms is None else iso_time(record.out_ms),
            within_ms=record.within_ms,
            grade=record.grade,
            policy=record.policy,
            changed_since_decision=record.changed,
            seen=self._now.token(record.id),
            presented=record.presented,
            credited=record.credited,
            held=record.held,
            refused=record.refused,
            elsewhere=max(0, span - record.presented),
            parts=parts_of(self._now.meaning, record),
            rules=[rule_told(finding) for finding in findings],
            entries=self._entries(record, findings),
            decisions=self._decisions(record),
            postings=[*self._open_postings(record), *self._frozen_postings(record)]
            if booked
            else [],
        )

    def loose(self, day: int | None, seen: Seen) -> list[EntryTold]:
        """Tell the scans that no record rests on, as far as they are within a part."""
        used = {entry for record in self._now.meaning.records for entry in record.entries}
        of_records = {f.record for f in self._now.meaning.findings if f.record}
        used |= {e for f in self._now.meaning.findings if f.record in of_records for e in f.entries}
        rest = [s for s in self._scans.values() if s.hash not in used and seen.has_scan(s)]
        rest.sort(key=lambda scan: (scan.at_ms, scan.hash))
        return [self._scan(s, "loose") for s in rest if day is None or local_day(s.at_ms) == day]

    def lone(self, scan: ScanFact) -> EntryTold:
        """Tell a scan that no record rests on."""
        return self._scan(scan, "loose")

    def loose_rules(self) -> list[RuleTold]:
        """Tell the rules about such scans."""
        return [rule_told(finding) for finding in self._now.meaning.findings if not finding.record]

    def _entries(self, record: Record, findings: Iterable[Finding]) -> list[EntryTold]:
        about = {entry: f.rule for f in findings for entry in f.entries}
        hashes = {*record.entries, *about}
        self._clocks.read(self._scans[entry] for entry in hashes if entry in self._scans)
        told = [
            self._scan(self._scans[entry], _role(record, entry, about.get(entry, "")))
            for entry in hashes
            if entry in self._scans
        ]
        told += [self._void(self._voids[entry]) for entry in hashes if entry in self._voids]
        return sorted(told, key=lambda one: (one.time, one.entry))

    def _scan(self, scan: ScanFact, role: str) -> EntryTold:
        more = scan.more
        return EntryTold(
            entry=scan.hash.hex(),
            log=scan.log,
            seq=scan.seq,
            role=role,
            kind="attest" if is_stated(scan) else "scan",
            direction=scan.direction,
            chosen=scan.chosen,
            how=scan.how,
            state=scan.state,
            by=more.by if more else "",
            device_time=iso_time(scan.wall_ms),
            time=iso_time(scan.at_ms),
            within_ms=scan.within_ms,
            corrected_by_ms=scan.at_ms - scan.wall_ms,
            clock=self._clocks.of(scan),
        )

    def _void(self, void: VoidFact) -> EntryTold:
        time = iso_time(void.at_ms)
        return EntryTold(
            void.hash.hex(), void.log, void.seq, "void", "void", "", True, "", "", void.by,
            time, time, 0, 0, Clock("same_log", None, None, None),
        )  # fmt: skip

    def _decisions(self, record: Record) -> list[DecisionTold]:
        undone = {one.undoes for one in self._now.facts.decisions if one.undoes}
        own = [
            one
            for one in self._now.facts.decisions
            if one.record in (record.id, *record.entries) and not one.undoes
        ]
        return [_decision(one, one.hash in undone) for one in sorted(set(own))]

    def _open_postings(self, record: Record) -> list[PostingTold]:
        return [
            PostingTold(
                iso_month(month_of(p.day)), "derived", iso_date(p.day), p.site, p.team, p.region, p.verdict, p.cause, p.minutes
            )
            for p in self._now.meaning.postings
            if p.record == record.id
        ]  # fmt: skip

    def _frozen_postings(self, record: Record) -> list[PostingTold]:
        found = []
        for number in sorted(self._now.numbers):
            rows = bulk.fetch(self._connection, _FROZEN, (number, record.id))
            found += [_booked(iso_month(month), "frozen", *rest) for month, *rest in rows]
            rows = bulk.fetch(self._connection, _ADJUSTED, (number, record.id))
            found += [_booked(iso_month(month_of(r[0])), "adjustment", *r) for r in rows]
        return found


def _booked(
    period: str, state: str, day: int, site: str, team: str, region: str, verdict: str, cause: str, minutes: int
) -> PostingTold:  # fmt: skip
    return PostingTold(period, state, iso_date(day), site, team, region, verdict, cause, minutes)


def _role(record: Record, entry: bytes, rule: str) -> str:
    if entry == record.opened:
        return "opens"
    if entry == record.closed:
        return "closes"
    return "repeats" if rule == "B1" else "beside"


def rule_told(finding: Finding) -> RuleTold:
    """Tell a rule that fired."""
    entries = [entry.hex() for entry in finding.entries]
    return RuleTold(finding.rule, str(finding.severity), dict(finding.figures), entries)


def _decision(one: Decision, undone: bool) -> DecisionTold:
    spans = [
        (iso_time(start * MINUTE_MS), iso_time(end * MINUTE_MS), verdict)
        for start, end, verdict in one.intervals
    ]
    return DecisionTold(one.hash.hex(), one.action, one.by, one.second, one.settles, undone, spans)


_FROZEN = (
    "SELECT month, day, site, team, region, verdict, cause, minutes FROM frozen_posting "
    "WHERE who = ? AND record = ? ORDER BY month, day, verdict, cause"
)
_ADJUSTED = (
    "SELECT day, site, team, region, verdict, cause, minutes FROM derived.adjustment "
    "WHERE who = ? AND record = ? ORDER BY day, verdict, cause"
)
