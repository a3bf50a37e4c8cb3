"""Confirm a pending log: a person says that it is no stranger's, and its entries are freed by a central `enrol` entry.

What was held counts from then on as if the log had been enrolled from the start: it is derived again as a whole.
"""

from dataclasses import dataclass
from re import fullmatch

from sqlalchemy import Connection, Row, func, select, update

from schemas.entry import Anchor
from schemas.vocabulary import NUMBER_PATTERN, Code
from server import bulk
from server.central import Central
from server.database import Database
from server.intake.place import is_revoked, place_of, predecessor_of
from server.models.log import Enrolment, Log, LogEntry, LogRange
from server.people.sites import site_exists
from sync import contact, statement
from sync.canonical import understand
from sync.errors import Refused
from sync.ids import LogId

PENDING_LISTED_MAX = 1_000
FIRST_ENTRIES = 1_000
"""Entries looked through for a log's first contact."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Where a log now belongs. already: it did before, and nothing was done now."""

    log: str
    site: str
    post: str
    already: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """A log that waits for a person: whom it succeeds, where that one belongs, how many entries wait, its last hello."""

    log: str
    succeeds: str
    site: str
    post: str
    entries: int
    contact_ms: int


def confirm(
    database: Database, central: Central, name: str, *, site: str = "", by: str = ""
) -> Confirmed:
    """Enrol a log at this site or, without one, where the log belongs that it succeeds. Doing it again changes nothing.

    by: the account that confirms it ("": the operator). Raise `Refused`: `unknown_log`; `log_revoked`; `not_found` for a site
    that nobody imported; `not_enrolled` where no site is named and the log succeeds none that is enrolled.
    """
    if not fullmatch(r"[a-z2-7]{32}", name):
        raise Refused(Code.UNKNOWN_LOG, "不是日志编号 / not the id of a log")
    if site and not fullmatch(NUMBER_PATTERN, site):
        raise Refused(Code.NOT_FOUND, "没有这个站点 / no such site")
    with database.write_facts() as connection:
        query = select(Log).where(Log.name == name, Log.kind == "kiosk").with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            raise Refused(Code.UNKNOWN_LOG, f"没有收到过这个日志 / no such log came in: {name}")
        if is_revoked(connection, name):
            raise Refused(Code.LOG_REVOKED, "日志已被吊销 / this log was revoked")
        place = place_of(connection, name)
        if place is not None and not place.predecessor:
            return Confirmed(name, place.site, place.post, already=True)
        if site and not site_exists(connection, site):
            raise Refused(Code.NOT_FOUND, f"没有站点 / no site: {site}")
        if not site and place is None:
            words = "不是任何已登记日志的后继，请用 --site 指明站点 / succeeds no enrolled log: name a --site"
            raise Refused(Code.NOT_ENROLLED, words)
        is_moved = place is None or site not in ("", place.site)
        where = site or (place.site if place else "")
        post = "" if is_moved or place is None else place.post
        since = _first_contact_ms(connection, central, row)
        appended = central.record_enrolment(connection, name, where, post, since, by)
        bulk.insert(connection, Enrolment, [(name, since, 0, where, post, appended.hash)])
        connection.execute(update(Log).where(Log.id == row.id).values(version=Log.version + 1))
    return Confirmed(name, where, post, already=False)


def pending(connection: Connection) -> list[Pending]:
    """List the logs that wait for a person, in order: those that succeed an enrolled one. At most `PENDING_LISTED_MAX`."""
    rows = connection.execute(
        select(Log.name, Log.contact_ms, func.sum(LogRange.last - LogRange.first + 1))
        .join(LogRange, LogRange.log == Log.id)
        .where(Log.kind == "kiosk", Log.name.not_in(select(Enrolment.log)))
        .group_by(Log.name, Log.contact_ms)
        .order_by(Log.name)
    )
    found: list[Pending] = []
    for name, contact_ms, entries in rows.all():
        place = place_of(connection, name)
        if place is not None and len(found) < PENDING_LISTED_MAX:
            before = predecessor_of(connection, name)
            found.append(
                Pending(name, before, place.site, place.post, int(entries), int(contact_ms))
            )
    return found


def _first_contact_ms(connection: Connection, central: Central, log: Row[Log]) -> int:
    """Give the server's time at the first contact that the log itself proves; now, if it has none."""
    bodies = connection.scalars(
        select(LogEntry.body)
        .where(LogEntry.log == log.id, LogEntry.seq <= FIRST_ENTRIES)
        .order_by(LogEntry.seq, LogEntry.hash)
    )
    for body in bodies:
        entry = understand(bytes(body))
        if isinstance(entry, Anchor) and statement.is_signed(
            central.keys.identity_public,
            contact.anchor_text(entry, LogId(log.name)),
            entry.signature,
        ):
            return entry.server_ms
    return central.clock.wall_ms()
