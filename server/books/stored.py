"""How derived facts are packed into rows, and read back: compact tuples, one definition for both ways."""

from typing import NamedTuple

import msgspec

from schemas.entry import Scan
from server.reconcile.facts import ScanFact
from sync.clock import Instant

_pack = msgspec.msgpack.Encoder().encode


class StoredScan(NamedTuple):
    """What a row of `person_scan` keeps beside its key: the entry's hash, its corrected time, what the badge said.

    branch: what tells a forked log's branches apart, b"" on the trunk.
    """

    hash: bytes
    branch: bytes
    at_ms: int
    within_ms: int
    base: int
    common_ms: int
    raw_ms: int
    wall_ms: int
    post: str
    direction: str
    chosen: int
    how: str
    state: str
    serial: int
    expires_s: int


_unpack_scan = msgspec.msgpack.Decoder(StoredScan).decode


def pack_scan(scan: Scan, entry_hash: bytes, branch: bytes, instant: Instant) -> bytes:
    """Pack a scan that named a person."""
    return _pack(
        (
            entry_hash,
            branch,
            *instant,
            scan.mono_ms + scan.lead_ms,
            scan.post,
            scan.direction,
            scan.chosen,
            scan.how,
            scan.state,
            scan.serial,
            scan.expires_s,
        )
    )


class Place(NamedTuple):
    """Where a log was enrolled from `from_ms` to `to_ms` (0: open)."""

    from_ms: int
    to_ms: int
    site: str
    post: str


def place_at(places: tuple[Place, ...], at_ms: int) -> Place | None:
    """Give the place of a log at a time: what came before its first enrolment belongs to the first (None: never enrolled)."""
    found = places[0] if places else None
    for place in places[1:]:
        if place.from_ms <= at_ms:
            found = place
    return found


def unpack_scan(who: str, log: str, places: tuple[Place, ...], seq: int, fact: bytes) -> ScanFact:
    """Give the fact of a row, with the site that its log belonged to at that time (A5: none)."""
    stored = _unpack_scan(fact)
    place = place_at(places, stored.at_ms)
    return ScanFact(
        log,
        seq,
        stored.hash,
        stored.branch != b"",
        place.site if place else "",
        stored.post or (place.post if place else ""),
        stored.at_ms,
        stored.within_ms,
        stored.base,
        stored.common_ms,
        stored.raw_ms,
        stored.wall_ms,
        stored.direction,
        stored.chosen == 1,
        stored.how,
        stored.state,
        who,
        stored.serial,
        stored.expires_s,
        "" if place else "A5",
        stored.branch,
    )


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


class StoredFrontier(NamedTuple):
    """A frontier: everything before `until_ms` is in the log."""

    until_ms: int


pack = _pack
"""Packs any of the tuples above."""

unpack_anchor = msgspec.msgpack.Decoder(StoredAnchor).decode
unpack_code = msgspec.msgpack.Decoder(StoredCode).decode
unpack_frontier = msgspec.msgpack.Decoder(StoredFrontier).decode
