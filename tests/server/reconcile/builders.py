"""Scans and reference data in few words: `scan("9:00:00", "in")`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from server.reconcile.facts import (
    CodeFact,
    Cover,
    Decision,
    Finding,
    More,
    PersonFacts,
    Post,
    Reconciled,
    Revocation,
    ScanFact,
    Shift,
    VoidFact,
)
from server.reconcile.minutes import day_of
from server.reconcile.person import reconcile_any, reconcile_person
from server.reconcile.policy import DAY_MS, DEFAULTS, HOUR_MS, MINUTE_MS, Policy
from server.reconcile.rules.posts import is_plain

WHO = "320581-001"
MONDAY = 19_093
"""2022-04-11, as a local date."""

_seqs = count(1)


@dataclass(frozen=True)
class Books:
    """Reference data: the same everywhere and always, but for what a test says. Who asks has to say of whom, where and when."""

    figures: Policy = DEFAULTS
    by_site_day: Mapping[tuple[str, int], Policy] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    revoked: tuple[Revocation, ...] = ()
    keys_gone: Mapping[bytes, int] = field(default_factory=dict)
    assigned: tuple[tuple[Shift, str], ...] = ()
    planned: frozenset[tuple[str, int]] = frozenset()
    posts: Mapping[str, Post] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    certified: frozenset[tuple[str, int]] = frozenset()
    births: Mapping[str, int] = field(default_factory=dict)
    trained: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    covers: Mapping[str, tuple[Cover, ...]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    earlier: Mapping[int, "Books"] = field(default_factory=dict)

    def policy(self, site: str, day: int) -> Policy:
        _require(site, day)
        return self.by_site_day.get((site, day), self.figures)

    def team(self, who: str, day: int) -> str:
        _require(who, day)
        return self.teams.get(day, "team-1")

    def region(self, site: str, day: int) -> str:
        _require(site, day)
        return f"region of {site}"

    def revocations(self, who: str) -> tuple[Revocation, ...]:
        _require(who)
        return self.revoked

    def withdrawn(self, key: bytes) -> int | None:
        return self.keys_gone.get(key)

    def stood_before(self, order: int) -> "Books":
        later = [at for at in self.earlier if at >= order]
        return self.earlier[min(later)] if later else self

    def is_known(self, who: str) -> bool:
        return who in self.known

    def is_plain(self, site: str, post: str, day: int) -> bool:
        return is_plain(self, site, post, day)

    def has_shifts(self, who: str) -> bool:
        _require(who)
        return bool(self.assigned)

    def shifts(self, who: str, site: str, day: int) -> tuple[Shift, ...]:
        _require(who, site, day)
        return tuple(
            shift
            for shift, at_site in self.assigned
            if at_site == site and day_of(shift.start_ms) in (day, day - 1)
        )

    def is_planned(self, site: str, day: int) -> bool:
        _require(site, day)
        return bool(self.shifts("", site, day)) or bool(
            {(site, day), (site, day - 1)} & self.planned
        )

    def post(self, code: str, day: int) -> Post | None:
        _require(code, day)
        return self.posts.get(code)

    def place(self, site: str, day: int) -> tuple[int, int] | None:
        _require(site, day)
        return self.places.get(site)

    def is_certified(self, site: str, day: int) -> bool:
        _require(site, day)
        return (site, day) in self.certified

    def born(self, who: str, day: int) -> int | None:
        _require(who, day)
        return self.births.get(who)

    def trainings(self, who: str, day: int) -> tuple[str, ...]:
        _require(who, day)
        return tuple(name for name, on in self.trained.get(who, {}).items() if on <= day)

    def insurances(self, who: str, day: int) -> tuple[Cover, ...]:
        _require(who, day)
        return self.covers.get(who, ())


def _require(*asked: object) -> None:
    """Reference data is dated, and of somebody or something: nobody asks for none."""
    assert all(isinstance(one, str | int) for one in asked)


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


def attest(
    clock: str | int,
    direction: str = "out",
    site: str = "A",
    *,
    day: int = 0,
    written: str | int = "20:00",
    by: str = "lead-1",
    about: bytes = b"",
    reason: bool = True,
    **other: object,
) -> ScanFact:
    """Make an end that a lead states."""
    written_ms = written if isinstance(written, int) else at(written, day=day)
    more = More(by=by, stated=True, written_ms=written_ms, about=about, reason=reason)
    plain = {"how": "lead", "within_ms": 0, "base": 0, "common_ms": 0, "serial": 0, "more": more}
    return scan(clock, direction, site, day=day, **{**plain, **other})


def void(
    target: ScanFact, after_ms: int, *, by: str = "", reason: bool = False, seq: int = 0
) -> VoidFact:
    """Make an entry of the same log that takes another back, so long after it was written."""
    written_ms = target.more.written_ms if target.more and target.more.stated else target.at_ms
    number = seq or target.seq + 1
    name = entry_hash(("void", target.hash, number, after_ms))
    return VoidFact(target.log, number, name, written_ms + after_ms, target.hash, by, reason)


def decision(
    record: bytes, *intervals: tuple[str, str, str], order: int = 1, day: int = 0, **other: object
) -> Decision:
    """Make a decision about a record: intervals as ("9:00", "10:00", "credited")."""
    minutes = tuple(
        (at(start, day=day) // MINUTE_MS, at(end, day=day) // MINUTE_MS, verdict)
        for start, end, verdict in intervals
    )
    name = entry_hash(("decision", order, record))
    plain = Decision(order, name, WHO, record, "A", minutes, b"", "staff-1")
    return plain._replace(**other)  # type: ignore[arg-type]


def meaning(*scans: ScanFact, books: Books | None = None, **facts: object) -> Reconciled:
    """Reconcile one person's facts: by all rules, and the short way where there is one."""
    known = WHO, PersonFacts(scans, **facts), books or Books()  # type: ignore[arg-type]
    found = reconcile_person(*known)
    assert found == reconcile_any(*known)
    assert all(piece.start < piece.end for piece in found.pieces)
    return found


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
