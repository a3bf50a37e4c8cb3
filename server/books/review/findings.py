"""Findings, as staff read them: the rule, how much it weighs, about whom or which kiosk, and the entries it rests on."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from server.books.dates import iso_time
from server.books.periods.site_month import all_notes
from server.models.derived import FindingRow
from server.reconcile.facts import Finding, Severity

HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Found:
    """A finding. about: a volunteer's number, a kiosk's log, or a site. record, entries: hashes in hex.

    suggestion: what to decide, as `decide` takes it; "" for what needs no decision.
    """

    rule: str
    severity: str
    about: str
    site: str
    record: str
    entries: list[str]
    figures: dict[str, str]
    suggestion: str


def read_findings(connection: Connection, *, rule: str = "", severity: str = "") -> list[Found]:
    """Give findings in order of rule, whom they are about, and digest; of one rule or severity, if one is named."""
    query = select(FindingRow).order_by(FindingRow.rule, FindingRow.about, FindingRow.digest)
    if rule:
        query = query.where(FindingRow.rule == rule)
    if severity:
        query = query.where(FindingRow.severity == severity)
    rows = connection.execute(query).all()
    found = [found_of(row) for row in rows]
    if severity in ("", Severity.NOTE) and (not rule or rule in ABOUT_SEVERAL):
        found += [_note(one) for one in all_notes(connection) if rule in ("", one.rule)]
    return sorted(found, key=lambda f: (f.rule, f.about, f.entries))


ABOUT_SEVERAL = frozenset({"E2", "E3", "E4", "F1"})
"""Rules that note something about a site as a whole; it is worked out when asked for."""


def _note(one: Finding) -> Found:
    figures = {name: str(value) for name, value in one.figures}
    return Found(one.rule, str(one.severity), one.site, one.site, "", [], figures, "")


def found_of(row: Row[Any]) -> Found:
    entries = bytes(row.entries)
    parts = [entries[at : at + HASH_BYTES].hex() for at in range(0, len(entries), HASH_BYTES)]
    pairs = (figure.partition("=") for figure in row.figures.split(";") if figure)
    figures = {name: value for name, _, value in pairs}
    record = bytes(row.record).hex()
    suggestion = "" if row.severity == Severity.NOTE else _suggestion(row.rule, record, figures)
    return Found(row.rule, row.severity, row.about, row.site, record, parts, figures, suggestion)


def _suggestion(rule: str, record: str, figures: dict[str, str]) -> str:
    """Say what a careful person would look at deciding first: an end that is proposed, else the usual for the rule."""
    if rule == "B4" and "proposed_ms" in figures:
        return f"attest --until {iso_time(int(figures['proposed_ms']))}"
    if rule in _SUGGESTED:
        return _SUGGESTED[rule]
    return "approve" if record else ""


_SUGGESTED = {
    "B3": "attest --since",
    "B5": "adjust",
    "B6": "refuse",
    "B8": "adjust",
    "B10": "choose",
}
"""What to look at first, by rule, where that is not to approve."""
