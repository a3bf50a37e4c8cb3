"""What goes in and what comes out: the values that reconciliation is a function of, and those it gives.

Times are Unix milliseconds (UTC), corrected unless said otherwise; dates are days since 1970-01-01 in Asia/Shanghai.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from server.reconcile.policy import Policy


class More(NamedTuple):
    """What few scans carry beside the usual.

    by: the lead who typed or stated it ("": nobody did). phone_ms: what the phone of a live pass said the time was (0: no
    pass). late_ms: by how much the scan, before time was made not to run backwards, lies behind the next anchor of its log
    (C3; 0 where it does not). stated: a lead stated this end, nobody scanned it: `at_ms` is the time stated, `written_ms`
    the corrected time of the entry. about: the entry that it completes (b"" for none). reason: whether one was given. key: the
    id of the key that signed the badge, where that key was withdrawn (D3); b"" for all others.
    """

    by: str = ""
    phone_ms: int = 0
    late_ms: int = 0
    stated: bool = False
    written_ms: int = 0
    about: bytes = b""
    reason: bool = False
    key: bytes = b""


class ScanFact(NamedTuple):
    """One scan that named a person, or an end that a lead attested, with its corrected time.

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
    more: More | None = None


class VoidFact(NamedTuple):
    """An entry that takes back the entry `target` of its own log. at_ms: when; by: the lead, "" for an undo."""

    log: str
    seq: int
    hash: bytes
    at_ms: int
    target: bytes
    by: str
    reason: bool


class WalkInFact(NamedTuple):
    """Somebody on no list was given the temporary number `who` (D4)."""

    log: str
    seq: int
    hash: bytes
    at_ms: int
    who: str
    site: str
    by: str


class Decision(NamedTuple):
    """A person decided what minutes of a record are (RULES, 8).

    order: place in central order (a predecessor log comes wholly before its successor). record: the opening entry of the
    record; site, post: where it was. intervals: (start, end, verdict) in minutes since 1970-01-01 UTC. evidence: what it
    saw, as `evidence_of` gives it for the record and `others`. settles: the rule that it answers. undoes: the decision that
    it takes back (b"" for none); it then decides nothing itself.
    """

    order: int
    hash: bytes
    who: str
    record: bytes
    site: str
    intervals: tuple[tuple[int, int, str], ...]
    evidence: bytes
    by: str
    action: str = "approve"
    settles: str = ""
    second: str = ""
    undoes: bytes = b""
    others: tuple[bytes, ...] = ()
    post: str = ""


class Frozen(NamedTuple):
    """What a close froze of a record. order: of the close. intervals: (start, end, verdict), as of a decision."""

    record: bytes
    order: int
    intervals: tuple[tuple[int, int, str], ...]


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


class Silence(NamedTuple):
    """A stretch of a log, seqs `first` to `last`, in which scans were recorded and no contact with the server (C4)."""

    log: str
    first: int
    last: int
    site: str
    from_ms: int
    until_ms: int


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


class GroupHold(NamedTuple):
    """What a rule about several people says of a record (E2, E3, …): found elsewhere, it weighs on minutes here."""

    rule: str
    record: bytes
    severity: Severity
    entries: tuple[bytes, ...]
    figures: tuple[tuple[str, int | str], ...]


class PersonFacts(NamedTuple):
    """All facts about one person, in any order, repeated or not.

    numbers: the other numbers under which the person was known (D5); their facts are among these.
    """

    scans: Sequence[ScanFact]
    voids: Sequence[VoidFact] = ()
    walk_ins: Sequence[WalkInFact] = ()
    decisions: Sequence[Decision] = ()
    frozen: Sequence[Frozen] = ()
    holds: Sequence[GroupHold] = ()
    numbers: tuple[str, ...] = ()


class Record(NamedTuple):
    """A service record: one stay of one person.

    id: hash of its opening entry. out_ms: None without a sign-out. within_ms: uncertainty of its length. opened, closed:
    hashes of its entries (closed: b"" if none). The four minutes are after union with the person's other records, and
    credited + held + refused = presented. grade: of evidence, `A` to `E` (E1). policy: version of the figures that judged
    it ("" the defaults). decided: a decision in force is about it. changed: what the last one saw is not what there is now.
    entries: what it rests on, sorted: its ends, attests that were beaten, voids.
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
    grade: str = "B"
    policy: str = ""
    decided: bool = False
    changed: bool = False
    entries: tuple[bytes, ...] = ()


class Piece(NamedTuple):
    """Minutes [start, end) that a record is given, after each was counted once. Postings are sums of pieces.

    cause: the rule for which they are held or refused, or `R8` where a decision says what they are; decision: its hash.
    """

    record: bytes
    start: int
    end: int
    verdict: str
    cause: str
    decision: bytes = b""


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
    pieces: list[Piece]


class Shift(NamedTuple):
    """A shift that the person is assigned to. start_ms, end_ms: Unix milliseconds."""

    code: str
    post: str
    start_ms: int
    end_ms: int


class Post(NamedTuple):
    """A post as it was on a day. needs: what it takes (D7), as in `import posts`; role: the local vocabulary (D9)."""

    role: str = ""
    needs: tuple[str, ...] = ()
    capacity: int | None = None


class Cover(NamedTuple):
    """An insurance, from its first to its last local date (None: open)."""

    policy: str
    first_day: int
    last_day: int | None


@dataclass(frozen=True, slots=True)
class Revocation:
    """Badges of a person up to this serial stopped counting at `from_ms`."""

    serial: int
    from_ms: int


class Reference(Protocol):
    """The dated reference data: for each day the last entered of the versions in force on it (RULES, 10)."""

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
        """Give what was revoked of this number's badges."""
        ...

    def withdrawn(self, key: bytes) -> int | None:
        """Give since when nothing counts that this badge key signed (its id); None if it was not withdrawn."""
        ...

    def stood_before(self, order: int) -> "Reference":
        """Give the reference data, revocations too, as it stood before the central entry at this place in central order."""
        ...

    def is_known(self, who: str) -> bool:
        """Tell whether this number is a volunteer's."""
        ...

    def is_plain(self, site: str, post: str, day: int) -> bool:
        """Tell whether no rule about shifts, posts and activities (D6, D7, D9, E9) can have anything to say there then.

        It may say no where yes is right, which costs time and changes nothing. See `rules.posts.is_plain`.
        """
        ...

    def has_shifts(self, who: str) -> bool:
        """Tell whether this number is assigned to any shift at all. As in `is_plain`, yes is always allowed."""
        ...

    def shifts(self, who: str, site: str, day: int) -> tuple[Shift, ...]:
        """Give the shifts at this site that this number is assigned to and that start on this date or the day before."""
        ...

    def is_planned(self, site: str, day: int) -> bool:
        """Tell whether any shift at this site starts on this date or the day before."""
        ...

    def post(self, code: str, day: int) -> Post | None:
        """Give a post as of this day (None: unknown)."""
        ...

    def place(self, site: str, day: int) -> tuple[int, int] | None:
        """Give latitude and longitude of a site in millionths of a degree (None: unknown)."""
        ...

    def is_certified(self, site: str, day: int) -> bool:
        """Tell whether a certified activity ran at this site on this day."""
        ...

    def born(self, who: str, day: int) -> int | None:
        """Give the date of birth, as known on this day."""
        ...

    def trainings(self, who: str, day: int) -> tuple[str, ...]:
        """Give the names of the trainings that this number had on or before this day."""
        ...

    def insurances(self, who: str, day: int) -> tuple[Cover, ...]:
        """Give the insurances of this number, as known on this day."""
        ...
