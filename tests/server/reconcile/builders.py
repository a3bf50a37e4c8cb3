"""Scans and reference data in few words: `scan("9:00:00", "in")`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from server.reconcile.facts import CodeFact, Finding, PersonFacts, Reconciled, Revocation, ScanFact
from server.reconcile.person import reconcile_person
from server.reconcile.policy import DAY_MS, DEFAULTS, HOUR_MS, MINUTE_MS, Policy

WHO = "320581-001"
MONDAY = 19_093
"""2022-04-11, as a local date."""

_seqs = count(1)


@dataclass(frozen=True)
class Books:
    """Reference data: the same everywhere and always, but for what a test says."""

    figures: Policy = DEFAULTS
    by_site_day: Mapping[tuple[str, int], Policy] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    revoked: tuple[Revocation, ...] = ()

    def policy(self, site: str, day: int) -> Policy:
        return self.by_site_day.get((site, day), self.figures)

    def team(self, who: str, day: int) -> str:
        return self.teams.get(day, "team-1")

    def region(self, site: str, day: int) -> str:
        return f"region of {site}"

    def revocations(self, who: str) -> tuple[Revocation, ...]:
        return self.revoked


def at(clock: str, *, day: int = 0) -> int:
    """Give the instant of a local time like `9:00`, `9:00:00` or `9:00:00.001`, so many days after Monday."""
    hours, minutes, *seconds = clock.split(":")
    seconds_ms = round(float(seconds[0]) * 1000) if seconds else 0
    local_ms = int(hours) * HOUR_MS + int(minutes) * MINUTE_MS + seconds_ms
    return (MONDAY + day) * DAY_MS - 8 * HOUR_MS + local_ms


def entry_hash(name: object) -> bytes:
    """Give a hash for an entry with this name."""
    return sha256(repr(name).encode()).digest()


def scan(
    clock: str | int, direction: str = "in", site: str = "A", *, day: int = 0, **other: object
) -> ScanFact:
    """Make a chosen scan by a good card at a site's own kiosk; `other` are fields of ScanFact."""
    at_ms = clock if isinstance(clock, int) else at(clock, day=day)
    plain = ScanFact(
        log=f"kiosk-{site}",
        seq=next(_seqs),
        hash=b"",
        forked=False,
        site=site,
        post="gate",
        at_ms=at_ms,
        within_ms=20,
        base=1,
        common_ms=10,
        raw_ms=at_ms,
        wall_ms=at_ms,
        direction=direction,
        chosen=True,
        how="card",
        state="good",
        who=WHO,
        serial=1,
        expires_s=0,
        apart="",
    )
    made = plain._replace(**other)  # type: ignore[arg-type]
    return made if made.hash else made._replace(hash=entry_hash((made.log, made.seq, made.branch)))


def guess(clock: str | int, site: str = "A", *, day: int = 0, **other: object) -> ScanFact:
    """Make a scan whose direction the kiosk guessed."""
    return scan(clock, "in", site, day=day, chosen=False, **other)


def code(clock: str | int, state: str, *, log: str = "kiosk-A") -> CodeFact:
    """Make a scan that named nobody."""
    at_ms = clock if isinstance(clock, int) else at(clock)
    seq = next(_seqs)
    return CodeFact(log, seq, entry_hash((log, seq)), at_ms, state, "A")


def meaning(*scans: ScanFact, books: Books | None = None) -> Reconciled:
    """Reconcile one person's scans."""
    return reconcile_person(WHO, PersonFacts(scans), books or Books())


def rules(found: Reconciled | Iterable[Finding]) -> list[str]:
    """Name the rules that fired, in order."""
    findings = found.findings if isinstance(found, Reconciled) else found
    return [finding.rule for finding in findings]


def only(found: Reconciled, rule: str) -> Finding:
    """Give the one finding of a rule."""
    (finding,) = [finding for finding in found.findings if finding.rule == rule]
    return finding


def figures(finding: Finding) -> dict[str, int | str]:
    """Give the figures of a finding by name."""
    return dict(finding.figures)


def stays(found: Reconciled) -> list[tuple[str, int, int, int]]:
    """Give (site, presented, credited, held) of each record."""
    return [(r.site, r.presented, r.credited, r.held) for r in found.records]
