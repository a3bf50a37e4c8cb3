"""How derived facts are packed into rows, and read back: compact tuples, one definition for both ways."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from server.reconcile.facts import More, ScanFact

pack = msgspec.msgpack.Encoder().encode
"""Packs any of the tuples here."""


USUAL_GRADE = "B"
"""The grade of a record with two signed cards (E1)."""


class StoredScan(NamedTuple):
    """What is kept of a scan: of `ScanFact` all but the person and what follows from where the log is enrolled.

    log: the number of the log, not its name. stands: it is not walked apart (A5). named: the number that was scanned, where
    it is not the one that the person keeps (D5).
    """

    log: int
    seq: int
    hash: bytes
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
    serial: int
    expires_s: int
    branch: bytes
    stands: bool = True
    named: str = ""
    more: More | None = None


_unpack_scans = msgspec.msgpack.Decoder(list[StoredScan]).decode


class Place(NamedTuple):
    """Where a log was enrolled from `from_ms` to `to_ms` (0: open)."""

    from_ms: int
    to_ms: int
    site: str
    post: str


class Cut(NamedTuple):
    """A log was revoked: it stands up to the entry `seq` with this hash."""

    seq: int
    hash: bytes


class KioskLog(NamedTuple):
    """A kiosk's log: its number, its name, where it was enrolled, in order, and up to where it stands, if it was revoked."""

    number: int
    name: str
    places: tuple[Place, ...]
    cuts: tuple[Cut, ...] = ()

    def place_at(self, at_ms: int) -> Place | None:
        """Give its place at a time: what came before its first enrolment belongs to the first (None: never enrolled)."""
        found = self.places[0] if self.places else None
        for place in self.places[1:]:
            if place.from_ms <= at_ms:
                found = place
        return found


def pack_scans(scans: Iterable[ScanFact], numbers: Mapping[str, int]) -> bytes:
    """Pack scans of a person. numbers: of the logs, by name. Fields are taken apart by position: the hot path."""
    kept = []
    for (
        log, seq, entry_hash, _, _, post, at_ms, within_ms, base, common_ms, raw_ms, wall_ms,
        direction, chosen, how, state, _, serial, expires_s, apart, branch, more,
    ) in scans:  # fmt: skip
        one = (
            numbers[log], seq, entry_hash, post, at_ms, within_ms, base, common_ms, raw_ms, wall_ms,
            direction, chosen, how, state, serial, expires_s, branch, apart != "A5",
        )  # fmt: skip
        kept.append(one if more is None else (*one, "", more))
    return pack(kept)


def pack_for(who: str, scans: Sequence[ScanFact], numbers: Mapping[str, int]) -> bytes:
    """Pack scans of a person who keeps the number `who`, whatever numbers were scanned."""
    facts = pack_scans(scans, numbers)
    if all(scan.who == who for scan in scans):
        return facts
    kept = zip(_unpack_scans(facts), scans, strict=True)
    return pack([one._replace(named=scan.who) for one, scan in kept])


def unpack_scans(who: str, logs: Mapping[int, KioskLog], facts: bytes) -> list[ScanFact]:
    """Give the facts of a row, each with the site that its log belonged to at that time."""
    return [_fact(who, logs[kept.log], kept) for kept in _unpack_scans(facts)]


def _fact(who: str, log: KioskLog, kept: StoredScan) -> ScanFact:
    place = log.place_at(kept.at_ms)
    return ScanFact(
        log.name,
        kept.seq,
        kept.hash,
        kept.branch != b"",
        place.site if place else "",
        *kept[3:14],
        kept.named or who,
        kept.serial,
        kept.expires_s,
        "" if place and kept.stands else "A5",
        kept.branch,
        kept.more,
    )


def judged_text(grade: str, policy: str, *, decided: bool = False, changed: bool = False) -> str:
    """Say how a record was judged: its grade, whether it was decided and that has changed, its policy. "" for the usual."""
    if grade == USUAL_GRADE and not policy and not decided and not changed:
        return ""
    return f"{grade}{int(decided)}{int(changed)}{policy}"


class Judgement(NamedTuple):
    """How a record was judged, as `judged_text` says it."""

    grade: str
    decided: bool
    changed: bool
    policy: str


def read_judged(text: str) -> Judgement:
    """Read what `judged_text` wrote."""
    if not text:
        return Judgement(USUAL_GRADE, decided=False, changed=False, policy="")
    return Judgement(text[0], text[1] == "1", text[2] == "1", text[3:])


class StoredAnchor(NamedTuple):
    """An anchor whose signature was checked."""

    boot: bytes
    mid_ms: int
    server_ms: int
    half_ms: int


class StoredCode(NamedTuple):
    """A code that named nobody."""

    hash: bytes
    at_ms: int
    state: str


unpack_anchor = msgspec.msgpack.Decoder(StoredAnchor).decode
unpack_code = msgspec.msgpack.Decoder(StoredCode).decode
