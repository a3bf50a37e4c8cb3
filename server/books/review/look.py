"""Look at one record, or one lone sign-out, as whoever is to decide on it: the person is read once, only within a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from re import fullmatch

from sqlalchemy import Connection

from schemas.vocabulary import NUMBER_PATTERN
from server.access.part import Part
from server.books.decisions.actor import Actor
from server.books.decisions.decide import Reasons, plan, tried_all
from server.books.decisions.draft import Wish
from server.books.derive.person_now import Minutes, Now, add_minutes, no_minutes, read_now
from server.books.explain.teller import Teller
from server.books.explain.told import EntryTold, RecordTold
from server.reconcile.facts import Finding, Reconciled, Record, ScanFact
from server.reconcile.minutes import day_of
from server.reconcile.policy import DAY_MS
from sync.errors import Refused

AROUND_MS = DAY_MS // 2
"""How far around a record the rest of the person's day is shown."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: `record`, or else the scan `lone`. site, team, region: whose it was then.

    findings: about it. told: the record as `explain` tells it; entries: what it rests on. beside: the person's other records of
    those hours within the part; beyond: how many lie outside it. seen: the token that a decision on it carries.
    """

    now: Now
    entry: bytes
    record: Record | None
    lone: ScanFact | None
    site: str
    team: str
    region: str
    findings: list[Finding]
    told: RecordTold | None
    entries: list[EntryTold]
    scans: Mapping[str, ScanFact]
    beside: list[Record]
    beyond: int
    seen: str

    @property
    def at_ms(self) -> int:
        """When it began."""
        return self.record.in_ms if self.record else self.lone.at_ms if self.lone else 0


def look(connection: Connection, part: Part, number: str, entry: str) -> Looked | None:
    """Look at what a scan's hash (64 hex) of a person opens, or is; None for nothing, and for what lies outside the part."""
    if not fullmatch(NUMBER_PATTERN, number) or not fullmatch(r"[0-9a-f]{64}", entry):
        return None
    now = next(n for n in read_now(connection, [number]).values() if number in n.numbers)
    record = next(iter(now.records(entry)), None)
    lone = None if record else next(iter(now.lone_scans(entry)), None)
    opened = record or lone
    if opened is None:
        return None
    who = now.who if record else opened.who
    at_ms = record.in_ms if record else lone.at_ms if lone else 0
    whose = _whose(now, who, opened.site, at_ms)
    if not _has(part, *whose):
        return None
    hash_ = bytes.fromhex(entry)
    findings = [f for f in now.meaning.findings if _is_about(f, hash_)]
    teller = Teller(connection, now)
    told = teller.record(record, booked=False) if record else None
    entries = told.entries if told else [teller.lone(lone)] if lone else []
    beside, beyond = _beside(now, part, record, at_ms)
    scans = {scan.hash.hex(): scan for scan in now.facts.scans}
    seen = now.token(hash_)
    return Looked(
        now, hash_, record, lone, *whose, findings, told, entries, scans, beside, beyond, seen
    )


def _is_about(finding: Finding, entry: bytes) -> bool:
    return finding.record == entry if finding.record else entry in finding.entries


def _whose(now: Now, who: str, site: str, at_ms: int) -> tuple[str, str, str]:
    """Give site, team and region as a record that began then has them."""
    day = day_of(at_ms)
    return site, now.reference.team(who, day), now.reference.region(site, day)


def _has(part: Part, site: str, team: str, region: str) -> bool:
    return part.has_site(site) or part.has_person(team, region)


def _beside(now: Now, part: Part, record: Record | None, at_ms: int) -> tuple[list[Record], int]:
    """Give the person's other records around, and how many of them lie outside the part."""
    end_ms = at_ms if record is None or record.out_ms is None else record.out_ms
    near = [
        one
        for one in now.meaning.records
        if (record is None or one.id != record.id)
        and one.in_ms <= end_ms + AROUND_MS
        and (one.in_ms if one.out_ms is None else one.out_ms) >= at_ms - AROUND_MS
    ]
    mine = [one for one in near if _has(part, *_whose(now, now.who, one.site, one.in_ms))]
    return mine, len(near) - len(mine)


def outside(now: Now, part: Part, others: Sequence[str]) -> list[str]:
    """Give those of these records (how their ids begin) that lie outside a part, or are none."""
    found = []
    for prefix in others:
        records = now.records(prefix)
        if len(records) != 1 or not _has(
            part, *_whose(now, now.who, records[0].site, records[0].in_ms)
        ):
            found.append(prefix)
    return found


@dataclass(frozen=True, slots=True)
class Effect:
    """What a wish would do. before, after: minutes of what is looked at; rest: by how much other records' credited ones change.

    code: why it cannot be done ("" if it can). already: it was done before.
    """

    before: Minutes
    after: Minutes
    rest: int = 0
    code: str = ""
    detail: str = ""
    already: bool = False


SOMEBODY = "-"
"""Stands for the second person while only the effect is asked for: a number that nobody has."""


def effect_of(looked: Looked, actor: Actor, wish: Wish) -> Effect:
    """Say what a wish would do to the record and to the person's others."""
    now = looked.now
    before = _minutes_of(now.meaning, looked.entry)
    try:
        planned = plan(now, actor, wish, Reasons("", SOMEBODY, looked.seen))
    except Refused as refused:
        return Effect(before, before, 0, str(refused.code), refused.detail)
    if planned.already:
        return Effect(before, before, already=True)
    meaning = now.again(tried_all([planned], actor))
    after = _minutes_of(meaning, looked.entry)
    total = planned.after["credited"] - planned.before["credited"]
    return Effect(before, after, total - (after["credited"] - before["credited"]))


def _minutes_of(meaning: Reconciled, entry: bytes) -> Minutes:
    found = no_minutes()
    for record in meaning.records:
        if record.id == entry:
            more = {"credited": record.credited, "held": record.held, "refused": record.refused}
            add_minutes(found, more)
    return found
