"""Verify: every link of every chain, every signed head, what the central log says, and what was set aside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from server.books.verify.central_lookups import check_central_lookups
from server.books.verify.compare import compare_all
from server.books.verify.held import Trouble, count_rows, octets
from server.books.verify.one_log import check_log
from server.database import Database
from server.keys import Keys
from server.models.log import Log, LogEntry, SetAside

TOLD_EVERY = 100_000
"""Entries of one log after which it is said how far it is."""
TROUBLES_MAX = 1_000
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was found wrong. kiosk_entries: those of the entries that kiosks wrote."""

    logs: int
    entries: int
    kiosk_entries: int
    signatures: int
    troubles: list[Trouble]


def verify(database: Database, keys: Keys, progress: Progress) -> Verified:
    """Check all facts, in bounded memory. Damage that the database itself reports is a finding like any other."""
    try:
        with database.read() as connection:
            return _verify(connection, keys, progress)
    except DBAPIError as error:
        if not is_damage(error):
            raise
        return damaged(error)


def verify_derived(database: Database, keys: Keys, progress: Progress) -> list[Trouble]:
    """Derive everything again, compare it figure by figure with what is stored, and leave that as it is.

    Anchors are checked again on the way: one that this server did not sign moves no time. It takes as long as a rebuild.
    """
    found = compare_all(database, keys.identity_public, lambda step, n, _: progress(step, n))
    what = "what is derived of it is not what follows from the facts"
    return [Trouble(about, 0, what) for about in found.about]


def is_damage(error: DBAPIError) -> bool:
    """Tell a database that is not as it was written from one that is busy, full or away."""
    words = str(error.orig)
    return "malformed" in words or "decode" in words or "not a database" in words


def damaged(error: DBAPIError) -> Verified:
    """Give the finding for a database that cannot be read."""
    what = f"the database cannot be read: {type(error.orig).__name__}"
    return Verified(0, 0, 0, 0, [Trouble("", 0, what)])


def _verify(connection: Connection, keys: Keys, progress: Progress) -> Verified:
    troubles: list[Trouble] = []
    entries = by_kiosks = signatures = 0
    logs = connection.execute(select(Log).order_by(Log.id)).all()
    for log in logs:
        for trouble in check_log(
            connection, log, keys, partial(_tell, progress, log.name, entries)
        ):
            if len(troubles) < TROUBLES_MAX:
                troubles.append(trouble)
        held = count_rows(connection, "log_entry", log.id)
        entries += held
        by_kiosks += held if log.kind == "kiosk" else 0
        signatures += count_rows(connection, "head_signature", log.id)
        progress(log.name, entries)
    if entries != connection.scalar(select(func.count()).select_from(LogEntry)):
        troubles.append(Trouble("", 0, "there are entries of a log that is not there"))
    troubles.extend(check_central_lookups(connection, keys))
    troubles.extend(_check_set_aside(connection))
    return Verified(len(logs), entries, by_kiosks, signatures, troubles)


def _tell(progress: Progress, name: str, before: int, count: int) -> None:
    """Say how far a long log is."""
    if count % TOLD_EVERY == 0:
        progress(name, before + count)


def _check_set_aside(connection: Connection) -> Iterator[Trouble]:
    """What was set aside must be as it came."""
    numbers = connection.scalars(select(SetAside.id).order_by(SetAside.id)).all()
    for number in numbers:
        query = select(SetAside.digest, SetAside.raw).where(SetAside.id == number)
        digest, raw = connection.execute(query).one()
        if sha256(octets(raw)).digest() != octets(digest):
            yield Trouble("", 0, f"batch {number} that was set aside is not as it came")
