"""The visible table of rules. `docs/rules.md` tells them at length; a test compares."""

from collections.abc import Iterable
from typing import NamedTuple

from server.reconcile.facts import Finding, Severity

NOTE, HOLD, ALARM = Severity.NOTE, Severity.HOLD, Severity.ALARM


class Rule(NamedTuple):
    """A row of the catalogue. on: what the finding weighs on. severity: None where the rule only says how to count."""

    id: str
    on: str
    severity: Severity | None
    says: str


RULES = (
    Rule("A1", "scan", None, "the same entry again changes nothing"),
    Rule("A2", "kiosk", ALARM, "two entries with one seq: the kiosk was cloned or restored"),
    Rule("A2", "record", NOTE, "opened or closed on a branch of a fork"),
    Rule("A2", "scan", NOTE, "written on two branches at one device millisecond: one counts"),
    Rule("A3", "kiosk", NOTE, "sequence numbers are missing: these dates are incomplete"),
    Rule(
        "A4",
        "period",
        None,
        "not in the ranges that a close covers: an adjustment names the closed period",
    ),
    Rule("A5", "record", HOLD, "the log does not stand for this entry: walked apart"),
    Rule("A5", "scan", HOLD, "the log does not stand for this sign-out: walked apart"),
    Rule("B1", "scan", NOTE, "repeats a counted scan: passed over"),
    Rule("B2", "record", NOTE, "signed in while signed in at that site"),
    Rule("B3", "scan", HOLD, "sign-out without an open record: asks for an attested start"),
    Rule("B4", "record", HOLD, "no sign-out: proposes an attested end"),
    Rule("B5", "record", HOLD, "ends before it starts"),
    Rule("B6", "record", HOLD, "shorter than the shortest record"),
    Rule(
        "B7",
        "minutes",
        HOLD,
        "past the eighth hour of the date, or the twelfth: these minutes wait for a reviewer",
    ),
    Rule("B8", "record", HOLD, "longer than its shifts, or without one than the longest record"),
    Rule("B9", "record", NOTE, "overlaps with another record at this site: counted once"),
    Rule("B10", "record", ALARM, "overlaps with a record at another site: a person chooses"),
    Rule("B11", "record", HOLD, "nobody travels that fast from the site before"),
    Rule(
        "B12",
        "record",
        None,
        "[in, out): a record that ends where the next begins overlaps nothing",
    ),
    Rule("B13", "record", None, "crosses midnight: one record, minutes go to their local dates"),
    Rule(
        "B14",
        "post",
        None,
        "two people on one post overlap at hand-over: fine; the coverage shows it",
    ),
    Rule("B15", "record", NOTE, "too little rest after long duty, or too many nights running"),
    Rule("B16", "minutes", NOTE, "the policy takes a break off a long record"),
    Rule("B17", "record", NOTE, "signed in here, out elsewhere: credited here"),
    Rule("C1", "record", NOTE, "the kiosk's clock was wrong and is corrected"),
    Rule("C2", "record", HOLD, "the length is too uncertain"),
    Rule("C3", "record", HOLD, "a time lies later than the next contact of its log"),
    Rule(
        "C3", "scan", HOLD, "the time of this sign-out lies later than the next contact of its log"
    ),
    Rule("C4", "kiosk", NOTE, "no contact for a long time"),
    Rule("D1", "code", NOTE, "a code that could not be read as a badge"),
    Rule("D2", "code", NOTE, "a badge whose signature or key is not ours"),
    Rule("D2", "kiosk", ALARM, "many such badges within a short time"),
    Rule("D2", "record", HOLD, "the badge had expired, or the pass was stale"),
    Rule("D2", "scan", HOLD, "the badge of this sign-out had expired, or its pass was stale"),
    Rule("D3", "record", HOLD, "the badge was revoked before: walked apart"),
    Rule("D3", "scan", HOLD, "the badge of this sign-out was revoked before: walked apart"),
    Rule("D4", "record", HOLD, "a walk-in whom nobody has matched with a volunteer yet"),
    Rule("D5", "person", None, "two identities are one person: records are those of one person"),
    Rule("D6", "record", NOTE, "not assigned to this site or post"),
    Rule("D7", "record", HOLD, "the post needs what the person lacks that day"),
    Rule("D8", "minutes", HOLD, "outside the shifts: this part waits"),
    Rule("D9", "record", HOLD, "the kiosk's post is paid or professional duty"),
    Rule("D9", "minutes", NOTE, "assigned to paid or professional duty: kept, and not counted"),
    Rule("E1", "record", None, "grade of evidence, the weaker end counts"),
    Rule("E2", "record", HOLD, "many people in and out together: a second attestor frees them"),
    Rule("E2", "crowd", NOTE, "as many people in together as make a group: shown"),
    Rule("E3", "pair", NOTE, "the same two people together again and again"),
    Rule("E4", "lead", NOTE, "one lead typed much of a month, or round times"),
    Rule("E5", "record", HOLD, "stated by a lead without a reason"),
    Rule("E5", "minutes", HOLD, "stated by a lead: what exceeds the shift waits"),
    Rule("E5", "scan", NOTE, "an attested end that a scan or a later attest takes the place of"),
    Rule("E6", "record", HOLD, "entered by the person whose hours they are"),
    Rule(
        "E6",
        "decision",
        NOTE,
        "decided by the person whose hours they are, as a merge shows: to be decided again",
    ),
    Rule("E7", "period", None, "a closed period changes by adjustment alone"),
    Rule("E8", "request", None, "a volunteer's request for correction, answered by a decision"),
    Rule("E9", "record", HOLD, "the activity was not certified that day"),
    Rule("F1", "shift", NOTE, "more people on the post than the shift needs"),
    Rule("F2", "shift", None, "assigned and never came: a status"),
    Rule("F3", "minutes", HOLD, "past the cap of the day or year"),
    Rule("F4", "paper", None, "minutes are kept; hours are rounded once, on paper"),
    Rule("F5", "export", None, "each exported row has a receipt or a reason; control totals match"),
    Rule("F6", "period", None, "totals by team, region, volunteer, site and day are the same"),
    Rule("R8", "record", NOTE, "what a decision saw has changed: to be looked at again"),
    Rule(
        "R8",
        "decision",
        NOTE,
        "the record that was decided is none any more: what was approved stays",
    ),
    Rule("R8", "minutes", HOLD, "minutes of a decided record that no decision covers"),
    Rule(
        "R10",
        "record",
        NOTE,
        "judged by what stood when it was decided; today's reference data says otherwise",
    ),
    Rule("Void", "scan", NOTE, "undone within seconds: it never was"),
    Rule("Void", "record", HOLD, "taken back by a lead: it counts, and a person decides"),
    Rule("Void", "lone", HOLD, "a sign-out without a record, taken back by a lead"),
)
"""The rules of RULES.md by their ids; behind them its rules without one: `R8` and `R10` of how it is computed, and `Void`."""

SEVERITY = {(rule.id, rule.on): rule.severity for rule in RULES if rule.severity}
"""How much a rule weighs, by its id and what the finding is about."""

_PLACE = {rule.id: place for place, rule in reversed(list(enumerate(RULES)))}
_WEIGHT = {Severity.NOTE: 0, Severity.HOLD: 1, Severity.ALARM: 2}


_ON_HOURS = [rule for rule in RULES if rule.on in ("record", "minutes")]
_HEAVIEST = {
    id_: max(_WEIGHT[rule.severity or NOTE] for rule in _ON_HOURS if rule.id == id_)
    for id_ in {rule.id for rule in _ON_HOURS}
}


def cause_of(findings: Iterable[Finding]) -> str:
    """Give the rule for which a record is held: the worst, of several the first in the catalogue; "" if it is credited."""
    holding = [f for f in findings if f.severity is not Severity.NOTE]
    if not holding:
        return ""
    return min(holding, key=lambda f: (-_WEIGHT[f.severity], _PLACE[f.rule])).rule


def worse_cause(one: str, other: str) -> str:
    """Of the causes of two holds give the one that counts; "" is none."""
    if not one or not other:
        return one or other
    return min(one, other, key=lambda rule: (-_HEAVIEST[rule], _PLACE[rule]))
