"""Explain: why a record, or everything of a volunteer, has the minutes that it has, down to the entries and their clocks.

Everything is read from the same meaning that is posted: the parts of a record's minutes are its pieces, each with its cause.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server import bulk
from server.access.part import EVERYTHING, Part
from server.books.dates import iso_date, iso_time, local_day
from server.books.derive.person_now import Now, read_now
from server.books.explain.clock import Clock, Clocks
from server.books.periods.months import iso_month, month_of
from server.books.within import Seen, seen_of
from server.people.roster import names
from server.reconcile.evidence import pieces_of
from server.reconcile.facts import Decision, Finding, Reconciled, Record, ScanFact, VoidFact
from server.reconcile.minutes import minute_of
from server.reconcile.order import is_stated
from server.reconcile.policy import MINUTE_MS
from sync.errors import Refused

HEX_MIN = 6


@dataclass(frozen=True, slots=True)
class EntryTold:
    """An entry of a kiosk's log. role: `opens`, `closes`, `repeats` or what else it is to the record (`beside`, `void`).

    device_time: by the kiosk's clock (of a stated end, the time stated). time: corrected, ± within_ms. clock: what it was
    corrected by.
    """

    entry: str
    log: str
    seq: int
    role: str
    kind: str
    direction: str
    chosen: bool
    how: str
    state: str
    by: str
    device_time: str
    time: str
    within_ms: int
    corrected_by_ms: int
    clock: Clock


@dataclass(frozen=True, slots=True)
class PartTold:
    """Minutes [since, until) with one verdict. cause: the rule ("" if none holds them); decision: the one that says so."""

    since: str
    until: str
    minutes: int
    verdict: str
    cause: str
    decision: str


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule that fired, with its figures and the entries that it rests on."""

    rule: str
    severity: str
    figures: dict[str, int | str]
    entries: list[str]


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """What a person decided. intervals: (since, until, verdict). undone: somebody took it back."""

    decision: str
    action: str
    by: str
    second: str
    settles: str
    undone: bool
    intervals: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class PostingTold:
    """Minutes as they are booked. period: the month; state: `open`, `frozen` or `adjustment`."""

    period: str
    state: str
    day: str
    site: str
    team: str
    region: str
    verdict: str
    cause: str
    minutes: int


@dataclass(frozen=True, slots=True)
class RecordTold:
    """A record with all that explains it. seen: token for deciding on what is told here.

    elsewhere: minutes of it that are counted in another record of the person (B9, B10).

    credited + held + refused = presented, and the parts add up to each.
    """

    record: str
    volunteer: str
    site: str
    post: str
    came: str
    left: str | None
    within_ms: int
    grade: str
    policy: str
    changed_since_decision: bool
    seen: str
    presented: int
    credited: int
    held: int
    refused: int
    elsewhere: int
    parts: list[PartTold]
    rules: list[RuleTold]
    entries: list[EntryTold]
    decisions: list[DecisionTold]
    postings: list[PostingTold]


@dataclass(frozen=True, slots=True)
class Explained:
    """A volunteer, or one record of theirs. loose: scans that belong to no record, and the rules about them."""

    volunteer: str
    name: str | None
    numbers: list[str]
    records: list[RecordTold]
    loose: list[EntryTold]
    loose_rules: list[RuleTold]


def explain(
    connection: Connection, what: str, day: int | None = None, *, part: Part = EVERYTHING
) -> Explained:
    """Explain a volunteer by number, or a record by (the beginning of) its id; of a volunteer, one local date if given.

    Of somebody who is not of a team or region within the part, only what lies within it is told. Raise `Refused`: `not_found`,
    also where nothing does; `bad_field` where several records begin so.
    """
    number, prefix = _whom(connection, what)
    now = next(n for n in read_now(connection, [number]).values() if number in n.numbers)
    seen = seen_of(connection, part, now)
    told = Teller(connection, now)
    told.read_clocks()
    records = [r for r in now.records(prefix) if _is_on(r, day) and seen.has_record(r.id)]
    loose = told.loose(day, seen) if not prefix else []
    if not (records or loose or seen.is_whole):
        raise _not_found()
    is_whole = not prefix and day is None and seen.is_whole
    return Explained(
        now.who,
        names(connection, [now.who]).get(now.who),
        sorted(now.numbers) if seen.is_whole else [now.who],
        [told.record(record) for record in records],
        loose,
        told.loose_rules() if is_whole else [],
    )


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


def is_number(connection: Connection, what: str) -> bool:
    """Tell whether this is the number of anybody."""
    return any(bulk.fetch(connection, query, (what,)) for query in _KNOWN)


def _whom(connection: Connection, what: str) -> tuple[str, str]:
    """Give whose number it is or, of a record, whose it is and how its id begins."""
    if is_number(connection, what):
        return what, ""
    prefix = what.lower()
    if len(prefix) < HEX_MIN or len(prefix) > 64 or set(prefix) - set("0123456789abcdef"):
        raise _not_found()
    span = bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))
    found = bulk.fetch(connection, _BY_ID, span)
    if not found:
        raise _not_found()
    if len(found) > 1:
        raise Refused(Code.BAD_FIELD, "有多条记录以此开头 / several records begin so: give more")
    return str(found[0][0]), prefix


def _not_found() -> Refused:
    return Refused(Code.NOT_FOUND, "没有这个编号或记录 / no such number or record")


def _is_on(record: Record, day: int | None) -> bool:
    if day is None:
        return True
    last_ms = record.in_ms if record.out_ms is None else record.out_ms
    return local_day(record.in_ms) <= day <= local_day(last_ms)


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


_KNOWN = (
    "SELECT 1 FROM volunteer WHERE number = ? LIMIT 1",
    "SELECT 1 FROM derived.record WHERE who = ? LIMIT 1",
    "SELECT 1 FROM derived.loose_scan WHERE who = ? LIMIT 1",
)
_BY_ID = "SELECT DISTINCT who, id FROM derived.record WHERE id BETWEEN ? AND ? LIMIT 2"
_FROZEN = (
    "SELECT month, day, site, team, region, verdict, cause, minutes FROM frozen_posting "
    "WHERE who = ? AND record = ? ORDER BY month, day, verdict, cause"
)
_ADJUSTED = (
    "SELECT day, site, team, region, verdict, cause, minutes FROM derived.adjustment "
    "WHERE who = ? AND record = ? ORDER BY day, verdict, cause"
)
