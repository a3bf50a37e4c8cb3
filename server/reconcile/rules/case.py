"""What a rule on a record looks at, and how a rule says that it fired.

A rule decides nothing twice: the walk pairs, a rule looks at what came of it and gives a finding or None.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from server.reconcile.facts import Finding, Post, ScanFact, Shift, VoidFact
from server.reconcile.pairing import Stay
from server.reconcile.policy import Policy
from server.reconcile.rules.catalogue import SEVERITY

Figures = Mapping[str, int | str]


class Duty(NamedTuple):
    """What a record was planned as. shifts: its own, by start; post: the assigned shift's, else the kiosk's.

    assigned: the post is that of an assigned shift. planned: the site has shifts that day. certified: so is what runs there.
    lacks: what the post needs and the person lacks that day.
    """

    shifts: tuple[Shift, ...] = ()
    code: str = ""
    post: Post | None = None
    assigned: bool = False
    planned: bool = False
    certified: bool = False
    lacks: tuple[str, ...] = ()


class Case(NamedTuple):
    """What a rule on a record looks at. policy: as of the record's site on the day it began.

    numbers: every number of the person. doubted: the voids of its ends. provisional: the person is an unmatched walk-in.
    """

    who: str
    stay: Stay
    policy: Policy
    duty: Duty = Duty()
    numbers: frozenset[str] = frozenset()
    doubted: tuple[VoidFact, ...] = ()
    provisional: bool = False

    @property
    def ends(self) -> tuple[ScanFact, ...]:
        """The scans that opened and (if any) closed it."""
        return self.stay[:2] if self.stay.closed else self.stay[:1]  # type: ignore[return-value] # never None here

    @property
    def length_ms(self) -> int:
        """How long it is, 0 without a sign-out."""
        opened, closed, _ = self.stay
        return closed.at_ms - opened.at_ms if closed else 0


def on_record(
    rule: str, case: Case, *, entries: Iterable[ScanFact | VoidFact] = (), **figures: int | str
) -> Finding:
    """Say that a rule fired on a record; without `entries` it is about both ends."""
    return _on(rule, "record", case, entries, figures)


def on_minutes(rule: str, case: Case, **figures: int | str) -> Finding:
    """Say that a rule fired on some minutes of a record."""
    return _on(rule, "minutes", case, (), figures)


def on_decision(rule: str, case: Case, **figures: int | str) -> Finding:
    """Say that a rule fired on what was decided of a record."""
    return _on(rule, "decision", case, (), figures)


def _on(
    rule: str, on: str, case: Case, entries: Iterable[ScanFact | VoidFact], figures: Figures
) -> Finding:
    opened = case.stay.opened
    about = tuple(sorted(entry.hash for entry in entries or case.ends if entry.hash))
    severity = SEVERITY[rule, on]
    return Finding(rule, severity, case.who, "", opened.site, opened.hash, about, _sorted(figures))


def on_scan(
    rule: str,
    who: str,
    scan: ScanFact,
    *,
    record: bytes = b"",
    other: ScanFact | VoidFact | None = None,
    on: str = "scan",
    **figures: int | str,
) -> Finding:
    """Say that a rule fired on a scan of a person. record: the one that it belongs to, if any; other: a scan also concerned."""
    about = tuple(sorted({scan.hash, other.hash} if other else {scan.hash}))
    severity = SEVERITY[rule, on]
    return Finding(rule, severity, who, "", scan.site, record, about, _sorted(figures))


def on_kiosk(
    rule: str, log: str, site: str, figures: Figures, *, on: str = "kiosk", entries: Iterable[bytes]
) -> Finding:
    """Say that a rule fired on a kiosk, or (on: `code`) on a code presented to it."""
    severity = SEVERITY[rule, on]
    return Finding(rule, severity, "", log, site, b"", tuple(sorted(entries)), _sorted(figures))


def _sorted(figures: Figures) -> tuple[tuple[str, int | str], ...]:
    return tuple(sorted(figures.items()))
