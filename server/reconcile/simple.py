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
from server.reconcile.minutes import CREDITED, LOCAL_AHEAD_MS, by_day, day_of
from server.reconcile.pairing import IN, OUT, Stay
from server.reconcile.policy import DAY_MS, MINUTE_MS, Policy
from server.reconcile.rules.catalogue import Case
from server.reconcile.rules.clock import is_off
from server.reconcile.rules.sequence import b4

POSTING_ORDER = attrgetter("day", "record", "verdict", "cause")
"""The canonical order of postings."""


SimpleStay = tuple[ScanFact, ScanFact, int, int, int]
"""Sign-in, sign-out, uncertainty of the length in ms, first minute, end minute: all of it credited."""


def simple_stays(
    who: str, scans: Sequence[ScanFact], reference: Reference
) -> list[SimpleStay] | None:
    """Give the stays of scans in order of time, or None where that takes all rules. The hot path: one pass, no objects.

    Ins and outs must be in turn, by one person, beyond doubt, in the order that the merge would give. That order is sure
    where times strictly ascend, and in each log seqs too; then no entry is there twice either. No scan repeats another
    (B1), because one of the other direction always lies between.
    """
    if reference.revocations(who) or not _are_in_turn(who, scans):
        return None
    stays: list[SimpleStay] = []
    for came, left in zip(scans[::2], scans[1::2], strict=False):
        in_ms, out_ms, site = came.at_ms, left.at_ms, came.site
        policy = reference.policy(site, (in_ms + LOCAL_AHEAD_MS) // DAY_MS)
        within_ms = came.within_ms + left.within_ms
        if came.log == left.log and came.base == left.base:
            within_ms -= min(came.common_ms, left.common_ms)
        note_ms = policy.clock_note_ms
        if (
            site != left.site
            or not policy.short_ms <= out_ms - in_ms <= policy.open_ms_max
            or within_ms > policy.uncertain_ms
            or (came.base >= 0 and not -note_ms <= came.wall_ms - in_ms <= note_ms)
            or (left.base >= 0 and not -note_ms <= left.wall_ms - out_ms <= note_ms)
        ):
            return None
        stays.append((came, left, within_ms, in_ms // MINUTE_MS, out_ms // MINUTE_MS))
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
    for came, left, within_ms, start, end in stays:
        id_, site, minutes = came.hash, came.site, end - start
        records.append(
            Record(
                id_, who, site, came.post, came.at_ms, left.at_ms, within_ms,
                id_, left.hash, minutes, minutes, 0, 0,
            )
        )  # fmt: skip
        began = day_of(came.at_ms)
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


def _are_in_turn(who: str, scans: Sequence[ScanFact]) -> bool:
    seqs: dict[str, int] = {}
    before_ms = -(2**63)
    expected = IN
    for scan in scans:
        at_ms, log, seq = scan.at_ms, scan.log, scan.seq
        if (
            scan.direction != expected
            or at_ms <= before_ms
            or not scan.chosen
            or scan.who != who
            or scan.apart
            or scan.forked
            or scan.branch
            or 0 < scan.expires_s * 1000 < at_ms
            or seq <= seqs.get(log, -1)
        ):
            return False
        seqs[log] = seq
        before_ms = at_ms
        expected = OUT if expected is IN else IN
    return True


def _still_in(who: str, came: ScanFact, policy: Policy) -> tuple[Record, Finding] | None:
    """Give the record that is still open and says so (B4), or None where another rule has something to say, too."""
    missing = b4(Case(who, Stay(came, None, None), policy))
    if missing is None or is_off(came, policy.clock_note_ms):
        return None
    id_ = came.hash
    record = Record(id_, who, came.site, came.post, came.at_ms, None, 0, id_, b"", 0, 0, 0, 0)
    return record, missing
