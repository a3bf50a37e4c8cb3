"""The visible table of rules, and how a rule says that it fired.

A rule decides nothing twice: the walk pairs, a rule looks at what came of it and gives a finding or None.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from server.reconcile.facts import Finding, ScanFact, Severity
from server.reconcile.pairing import Stay
from server.reconcile.policy import Policy


class Rule(NamedTuple):
    """A row of the catalogue. on: what the finding weighs on. severity: None where the rule only says how to count."""

    id: str
    on: str
    severity: Severity | None
    says: str


RULES = (
    Rule("A1", "scan", None, "the same entry again changes nothing"),
    Rule(
        "A2", "kiosk", Severity.ALARM, "two entries with one seq: the kiosk was cloned or restored"
    ),
    Rule("A2", "record", Severity.NOTE, "opened or closed on a branch of a fork"),
    Rule(
        "A2", "scan", Severity.NOTE, "written on two branches at one device millisecond: one counts"
    ),
    Rule("A3", "kiosk", Severity.NOTE, "sequence numbers are missing: these dates are incomplete"),
    Rule("A5", "record", Severity.HOLD, "the log does not stand for this entry: walked apart"),
    Rule("A5", "scan", Severity.HOLD, "the log does not stand for this sign-out: walked apart"),
    Rule("B1", "scan", Severity.NOTE, "repeats a counted scan: passed over"),
    Rule("B2", "record", Severity.NOTE, "signed in while signed in at that site"),
    Rule(
        "B3", "scan", Severity.HOLD, "sign-out without an open record: asks for an attested start"
    ),
    Rule("B4", "record", Severity.HOLD, "no sign-out: proposes an attested end"),
    Rule("B6", "record", Severity.HOLD, "shorter than the shortest record"),
    Rule("B9", "record", Severity.NOTE, "overlaps with another record at this site: counted once"),
    Rule(
        "B12",
        "record",
        None,
        "[in, out): a record that ends where the next begins overlaps nothing",
    ),
    Rule("B13", "record", None, "crosses midnight: one record, minutes go to their local dates"),
    Rule("B17", "record", Severity.NOTE, "signed in here, out elsewhere: credited here"),
    Rule("C1", "record", Severity.NOTE, "the kiosk's clock was wrong and is corrected"),
    Rule("C2", "record", Severity.HOLD, "the length is too uncertain"),
    Rule("D1", "code", Severity.NOTE, "a code that could not be read as a badge"),
    Rule("D2", "code", Severity.NOTE, "a badge whose signature or key is not ours"),
    Rule("D2", "kiosk", Severity.ALARM, "many such badges within a short time"),
    Rule("D2", "record", Severity.HOLD, "the badge had expired"),
    Rule("D2", "scan", Severity.HOLD, "the badge of this sign-out had expired"),
    Rule("D3", "record", Severity.HOLD, "the badge was revoked before: walked apart"),
    Rule(
        "D3", "scan", Severity.HOLD, "the badge of this sign-out was revoked before: walked apart"
    ),
)

_SEVERITY = {(rule.id, rule.on): rule.severity for rule in RULES if rule.severity}
_PLACE = {rule.id: place for place, rule in enumerate(RULES)}
_WEIGHT = {Severity.NOTE: 0, Severity.HOLD: 1, Severity.ALARM: 2}


Figures = Mapping[str, int | str]


class Case(NamedTuple):
    """What a rule on a record looks at. policy: as of the record's site on the day it began."""

    who: str
    stay: Stay
    policy: Policy

    @property
    def ends(self) -> tuple[ScanFact, ...]:
        """The scans that opened and (if any) closed it."""
        return self.stay[:2] if self.stay.closed else self.stay[:1]  # type: ignore[return-value] # never None here


def on_record(
    rule: str, case: Case, *, entries: Iterable[ScanFact] = (), **figures: int | str
) -> Finding:
    """Say that a rule fired on a record; without `entries` it is about both ends."""
    opened = case.stay.opened
    about = tuple(sorted(scan.hash for scan in entries or case.ends))
    severity = _SEVERITY[rule, "record"]
    return Finding(rule, severity, case.who, "", opened.site, opened.hash, about, _sorted(figures))


def on_scan(
    rule: str,
    who: str,
    scan: ScanFact,
    *,
    record: bytes = b"",
    other: ScanFact | None = None,
    **figures: int | str,
) -> Finding:
    """Say that a rule fired on a scan of a person. record: the one that it belongs to, if any; other: a scan also concerned."""
    about = tuple(sorted({scan.hash, other.hash} if other else {scan.hash}))
    severity = _SEVERITY[rule, "scan"]
    return Finding(rule, severity, who, "", scan.site, record, about, _sorted(figures))


def on_kiosk(
    rule: str, log: str, site: str, figures: Figures, *, on: str = "kiosk", entries: Iterable[bytes]
) -> Finding:
    """Say that a rule fired on a kiosk, or (on: `code`) on a code presented to it."""
    severity = _SEVERITY[rule, on]
    return Finding(rule, severity, "", log, site, b"", tuple(sorted(entries)), _sorted(figures))


def cause_of(findings: Iterable[Finding]) -> str:
    """Give the rule for which a record is held: the worst, of several the first in the catalogue; "" if it is credited."""
    holding = [f for f in findings if f.severity is not Severity.NOTE]
    if not holding:
        return ""
    return min(holding, key=lambda f: (-_WEIGHT[f.severity], _PLACE[f.rule])).rule


def _sorted(figures: Figures) -> tuple[tuple[str, int | str], ...]:
    return tuple(sorted(figures.items()))
