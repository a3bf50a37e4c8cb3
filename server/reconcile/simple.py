"""The usual history, in one pass: chosen ins and outs in turn, each stay at one site, nothing for a rule to say but B4.

It must give exactly what all rules give (a test compares them on random histories) or give way: it never decides a doubtful
case. It exists because most people are like this, and ingest waits for it.
"""

from collections.abc import Sequence
from operator import attrgetter

from server.reconcile.facts import (
    Finding,
    Posting,
    Reconciled,
    Record,
    Reference,
    ScanFact,
)
from server.reconcile.minutes import CREDITED, LOCAL_AHEAD_MS, by_day, day_of, minute_of
from server.reconcile.pairing import IN, OUT, Stay
from server.reconcile.policy import DAY_MS, Policy
from server.reconcile.rules.catalogue import Case
from server.reconcile.rules.clock import is_off
from server.reconcile.rules.sequence import b4

POSTING_ORDER = attrgetter("day", "record", "verdict", "cause")
"""The canonical order of postings."""


SimpleStay = tuple[ScanFact, ScanFact, int, int]
"""Sign-in, sign-out, local date of the sign-in, uncertainty of the length in ms: every minute of it credited."""


def simple_stays(
    who: str, scans: Sequence[ScanFact], reference: Reference
) -> list[SimpleStay] | None:
    """Give the stays of scans in order of time, or None where that takes all rules. A sign-in at the end is left out.

    Ins and outs must be in turn, by one person, beyond doubt, in the order that the merge would give. That order is sure
    where times strictly ascend, and in each log seqs too; then no entry is there twice either. No scan repeats another
    (B1), because one of the other direction always lies between.

    The hot path: each scan is taken apart once, by position, and nothing is made of it but its stay.
    """
    if reference.revocations(who):
        return None
    stays: list[SimpleStay] = []
    seqs: dict[str, int] = {}
    before_ms, expected = -(2**63), IN
    in_site, in_log, in_ms, in_within, in_base, in_common = "", "", 0, 0, 0, 0
    policy, day = None, 0
    for scan in scans:
        (
            log, seq, _, forked, site, _, at_ms, within_ms, base, common_ms, _, wall_ms,
            direction, chosen, _, _, named, _, expires_s, apart, branch, more,
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
            or 0 < expires_s * 1000 < at_ms
            or seq <= seqs.get(log, -1)
        ):
            return None
        seqs[log] = seq
        before_ms = at_ms
        if policy is None:
            day = (at_ms + LOCAL_AHEAD_MS) // DAY_MS
            policy = reference.policy(site, day)
        note_ms = policy.clock_note_ms
        if base >= 0 and not -note_ms <= wall_ms - at_ms <= note_ms:
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
            or not policy.short_ms <= at_ms - in_ms <= policy.open_ms_max
            or within_ms > policy.uncertain_ms
        ):
            return None
        stays.append((came, scan, day, within_ms))
        policy, expected = None, IN
    return stays


def reconcile_simple(
    who: str, scans: Sequence[ScanFact], reference: Reference
) -> Reconciled | None:
    """Give what scans in order of time mean, or None where that takes all rules."""
    stays = simple_stays(who, scans, reference)
    if stays is None:
        return None
    records: list[Record] = []
    postings: list[Posting] = []
    for came, left, began, within_ms in stays:
        start, end = minute_of(came.at_ms), minute_of(left.at_ms)
        id_, site, minutes = came.hash, came.site, end - start
        records.append(
            Record(
                id_, who, site, came.post, came.at_ms, left.at_ms, within_ms,
                id_, left.hash, minutes, minutes, 0, 0,
            )
        )  # fmt: skip
        team, region = reference.team(who, began), reference.region(site, began)
        for day, part in by_day(start, end):
            postings.append(Posting(who, id_, day, site, team, region, CREDITED, "", part))
    postings.sort(key=POSTING_ORDER)
    if len(scans) % 2 == 0:
        return Reconciled(records, [], postings)
    last = scans[-1]
    still_in = _still_in(who, last, reference.policy(last.site, day_of(last.at_ms)))
    if still_in is None:
        return None
    return Reconciled([*records, still_in[0]], [still_in[1]], postings)


def _still_in(who: str, came: ScanFact, policy: Policy) -> tuple[Record, Finding] | None:
    """Give the record that is still open and says so (B4), or None where another rule has something to say, too."""
    missing = b4(Case(who, Stay(came, None, None), policy))
    if missing is None or is_off(came, policy.clock_note_ms):
        return None
    id_ = came.hash
    record = Record(id_, who, came.site, came.post, came.at_ms, None, 0, id_, b"", 0, 0, 0, 0)
    return record, missing
