"""What revocations of logs mean: a log stands up to its cut; above it, and on other branches, its entries are held (A5).

Pure in the set of facts: whether the revocation or the entries came first means nothing.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from server.books.stored import Cut
from server.books.timeline import WINDOW_ENTRIES, Row, read_branches, read_rows
from server.intake.ingest import read_ranges
from server.models.log import Log, LogEntry, LogRevocation
from sync.heads import gaps, is_forked


def read_cuts(connection: Connection) -> dict[str, tuple[Cut, ...]]:
    """Give up to where each revoked log stands, in order: of several revocations all hold."""
    query = select(LogRevocation.log, LogRevocation.seq, LogRevocation.hash)
    cuts: dict[str, set[Cut]] = {}
    for log, seq, entry_hash in connection.execute(query):
        cuts.setdefault(log, set()).add(Cut(seq, bytes(entry_hash)))
    return {log: tuple(sorted(found)) for log, found in cuts.items()}


def stands(cuts: Sequence[Cut], seq: int, entry_hash: bytes) -> bool:
    """Tell whether an entry of a log without branches stands."""
    return all(seq < cut.seq or (seq, entry_hash) == cut for cut in cuts)


def held_on_branches(cuts: Sequence[Cut], paths: Sequence[Sequence[Row]]) -> set[bytes]:
    """Give the hashes of a forked log's entries that lie above a cut, or on another branch than its own.

    Where the cut's own entry is not held, nobody knows its branch: then what lies below it and before the fork stands.
    """
    held: set[bytes] = set()
    trunk = set.intersection(*({row.hash for row in path} for path in paths)) if paths else set()
    for seq, entry_hash in cuts:
        own = [path for path in paths if any((r.seq, r.hash) == (seq, entry_hash) for r in path)]
        stand = {r.hash for path in own for r in path if r.seq <= seq}
        if not own:
            stand = {r.hash for path in paths for r in path if r.seq < seq and r.hash in trunk}
        held |= {row.hash for path in paths for row in path} - stand
    return held


def held_rows(connection: Connection, log: int, cuts: Sequence[Cut]) -> Iterator[Row]:
    """Give the entries that these cuts hold, a window at a time."""
    ranges = read_ranges(connection, log)
    last = max((held.last for held in ranges), default=0)
    if is_forked(ranges):
        paths = read_branches(connection, log, last)
        held = held_on_branches(cuts, paths)
        yield from {r.hash: r for path in paths for r in path if r.hash in held}.values()
        return
    start = max(1, min((cut.seq for cut in cuts), default=last + 1))
    for first in range(start, last + 1, WINDOW_ENTRIES):
        rows = read_rows(connection, log, first, min(first + WINDOW_ENTRIES - 1, last))
        yield from (row for row in rows if not stands(cuts, row.seq, row.hash))


def held_to_their_cut(connection: Connection) -> set[str]:
    """Give the revoked logs of which all that stands is held: nothing more is waited for (RULES, "Completeness")."""
    cuts = read_cuts(connection)
    return {name for name, found in cuts.items() if _is_whole(connection, name, min(found))}


def _is_whole(connection: Connection, name: str, cut: Cut) -> bool:
    if cut.seq == 0:
        return True
    log = connection.scalar(select(Log.id).where(Log.name == name))
    if log is None or not _is_held(connection, log, cut):
        return False
    ranges = read_ranges(connection, log)
    if not is_forked(ranges):
        return not any(first <= cut.seq for first, _ in gaps(ranges))
    for path in read_branches(connection, log, cut.seq):
        if (path[-1].seq, path[-1].hash) == cut:
            return [row.seq for row in path] == list(range(1, cut.seq + 1))
    return False


def _is_held(connection: Connection, log: int, cut: Cut) -> bool:
    query = select(LogEntry.hash).where(LogEntry.log == log, LogEntry.seq == cut.seq)
    return cut.hash in {bytes(found) for found in connection.scalars(query)}
