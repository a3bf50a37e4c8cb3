"""Which scans showed a badge of a withdrawn key: read from the entries themselves, because facts as kept name no key (D3).

Keys are withdrawn next to never, so nothing is kept of a key with any scan; and nobody looks here until one was. Then only scans
from that moment on are looked up, by the key of the entries' table.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby

from sqlalchemy import Connection

from schemas.entry import Scan
from schemas.vocabulary import How
from server import bulk
from server.badges.signing_keys import KeyState
from server.people.roster import ASKED_AT_A_TIME
from server.reconcile.facts import More, ScanFact
from sync.canonical import understand

Keys = Mapping[bytes, bytes]
"""Hash of a scan → the withdrawn key (its id) that signed the badge."""


def withdrawn_keys(
    connection: Connection, numbers: Mapping[str, int], some: Iterable[Iterable[ScanFact]]
) -> Keys:
    """Find the scans among these that a badge of a withdrawn key made. numbers: of the logs, by name."""
    said = _said(connection)
    if not said:
        return {}
    gone = {key for key, _ in said}
    first_ms = min(from_ms for _, from_ms in said)
    late = sorted(
        (numbers[scan.log], scan.seq, scan.hash)
        for scan in chain.from_iterable(some)
        if scan.at_ms >= first_ms and scan.how == How.CARD
    )
    found: dict[bytes, bytes] = {}
    for log, rows in groupby(late, key=lambda row: row[0]):
        wanted = {entry: seq for _, seq, entry in rows}
        read = _read(connection, log, sorted(set(wanted.values())))
        found.update((entry, key) for entry, key in read if entry in wanted and key in gone)
    return found


def is_any_withdrawn(connection: Connection) -> bool:
    """Tell whether any badge key was ever withdrawn."""
    return bool(_said(connection))


def with_keys(scans: Sequence[ScanFact], keys: Keys) -> list[ScanFact]:
    """Give the scans, those of withdrawn keys with the key that they showed."""
    return [
        scan._replace(more=(scan.more or More())._replace(key=keys[scan.hash]))
        if scan.hash in keys
        else scan
        for scan in scans
    ]


def _said(connection: Connection) -> list[tuple[bytes, int]]:
    """Give the withdrawn keys and from when on."""
    rows = bulk.fetch(connection, _WITHDRAWN, (str(KeyState.WITHDRAWN),))
    return [(bytes(key), from_ms) for key, from_ms in rows]


def _read(connection: Connection, log: int, seqs: Sequence[int]) -> Iterable[tuple[bytes, bytes]]:
    """Give hash and badge key of the scans at these seqs of a log, whichever branch they lie on."""
    for start in range(0, len(seqs), ASKED_AT_A_TIME):
        some = seqs[start : start + ASKED_AT_A_TIME]
        query = _ENTRIES.format(seqs=", ".join("?" * len(some)))
        for entry_hash, body in bulk.fetch(connection, query, (log, *some)):
            entry = understand(bytes(body))
            if isinstance(entry, Scan):
                yield bytes(entry_hash), entry.key


_WITHDRAWN = "SELECT key, from_ms FROM badge_key WHERE state = ?"
_ENTRIES = "SELECT hash, body FROM log_entry WHERE log = ? AND seq IN ({seqs})"
