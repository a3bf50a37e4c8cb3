"""Revoke a log: its device was lost or stolen. It stands up to one of its entries; everything else of it is kept and held (A5).

Nothing is deleted, and entries go on being taken in, whenever they come: what they mean follows from the facts alone.
"""

from dataclasses import dataclass
from re import fullmatch
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from schemas.entry import Anchor, RevokeLog, Scan
from schemas.vocabulary import Code
from server import bulk
from server.books.derive.anchor_index import anchor_checker
from server.books.derive.revoked import held_rows
from server.books.derive.stored import Cut
from server.books.derive.timeline import read_anchor_rows
from server.central import Central
from server.database import Database
from server.intake.ingest import read_ranges
from server.intake.place import enrolled_at
from server.models.log import Log, LogEntry, LogRange, LogRevocation
from sync.errors import Refused
from sync.heads import is_forked
from sync.ids import LogId, genesis


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be revoked. seq, hash: the last entry that stands (None: found from `lost_ms`, or from the other).

    lost_ms: when the device was lost. by: who says so.
    """

    log: str
    lost_ms: int
    reason: str
    by: str = ""
    seq: int | None = None
    hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class RevokedLog:
    """Up to where a log stands now, and what that holds of what is here today.

    entries: held ones; scans, people: among them. already: it was revoked at this entry before, and nothing was done now.
    """

    log: str
    site: str
    seq: int
    hash: bytes
    from_ms: int
    entries: int
    scans: int
    people: int
    already: bool


class _Known(NamedTuple):
    """A log at the centre."""

    id: int
    key: bytes


def preview(database: Database, central: Central, wish: Wish) -> RevokedLog:
    """Say what revoking would hold; change nothing. Raise `Refused` as `revoke_log`."""
    _check_name(central, wish.log)
    with database.read() as connection:
        return _look(connection, central, wish)


def revoke_log(database: Database, central: Central, wish: Wish) -> RevokedLog:
    """Revoke a log at an entry. Doing it again changes nothing.

    Raise `Refused`: `unknown_log` for one that never came in, unless seq and hash are named; `not_found` for an entry that
    is not here or, of a log with branches, is not named by its hash.
    """
    _check_name(central, wish.log)
    with database.write_facts() as connection:
        held = select(Log.id).where(Log.name == wish.log).with_for_update()
        connection.execute(held)  # first the log, then the central one: as everybody does
        found = _look(connection, central, wish)
        if found.already:
            return found
        appended = central.append(
            connection,
            lambda b, m, d: RevokeLog(
                b, m, d, wish.log, found.seq, found.hash, wish.lost_ms, wish.reason, wish.by
            ),
        )
        row = (wish.log, appended.hash, found.seq, found.hash, wish.lost_ms)
        bulk.insert(connection, LogRevocation, [row])
        connection.execute(update(Log).where(Log.name == wish.log).values(version=Log.version + 1))
    return found


def _check_name(central: Central, name: str) -> None:
    if not fullmatch(r"[a-z2-7]{32}", name) or name == central.keys.central_log:
        raise Refused(Code.UNKNOWN_LOG, "不是签到机的日志编号 / not the id of a kiosk's log")


def _look(connection: Connection, central: Central, wish: Wish) -> RevokedLog:
    known = _known(connection, wish.log)
    cut = _cut(connection, central, known, wish)
    before = _revoked_at(connection, wish.log)
    place = enrolled_at(connection, wish.log)
    entries = scans = 0
    people: set[str] = set()
    for row in held_rows(connection, known.id, [cut]) if known else ():
        entries += 1
        if isinstance(row.entry, Scan):
            scans += 1
            people.add(row.entry.who)
    return RevokedLog(
        log=wish.log,
        site=place.site if place else "",
        seq=cut.seq,
        hash=cut.hash,
        from_ms=before.get(cut, wish.lost_ms),
        entries=entries,
        scans=scans,
        people=len(people - {""}),
        already=cut in before,
    )


def _known(connection: Connection, name: str) -> _Known | None:
    query = select(Log.id, Log.public_key).where(Log.name == name, Log.kind == "kiosk")
    row = connection.execute(query).one_or_none()
    return None if row is None else _Known(row.id, bytes(row.public_key))


def _revoked_at(connection: Connection, name: str) -> dict[Cut, int]:
    query = select(LogRevocation.seq, LogRevocation.hash, LogRevocation.from_ms)
    rows = connection.execute(query.where(LogRevocation.log == name))
    return {Cut(seq, bytes(entry_hash)): from_ms for seq, entry_hash, from_ms in rows}


def _cut(connection: Connection, central: Central, known: _Known | None, wish: Wish) -> Cut:
    """Give the entry up to which the log is to stand."""
    if wish.seq is not None and wish.hash is not None:
        return Cut(wish.seq, wish.hash)
    if known is None:
        words = "没有收到过这个日志 / no such log came in: name --seq and --hash"
        raise Refused(Code.UNKNOWN_LOG, words)
    if wish.seq == 0:
        return Cut(0, genesis(known.key))
    if wish.seq is not None:
        return _entry_at(connection, known.id, wish.seq)
    before = _revoked_at(connection, wish.log)  # revoked once, it need not be told again where
    return min(before) if before else _last_contact(connection, central, known, wish)


def _entry_at(connection: Connection, log: int, seq: int) -> Cut:
    query = select(LogEntry.hash).where(LogEntry.log == log, LogEntry.seq == seq)
    found = sorted(bytes(entry_hash) for entry_hash in connection.scalars(query))
    if len(found) == 1:
        return Cut(seq, found[0])
    here = ", ".join(entry_hash.hex() for entry_hash in found) or "—"
    words = f"请用 --hash 指明 / name the entry by its --hash; at seq {seq}: {here}"
    raise Refused(Code.NOT_FOUND, words)


def _last_contact(connection: Connection, central: Central, known: _Known, wish: Wish) -> Cut:
    """Give the last contact with this server before the loss: until then it was where it belonged. None: nothing stands."""
    if is_forked(read_ranges(connection, known.id)):
        words = (
            "日志有分叉，请用 --seq 和 --hash 指明 / the log has branches: name --seq and --hash"
        )
        raise Refused(Code.NOT_FOUND, words)
    query = select(func.coalesce(func.max(LogRange.last), 0)).where(LogRange.log == known.id)
    is_ours = anchor_checker(central.keys.identity_public)
    found = Cut(0, genesis(known.key))
    for row in read_anchor_rows(connection, known.id, 1, connection.scalar(query) or 0):
        anchor = row.entry
        if isinstance(anchor, Anchor) and anchor.server_ms <= wish.lost_ms:
            found = Cut(row.seq, row.hash) if is_ours(anchor, LogId(wish.log)) else found
    return found
