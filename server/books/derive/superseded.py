"""What successors and revocations mean: an ended log is waited for no more, a pending one keeps dates open (RULES).

A log has ended if each of its branches ends where a proved successor says, and the centre holds it up to there; or if it was
revoked, and all that stands of it is held. Everything is read in a few questions, however many logs forked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, select

from schemas.entry import Anchor, Succeed
from server import bulk
from server.books.derive.revoked import Heads, Held, is_whole
from server.books.derive.stored import Cut
from server.intake.place import PREDECESSORS_MAX
from server.models.derived import LogState
from server.models.log import Enrolment, Log, LogEntry, LogRange
from server.people.roster import in_parts
from sync.canonical import understand
from sync.heads import Range
from sync.ids import EntryHash, LogId
from sync.succession import SUCCEED_SEQ, is_proved

_TAG = b"\xa7succeed"
FIRST_ENTRIES = 16
"""Entries looked through for when a pending log began."""


class Waiting(NamedTuple):
    """A pending log: the site where its predecessor belongs, and the time over which it is known to have recorded (0: open)."""

    site: str
    from_ms: int
    to_ms: int
    log: str


class Said(NamedTuple):
    """A proved `succeed` entry: the successor, and where it says that its predecessor ended."""

    successor: int
    name: str
    entry: Succeed


@dataclass(frozen=True, slots=True)
class Ends:
    """said: by every proved successor. superseded: logs that ended so. cut: revoked ones that are held up to where they stand.

    cuts: of every revoked log, held or not.
    """

    said: Sequence[Said]
    superseded: frozenset[str]
    cut: frozenset[str]
    cuts: Mapping[str, Sequence[Cut]]

    @property
    def done(self) -> frozenset[str]:
        """Give the logs that go on nowhere: all that was recorded in them, and stands, is held."""
        return self.superseded | self.cut


def read_ends(connection: Connection) -> Ends:
    """Read which logs have ended."""
    told, cuts = _told(connection)
    logs = _named(connection, {each.entry.log for each in told} | cuts.keys())
    said = [each for each in told if _is_proved(each, logs)]
    named: dict[str, Heads] = {}
    for each in said:
        named.setdefault(each.entry.log, set()).add((each.entry.seq, each.entry.hash))
    wanted = {(logs[name].number, seq) for name, found in named.items() for seq, _ in found}
    wanted |= {(logs[name].number, min(found).seq) for name, found in cuts.items() if name in logs}
    held = _held(connection, wanted)
    superseded = {name for name, found in named.items() if _is_whole(logs[name], found, held)}
    cut = {
        name
        for name, found in cuts.items()
        if min(found).seq == 0
        or (name in logs and is_whole(connection, logs[name], min(found), held))
    }
    return Ends(said, frozenset(superseded), frozenset(cut), cuts)


def waiting(connection: Connection, ends: Ends) -> list[Waiting]:
    """Give the pending logs."""
    names = {name for each in ends.said for name in (each.name, each.entry.log)}
    sites = _sites(connection, names)
    before: dict[str, str] = {}
    for each in ends.said:
        before.setdefault(each.name, each.entry.log)
    pending = [
        (each, site)
        for each in ends.said
        if each.name not in sites and (site := _place(each.name, before, sites, ends.cuts))
    ]
    known = _known(connection, [each.successor for each, _ in pending])
    return [
        Waiting(site, _since_ms(each, known), known[each.successor][1], each.name)
        for each, site in pending
    ]


def _told(connection: Connection) -> tuple[list[Said], dict[str, tuple[Cut, ...]]]:
    """Give every `succeed` entry, proved or not, and up to where each revoked log stands: of several revocations all hold."""
    said: list[Said] = []
    cuts: dict[str, set[Cut]] = {}
    for number, name, seq, entry_hash, body in bulk.fetch(
        connection, _SAID, (SUCCEED_SEQ, len(_TAG), _TAG)
    ):
        if body is None:
            cuts.setdefault(name, set()).add(Cut(seq, bytes(entry_hash)))
        elif isinstance(entry := understand(bytes(body)), Succeed):
            said.append(Said(number, name, entry))
    return said, {log: tuple(sorted(found)) for log, found in cuts.items()}


def _named(connection: Connection, names: Collection[str]) -> dict[str, Held]:
    """Give these logs with what is held of them."""
    asked = (
        select(Log.name, Log.id, Log.kind, Log.public_key)
        .add_columns(LogRange.first, LogRange.last, LogRange.previous, LogRange.head)
        .outerjoin(LogRange, LogRange.log == Log.id)
        .order_by(Log.id, LogRange.first, LogRange.last)
    )
    found: dict[str, Held] = {}
    for some in in_parts(sorted(names)):
        rows = connection.execute(asked.where(Log.name.in_(some)))
        for (name, number, kind, key), own in groupby(rows, key=lambda row: tuple(row[:4])):
            ranges = [
                Range(first, last, EntryHash(bytes(previous)), EntryHash(bytes(head)))
                for *_, first, last, previous, head in own
                if first is not None
            ]
            found[name] = Held(number, kind, bytes(key), ranges)
    return found


def _is_proved(said: Said, logs: Mapping[str, Held]) -> bool:
    log = logs.get(said.entry.log)
    return (
        log is not None and log.kind == "kiosk" and is_proved(said.entry, LogId(said.name), log.key)
    )


def _held(
    connection: Connection, wanted: Collection[tuple[int, int]]
) -> set[tuple[int, int, bytes]]:
    """Give the entries (log, seq, hash) that are held at these seqs of logs."""
    found: set[tuple[int, int, bytes]] = set()
    for some in in_parts(sorted(wanted)):
        query = _HELD.format(wanted=", ".join(["(?, ?)"] * len(some)))
        rows = bulk.fetch(connection, query, tuple(chain.from_iterable(some)))
        found |= {(log, seq, bytes(entry_hash)) for log, seq, entry_hash in rows}
    return found


def _is_whole(log: Held, heads: Heads, held: Collection[tuple[int, int, bytes]]) -> bool:
    inner = {each.previous for each in log.ranges}
    tips = {(each.last, bytes(each.head)) for each in log.ranges if each.head not in inner}
    return tips <= heads and all(
        (seq, entry_hash) in tips or seq == 0 or (log.number, seq, entry_hash) in held
        for seq, entry_hash in heads
    )


def _sites(connection: Connection, names: Collection[str]) -> dict[str, str]:
    """Give the site at which each of these logs was enrolled last; those that never were are left out."""
    found: dict[str, str] = {}
    asked = select(Enrolment.log, Enrolment.site).order_by(Enrolment.from_ms)
    for some in in_parts(sorted(names)):
        rows = connection.execute(asked.where(Enrolment.log.in_(some)))
        found.update((row.log, row.site) for row in rows)
    return found


def _place(
    name: str, before: Mapping[str, str], sites: Mapping[str, str], revoked: Collection[str]
) -> str:
    """Give the site of the enrolled log that a pending one succeeds, "" if there is none: as `server.intake.place` finds it."""
    for _ in range(PREDECESSORS_MAX + 1):
        if not name or name in revoked:
            return ""
        if name in sites:
            return sites[name]
        name = before.get(name, "")
    return ""


_Known = Mapping[int, tuple[Sequence[bytes], int]]
"""The first entries of a log, and its frontier (0: unknown)."""


def _known(connection: Connection, logs: Sequence[int]) -> _Known:
    asked = (
        select(LogEntry.log, LogEntry.body, LogState.frontier_ms)
        .outerjoin(LogState, LogState.log == LogEntry.log)
        .where(LogEntry.seq <= FIRST_ENTRIES)
        .order_by(LogEntry.log, LogEntry.seq, LogEntry.hash)
    )
    found: dict[int, tuple[Sequence[bytes], int]] = {}
    for some in in_parts(logs):
        rows = connection.execute(asked.where(LogEntry.log.in_(some)))
        for log, own in groupby(rows, key=itemgetter(0)):
            told = [(bytes(body), frontier or 0) for _, body, frontier in own]
            found[log] = [body for body, _ in told], told[0][1]
    return found


def _since_ms(said: Said, known: _Known) -> int:
    """Give when a pending log began: the server's time of its first contact or, without one, its own clock's."""
    entries = (understand(body) for body in known[said.successor][0])
    told = (entry.server_ms for entry in entries if isinstance(entry, Anchor))
    return next(told, said.entry.wall_ms)


_HELD = (
    "SELECT e.log, e.seq, e.hash FROM (VALUES {wanted}) w "
    "JOIN log_entry e ON e.log = w.column1 AND e.seq = w.column2"
)
_SAID = (  # log by log, which CROSS says to SQLite: the log's entries have no index by `seq` alone
    "SELECT l.id, l.name, e.seq, e.hash, e.body FROM log l CROSS JOIN log_entry e "
    "WHERE e.log = l.id AND l.kind = 'kiosk' AND e.seq = ? AND substr(e.body, 2, ?) = ? "
    "UNION ALL SELECT 0, log, seq, hash, NULL FROM log_revocation ORDER BY 2, 4"
)
