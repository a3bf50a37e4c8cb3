"""Merge, unmerge, accept: who is who, as a fact (D4, D5). Their records are derived anew as those of one person, or of two."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.central_entry import Accept, Merge, Unmerge
from schemas.vocabulary import Code
from server.books import central_rows
from server.books.decisions.actor import Actor
from server.books.derive.identities import Identities, read_identities
from server.books.derive.queue import queue_people
from server.central import Central
from server.database import Database
from server.models.decision import Merger, MergerEnd
from server.models.volunteer import Volunteer
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Merged:
    """Two numbers that are one person. entry: hash of what says so. already: it was said before."""

    number: str
    into: str
    entry: str
    already: bool


def merge(
    database: Database,
    central: Central,
    actor: Actor,
    who: str,
    into: str,
    why: str,
    second: str = "",
) -> Merged:
    """Say that `who` is the same person as `into`, who keeps the number. Doing it again changes nothing.

    Raise `Refused`: `not_found` for a number of nobody, `same_person`, `own_hours`, `second_needed`.
    """
    entry = Merge(*central_rows.UNSTAMPED, who, into, why, actor.number, second)
    if second == actor.number:
        raise Refused(Code.SECOND_NEEDED, "需要另一人复核 / another person has to look, too")
    return _join(database, central, entry, {actor.number, second} - {""})


def accept_walk_in(
    database: Database, central: Central, actor: Actor, who: str, into: str, why: str = ""
) -> Merged:
    """Say that the walk-in with the temporary number `who` is the volunteer `into` (D4). As `merge`."""
    entry = Accept(*central_rows.UNSTAMPED, who, into, why, actor.number)
    return _join(database, central, entry, {actor.number})


def unmerge(
    database: Database, central: Central, actor: Actor, prefix: str, why: str, second: str = ""
) -> Merged:
    """Take a merge or an accept back, by its hash in hex or how that begins. Doing it again changes nothing.

    Raise `Refused`: `not_merged` where there is none, or several; `own_hours`.
    """
    with database.write_facts() as connection:
        found = _merger(connection, prefix)
        who_is = read_identities(connection, [found.number, found.into])
        _require_other({actor.number, second} - {""}, set(who_is.linked))
        if _is_undone(connection, found):
            return Merged(found.number, found.into, found.entry, already=True)
        queue_people(connection, who_is.linked)
        entry = Unmerge(
            *central_rows.UNSTAMPED, bytes.fromhex(found.entry), why, actor.number, second
        )
        central_rows.write_entry(connection, central, entry)
    return found


def _join(database: Database, central: Central, entry: Merge | Accept, people: set[str]) -> Merged:
    who, into = entry.who, entry.into
    with database.write_facts() as connection:
        queue_people(connection, [who, into])  # before the central log, as imports do
        who_is = read_identities(connection, [who, into])
        _require_other(people, {who, into, *who_is.linked})
        made = _made(connection, who, into)
        if made and who_is.kept.get(who) == who_is.keeper(into):
            return Merged(who, into, made, already=True)
        _require_two(connection, who_is, entry)
        queue_people(connection, who_is.linked)
        appended = central_rows.write_entry(connection, central, entry)
    return Merged(who, into, appended.hash.hex(), already=False)


def _require_two(connection: Connection, who_is: Identities, entry: Merge | Accept) -> None:
    """Refuse what is one person already, what was given up before, and whom nobody imported."""
    who, into = entry.who, entry.into
    if who_is.keeper(who) == who_is.keeper(into) or who in who_is.kept:
        raise Refused(
            Code.SAME_PERSON, f"{who} {into}: 已是同一人，或已并入他人 / one already, or given up"
        )
    for number in [into] if isinstance(entry, Accept) else [who, into]:
        found = select(Volunteer.number).where(Volunteer.number == number).limit(1)
        if connection.scalar(found) is None:
            raise Refused(Code.NOT_FOUND, f"没有志愿者 / no volunteer: {number}")


def _require_other(actors: set[str], numbers: set[str]) -> None:
    if actors & numbers:
        raise Refused(Code.OWN_HOURS, "不能认定自己的时长 / nobody decides on their own hours")


def _made(connection: Connection, who: str, into: str) -> str:
    """Give the hash of the last merge of these two, "" if there is none."""
    query = select(Merger.hash).where(Merger.who == who, Merger.into == into)
    gone = select(MergerEnd.merger)
    found = connection.scalars(query.where(Merger.hash.not_in(gone)).order_by(Merger.hash)).all()
    return bytes(found[-1]).hex() if found else ""


def _merger(connection: Connection, prefix: str) -> Merged:
    if len(prefix) < 6 or len(prefix) > 64 or set(prefix) - set("0123456789abcdef"):
        raise Refused(Code.NOT_MERGED, "不是合并的编号 / not the hash of a merge")
    first, last = (bytes.fromhex(prefix + fill * (64 - len(prefix))) for fill in "0f")
    rows = connection.execute(select(Merger).where(Merger.hash.between(first, last)).limit(2)).all()
    if len(rows) != 1:
        raise Refused(Code.NOT_MERGED, f"没有这个合并 / no such merge: {prefix}")
    return Merged(rows[0].who, rows[0].into, bytes(rows[0].hash).hex(), already=False)


def _is_undone(connection: Connection, found: Merged) -> bool:
    query = select(MergerEnd.hash).where(MergerEnd.merger == bytes.fromhex(found.entry)).limit(1)
    return connection.execute(query).first() is not None
