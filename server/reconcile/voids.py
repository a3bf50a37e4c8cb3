"""What takes an entry back: within seconds it never was, later it still counts and waits for a person (RULES, Void)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.reconcile.facts import More, ScanFact, VoidFact
from server.reconcile.pairing import Figures


class Voided(NamedTuple):
    """What voids did. undone: entries that are out, with the void. doubted: entries that count and are held, by hash."""

    undone: list[tuple[ScanFact, VoidFact]]
    doubted: dict[bytes, VoidFact]


def void(
    scans: Sequence[ScanFact], voids: Iterable[VoidFact], figures: Figures
) -> tuple[list[ScanFact], Voided]:
    """Take out what was undone; give what is left, and what was done. Of several voids of one entry the first that does counts.

    A void says nothing where it names no scan or attest before it in its own log, or comes late without a lead or a reason.
    """
    named: dict[bytes, list[VoidFact]] = {}
    for one in sorted(set(voids), key=lambda one: (one.log, one.seq, one.hash)):
        named.setdefault(one.target, []).append(one)
    if not named:
        return list(scans), Voided([], {})
    left: list[ScanFact] = []
    done = Voided([], {})
    for scan in scans:
        about = [one for one in named.get(scan.hash, ()) if one.log == scan.log]
        undo, doubt = _effect(scan, [one for one in about if one.seq > scan.seq], figures)
        if undo is not None:
            done.undone.append((scan, undo))
            continue
        left.append(scan)
        if doubt is not None:
            done.doubted[scan.hash] = doubt
    return left, done


def _effect(
    scan: ScanFact, voids: Sequence[VoidFact], figures: Figures
) -> tuple[VoidFact | None, VoidFact | None]:
    """Give the first void that undoes this entry, and the first that puts it in doubt."""
    if not voids:
        return None, None
    until_ms = written_ms(scan) + figures(scan).undo_ms
    undo = next((one for one in voids if one.at_ms <= until_ms), None)
    return undo, next((one for one in voids if one.by and one.reason), None)


def written_ms(scan: ScanFact) -> int:
    """Give the corrected time at which an entry was written: of an attest, not the time that it states."""
    more = scan.more or More()
    return more.written_ms if more.stated else scan.at_ms
