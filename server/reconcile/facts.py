"""What goes in and what comes out: the values that reconciliation is a function of, and those it gives.

Times are Unix milliseconds (UTC), corrected unless said otherwise; dates are days since 1970-01-01 in Asia/Shanghai.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from server.reconcile.policy import Policy


class ScanFact(NamedTuple):
    """One scan that named a person, with its corrected time.

    site, post: where the log was enrolled at that time ("" if it was not). within_ms, base, common_ms, raw_ms: as in
    `sync.clock.Instant`. wall_ms: the device's own clock. forked: the entry lies on a branch of a fork. apart: why the
    scan is walked apart (`A5`), or "" (D3 is found here, from the revocations). branch: which branch of a fork, by the hash
    of that branch's first entry (b"" before the fork, and where there is none).
    """

    log: str
    seq: int
    hash: bytes
    forked: bool
    site: str
    post: str
    at_ms: int
    within_ms: int
    base: int
    common_ms: int
    raw_ms: int
    wall_ms: int
    direction: str
    chosen: bool
    how: str
    state: str
    who: str
    serial: int
    expires_s: int
    apart: str
    branch: bytes = b""


class CodeFact(NamedTuple):
    """One scan that named nobody: `state` says what was wrong with the code (D1, D2). site: where its log was enrolled."""

    log: str
    seq: int
    hash: bytes
    at_ms: int
    state: str
    site: str = ""


class Gap(NamedTuple):
    """Missing seqs of a log. after_ms, before_ms: corrected times of the neighbours held (None: nothing held there)."""

    log: str
    first: int
    last: int
    site: str
    after_ms: int | None
    before_ms: int | None


class Fork(NamedTuple):
    """Two entries with one seq. hashes: of the first differing entries, sorted."""

    log: str
    seq: int
    site: str
    hashes: tuple[bytes, ...]


class Severity(StrEnum):
    """How much a finding weighs; the worst wins."""

    NOTE = "note"
    HOLD = "hold"
    ALARM = "alarm"


class Finding(NamedTuple):
    """A rule that fired.

    rule: its id in the catalogue. who: the person ("" if none). log: the kiosk's log where the finding is about it ("" if
    not). record: id of the record it weighs on (b"" if none). entries: hashes of the entries concerned, sorted. figures:
    the numbers that made it fire, as sorted (name, value) pairs.
    """

    rule: str
    severity: Severity
    who: str
    log: str
    site: str
    record: bytes
    entries: tuple[bytes, ...]
    figures: tuple[tuple[str, int | str], ...]


class Record(NamedTuple):
    """A service record: one stay of one person.

    id: hash of its opening entry. out_ms: None without a sign-out. within_ms: uncertainty of its length. opened, closed:
    hashes of its entries (closed: b"" if none). The four minutes are after union with the person's other records, and
    credited + held + refused = presented.
    """

    id: bytes
    who: str
    site: str
    post: str
    in_ms: int
    out_ms: int | None
    within_ms: int
    opened: bytes
    closed: bytes
    presented: int
    credited: int
    held: int
    refused: int


class Posting(NamedTuple):
    """Minutes of a record on one local date with one verdict (`credited`, `held`, `refused`). cause: the rule, "" if none."""

    who: str
    record: bytes
    day: int
    site: str
    team: str
    region: str
    verdict: str
    cause: str
    minutes: int


class Reconciled(NamedTuple):
    """What the facts of one person mean; each list in its canonical order."""

    records: list[Record]
    findings: list[Finding]
    postings: list[Posting]


@dataclass(frozen=True, slots=True)
class Revocation:
    """Badges of a person up to this serial stopped counting at `from_ms`."""

    serial: int
    from_ms: int


class Reference(Protocol):
    """The dated reference data, as of the day it is asked for (RULES, 10)."""

    def policy(self, site: str, day: int) -> Policy:
        """Give the figures in force at this site on this day."""
        ...

    def team(self, who: str, day: int) -> str:
        """Give the person's team on this day ("" for none)."""
        ...

    def region(self, site: str, day: int) -> str:
        """Give the site's region on this day ("" for none)."""
        ...

    def revocations(self, who: str) -> tuple[Revocation, ...]:
        """Give what was revoked of this person's badges."""
        ...
