"""All of a person's scans, walked: what stands, and apart from it what does not (A5, D3); which entry belongs to which record."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from server.reconcile.facts import Reference, ScanFact
from server.reconcile.order import Branch, branches, stretches
from server.reconcile.pairing import Outdone, Repeat, Stay, last_stated, walk
from server.reconcile.pinned import Pinned
from server.reconcile.rules.arrival import Beaten, a2_beaten
from server.reconcile.rules.identity import is_revoked, is_withdrawn


class Walks(NamedTuple):
    """What both walks found. stays: by beginning and id. belongs: entry → id of the record that contains it."""

    stays: list[Stay]
    repeats: list[Repeat]
    beaten: list[Beaten]
    outdone: list[Outdone]
    lone_outs: list[ScanFact]
    belongs: dict[bytes, bytes]


def walk_all(scans: Sequence[ScanFact], pinned: Pinned) -> Walks:
    """Walk a person's scans, each entry once, that no void took out."""
    _pin_sign_outs(scans, pinned)
    judged = [_judged(scan, pinned.of(scan.hash)) for scan in scans]
    found = Walks([], [], [], [], [], {})
    for apart in (False, True):
        part = [scan for scan in judged if bool(scan.apart) == apart]
        if part:
            _walk_into(found, part, pinned)
    found.stays.sort(key=lambda stay: (stay.opened.at_ms, stay.opened.hash))
    _find_belongings(found)
    return found


def _judged(scan: ScanFact, reference: Reference) -> ScanFact:
    """Mark a scan by a revoked badge, or by one of a withdrawn key, to be walked apart (D3)."""
    revocations = reference.revocations(scan.who)
    is_bad = (revocations and is_revoked(scan, revocations)) or is_withdrawn(scan, reference)
    return scan._replace(apart="D3") if is_bad and not scan.apart else scan


def _pin_sign_outs(scans: Sequence[ScanFact], pinned: Pinned) -> None:
    """Let the sign-outs of decided and frozen records be judged by the revocations of then; needed only if there are any."""
    is_any = any(pinned.latest.revocations(who) for who in {scan.who for scan in scans})
    if not is_any and not any(scan.more and scan.more.key for scan in scans):
        return
    for order in sorted(pinned.orders()):
        then = Pinned(pinned.before(order), (), ())
        found = Walks([], [], [], [], [], {})
        judged = [_judged(scan, then.latest) for scan in scans]
        _walk_into(found, [scan for scan in judged if not scan.apart], then)
        for stay in found.stays:
            if stay.closed is not None and pinned.order(stay.opened.hash) == order:
                pinned.pin(stay.closed.hash, order)


def _walk_into(found: Walks, scans: Sequence[ScanFact], pinned: Pinned) -> None:
    left, outdone = last_stated(scans)
    parts = [branches(stretch) for stretch in stretches(left)]
    beaten = [pair for stretch in parts for pair in a2_beaten(stretch)]
    if beaten:
        lost = {pair.scan.hash for pair in beaten}
        parts = [[_without(part, lost) for part in stretch] for stretch in parts]
    walked = walk(parts, pinned.figures)
    found.stays.extend(walked.stays)
    found.repeats.extend(walked.repeats)
    found.beaten.extend(beaten)
    found.outdone.extend([*outdone, *walked.outdone])
    found.lone_outs.extend(walked.lone_outs)


def _without(part: Branch, lost: Collection[bytes]) -> Branch:
    return part._replace(scans=[scan for scan in part.scans if scan.hash not in lost])


def _find_belongings(found: Walks) -> None:
    """Find the record of each entry: of those that count for nothing themselves that of the entry that counts for them."""
    belongs = found.belongs
    for stay in found.stays:
        belongs[stay.opened.hash] = stay.opened.hash
        if stay.closed is not None:
            belongs[stay.closed.hash] = stay.opened.hash
    pairs: Iterable[tuple[ScanFact, ScanFact]] = chain(found.repeats, found.beaten, found.outdone)
    counted = {scan.hash: other.hash for scan, other in pairs}
    for entry in counted:
        end = entry
        while end not in belongs and end in counted:
            end = counted[end]
        if end in belongs:
            belongs[entry] = belongs[end]
