"""The usual history, in one pass: chosen ins and outs in turn, each stay at one site, nothing for a rule to say but B4.

It must give exactly what all rules give (a test compares them on random histories) or give way: it never decides a doubtful
case. It exists because most people are like this, and ingest waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from server.reconcile.facts import (
    Finding,
    Piece,
    Posting,
    Reconciled,
    Record,
    Reference,
    ScanFact,
)
from server.reconcile.minutes import CREDITED, LOCAL_AHEAD_MS, by_day, day_of, minute_of
from server.reconcile.pairing import IN, OUT, Stay
from server.reconcile.policy import DAY_MS, MINUTE_MS, Policy
from server.reconcile.rules.case import Case
from server.reconcile.rules.clock import is_off
from server.reconcile.rules.entered import CARD
from server.reconcile.rules.sequence import b4
from server.reconcile.rules.sites import too_fast

POSTING_ORDER = attrgetter("day", "record", "verdict", "cause")
"""The canonical order of postings."""


_DAY = DAY_MS // MINUTE_MS
_SIX_UTC = 6 * 60 - LOCAL_AHEAD_MS // MINUTE_MS
"""Six in the morning in Asia/Shanghai, in minutes from midnight UTC: a date's night ends there, and begins 16 hours later."""

_SIXTEEN_HOURS = 16 * 60


@dataclass(frozen=True, slots=True)
class Usual:
    """What is the same for all usual stays at one site and post that begin on one local date.

    version: of the figures that judge them. region: the site's. most_ms: no usual stay is longer; minutes: nor are a date's.
    """

    policy: Policy
    version: str
    region: str
    note_ms: int
    short_ms: int
    most_ms: int
    uncertain_ms: int
    minutes: int


class Usuals(dict[tuple[str, str, int], Usual | None]):
    """By site, post and local date, worked out when first asked for: None where some rule has a say in every stay.

    Good as long as the reference data is: one transaction.
    """

    def __init__(self, reference: Reference) -> None:
        """Work out nothing yet."""
        self.reference = reference

    def __missing__(self, key: tuple[str, str, int]) -> Usual | None:
        """Work it out."""
        site, post, day = key
        policy = self.reference.policy(site, day)
        odd = policy.break_after_minutes or policy.day_cap_minutes or policy.year_cap_minutes
        found = None
        if not odd and self.reference.is_plain(site, post, day):
            found = Usual(
                policy,
                policy.version,
                self.reference.region(site, day),
                policy.clock_note_ms,
                policy.short_ms,
                min(policy.open_ms_max, policy.long_ms),
                policy.uncertain_ms,
                min(policy.day_minutes, policy.day_city_minutes),
            )
        self[key] = found
        return found


SimpleStay = tuple[ScanFact, ScanFact, int, int, Usual]
"""Sign-in, sign-out, local date of the sign-in, uncertainty of the length in ms, figures: every minute of it credited."""


def simple_stays(who: str, scans: Sequence[ScanFact], usuals: Usuals) -> list[SimpleStay] | None:
    """Give the stays of scans in order of time, or None where that takes all rules. A sign-in at the end is left out.

    Ins and outs must be in turn, by one person, beyond doubt, in the order that the merge would give. That order is sure
    where times strictly ascend, and in each log seqs too; then no entry is there twice either. No scan repeats another
    (B1), because one of the other direction always lies between.

    The hot path: each scan is taken apart once, by position, and nothing is made of it but its stay.
    """
    reference = usuals.reference
    if reference.revocations(who) or reference.has_shifts(who):
        return None
    stays: list[SimpleStay] = []
    seqs: dict[str, int] = {}
    before_ms, expected, left = -(2**63), IN, None
    days: _Days | None = None
    for scan in scans:
        (
            log, seq, _, forked, site, post, at_ms, within_ms, base, common_ms, _, wall_ms,
            direction, chosen, how, _, named, _, expires_s, apart, branch, more,
        ) = scan  # fmt: skip
        if (
            direction != expected
            or at_ms <= before_ms
            or not chosen
            or named != who
            or apart
            or forked
            or branch
            or more is not None
            or how != "card"
            or 0 < expires_s * 1000 < at_ms
            or seq <= seqs.get(log, -1)
        ):
            return None
        seqs[log] = seq
        before_ms = at_ms
        if expected is IN:
            day = (at_ms + LOCAL_AHEAD_MS) // DAY_MS
            found = usuals[site, post, day]
            if found is None:
                return None
            usual = found
        if base >= 0 and not -usual.note_ms <= wall_ms - at_ms <= usual.note_ms:
            return None
        if expected is IN:
            came, expected = scan, OUT
            in_site, in_log, in_ms = site, log, at_ms
            in_within, in_base, in_common = within_ms, base, common_ms
            continue
        within_ms += in_within
        if log == in_log and base == in_base:
            within_ms -= min(in_common, common_ms)
        if (
            site != in_site
            or not usual.short_ms <= at_ms - in_ms <= usual.most_ms
            or within_ms > usual.uncertain_ms
            or (
                left is not None
                and left.site != site
                and too_fast(left, came, usual.policy, reference)
            )
        ):
            return None
        if stays or not _is_by_day(usual, in_ms, at_ms):  # the days of most people's news: one stay
            days = days or _Days(stays)
            if not days.take(usual, in_ms, at_ms):
                return None
        stays.append((came, scan, day, within_ms, usual))
        left, expected = scan, IN
    return stays


def _is_by_day(usual: Usual, in_ms: int, out_ms: int) -> bool:
    """Tell whether a stay lies between 6:00 and 22:00 of a local date and is not too long for it: what `_Days` takes at first."""
    start = in_ms // MINUTE_MS
    minutes = out_ms // MINUTE_MS - start
    return minutes <= usual.minutes and (start - _SIX_UTC) % _DAY + minutes <= _SIXTEEN_HOURS


class _Days:
    """What rules about whole days (B7, B11, B15, F3) keep in mind from stay to stay. It gives way rather than judge."""

    __slots__ = ("day", "duty", "last_night", "minutes", "nights", "until_ms")

    def __init__(self, before: Sequence[SimpleStay]) -> None:
        """Begin behind these stays, which could be taken."""
        self.day = self.minutes = self.duty = self.nights = 0
        self.until_ms = self.last_night = -(2**63)
        for came, left, _, _, usual in before:
            self.take(usual, came.at_ms, left.at_ms)

    def take(self, usual: Usual, in_ms: int, out_ms: int) -> bool:
        """Take one more stay. Tell whether no such rule has anything to say about it."""
        policy = usual.policy
        start, end = in_ms // MINUTE_MS, out_ms // MINUTE_MS
        if in_ms - self.until_ms >= policy.rest_ms:
            self.duty = 0
        elif self.duty >= policy.duty_minutes:
            return False
        minutes = end - start
        self.duty += minutes
        self.until_ms = out_ms
        morning = (start - _SIX_UTC) // _DAY
        if end - _SIX_UTC - morning * _DAY > _SIXTEEN_HOURS:
            self._add_nights(morning, (end - 1 - _SIX_UTC) // _DAY)
            if self.nights >= policy.nights:
                return False
            return all(self._add(day, part) <= usual.minutes for day, part in by_day(start, end))
        if morning != self.day:  # between 6:00 and 22:00: one local date
            self.day, self.minutes = morning, minutes
            return minutes <= usual.minutes
        return self._add(morning, minutes) <= usual.minutes

    def _add(self, day: int, minutes: int) -> int:
        self.minutes = self.minutes + minutes if day == self.day else minutes
        self.day = day
        return self.minutes

    def _add_nights(self, first: int, last: int) -> None:
        self.nights = (self.nights if first <= self.last_night + 1 else 0) + last - first + 1
        self.last_night = last


def reconcile_simple(
    who: str, scans: Sequence[ScanFact], reference: Reference
) -> Reconciled | None:
    """Give what scans in order of time mean, or None where that takes all rules."""
    stays = simple_stays(who, scans, Usuals(reference))
    if stays is None:
        return None
    records: list[Record] = []
    postings: list[Posting] = []
    pieces: list[Piece] = []
    for came, left, began, within_ms, usual in stays:
        start, end = minute_of(came.at_ms), minute_of(left.at_ms)
        id_, site, minutes = came.hash, came.site, end - start
        records.append(
            Record(
                id_, who, site, came.post, came.at_ms, left.at_ms, within_ms,
                id_, left.hash, minutes, minutes, 0, 0,
                CARD, usual.version, False, False, tuple(sorted((id_, left.hash))),
            )
        )  # fmt: skip
        pieces.append(Piece(id_, start, end, CREDITED, ""))
        team, region = reference.team(who, began), usual.region
        for day, part in by_day(start, end):
            postings.append(Posting(who, id_, day, site, team, region, CREDITED, "", part))
    postings.sort(key=POSTING_ORDER)
    if len(scans) % 2 == 0:
        return Reconciled(records, [], postings, pieces)
    last = scans[-1]
    still_in = _still_in(who, last, reference.policy(last.site, day_of(last.at_ms)))
    if still_in is None:
        return None
    return Reconciled([*records, still_in[0]], [still_in[1]], postings, pieces)


def _still_in(who: str, came: ScanFact, policy: Policy) -> tuple[Record, Finding] | None:
    """Give the record that is still open and says so (B4), or None where another rule has something to say, too."""
    missing = b4(Case(who, Stay(came, None, None), policy))
    if missing is None or is_off(came, policy.clock_note_ms):
        return None
    id_ = came.hash
    record = Record(
        id_, who, came.site, came.post, came.at_ms, None, 0,
        id_, b"", 0, 0, 0, 0, CARD, policy.version, False, False, (id_,),
    )  # fmt: skip
    return record, missing
