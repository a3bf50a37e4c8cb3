"""Batches that were set aside: what each says of itself, and what a person does about it: try it again, or let it be.

Whose part one lies in follows from the log that it names, which nothing proves; one that names none is for those who see all.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, select, update
from sqlalchemy.orm import aliased

from schemas.fleet_entry import Tend
from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.access.part import Part
from server.books.central_rows import UNSTAMPED, write_entry
from server.central import Central
from server.database import Database
from server.intake.claims import Claim, read_claim
from server.intake.ingest import take
from server.models.log import Enrolment, SetAside, SetAsideMark
from sync import batch as batches
from sync.errors import Refused

FIRST_BYTES = 64


@dataclass(frozen=True, slots=True)
class Aside:
    """A batch that was set aside. log, site: as it says ("": it says none). seen_ms: when somebody let it be (0: it waits)."""

    id: int
    digest: bytes
    received_ms: int
    code: str
    detail: str
    log: str
    site: str
    size: int
    seen_ms: int
    seen_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One in detail. first: its first bytes. claim: what it says of itself (None: it is no batch)."""

    aside: Aside
    first: bytes
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of trying again. fresh: entries that were new. code, detail: why it was refused again ("": it was taken in)."""

    fresh: int
    code: str = ""
    detail: str = ""


def count_waiting(connection: Connection) -> int:
    """Count the batches that nobody has looked at, wherever they are from."""
    return connection.scalar(select(func.count()).where(SetAsideMark.seen_ms == 0)) or 0


def list_aside(
    connection: Connection, part: Part, *, is_seen: bool, before: int, limit: int
) -> list[Aside]:
    """Give batches of a part, the newest first, below the number `before` (0: from the newest on)."""
    state = SetAsideMark.seen_ms > 0 if is_seen else SetAsideMark.seen_ms == 0
    query = _within(part).where(state)
    if before:
        query = query.where(SetAside.id < before)
    rows = connection.execute(query.order_by(SetAside.id.desc()).limit(limit))
    return [_aside(row) for row in rows]


def open_aside(connection: Connection, part: Part, number: int) -> Opened | None:
    """Give one of a part in detail; None if there is none, or it lies elsewhere."""
    row = connection.execute(_within(part).where(SetAside.id == number)).one_or_none()
    if row is None:
        return None
    raw = _raw(connection, number)
    return Opened(_aside(row), raw[:FIRST_BYTES], read_claim(raw))


def retry(
    database: Database,
    central: Central,
    part: Part,
    number: int,
    *,
    turn: AbstractContextManager[object],
    by: str,
) -> Retried:
    """Take a batch in as if it came now: what was missing then may be there. Raise `Refused(not_found)` for one of elsewhere.

    What is refused again stays, with the new reason. Doing it twice does no harm: the batch is known by then.
    """
    with database.read() as connection:
        found = _require(connection, part, number)
        raw = _raw(connection, number)
    try:
        with turn:
            batch = batches.unpack(raw)
        taken = take(database, batch, turn)
    except Refused as refusal:
        why = {"code": str(refusal.code), "detail": refusal.detail[:200]}
        with database.write_facts() as connection:
            connection.execute(update(SetAside).where(SetAside.id == number).values(why))
        return Retried(0, why["code"], why["detail"])
    with database.write_facts() as connection:
        gone = connection.execute(delete(SetAside).where(SetAside.id == number)).rowcount
        connection.execute(delete(SetAsideMark).where(SetAsideMark.digest == found.digest))
        if gone:
            said = Tend(*UNSTAMPED, "retried", found.digest.hex(), taken.fresh, "", by)
            write_entry(connection, central, said)
    return Retried(taken.fresh)


def keep_aside(
    database: Database, central: Central, part: Part, number: int, *, note: str, by: str
) -> None:
    """Let a batch be: somebody looked at it. It stays as it is. Raise `Refused(not_found)` for one of elsewhere, `bad_field`."""
    words = note.strip()
    if not 1 <= len(words) <= WHY_CHARS_MAX or "\0" in words:
        raise Refused(Code.BAD_FIELD, f"备注 1–{WHY_CHARS_MAX} 字 / a note")
    with database.write_facts() as connection:
        found = _require(connection, part, number)
        values = {"seen_ms": central.clock.wall_ms(), "seen_by": by, "note": words}
        mark = update(SetAsideMark).where(SetAsideMark.digest == found.digest)
        connection.execute(mark.values(values))
        write_entry(connection, central, Tend(*UNSTAMPED, "kept", found.digest.hex(), 0, words, by))


def _within(part: Part) -> Select[*tuple[Any, ...]]:
    """Ask for batches of a part, without their bytes."""
    any_time = aliased(Enrolment)
    last = select(func.max(any_time.from_ms)).where(any_time.log == SetAsideMark.log)
    here = and_(
        Enrolment.log == SetAsideMark.log,
        Enrolment.from_ms == last.correlate(SetAsideMark).scalar_subquery(),
    )
    return (
        select(
            *(SetAside.id, SetAside.digest, SetAside.received_ms, SetAside.code, SetAside.detail),
            *(SetAsideMark.log, Enrolment.site, SetAsideMark.size),
            *(SetAsideMark.seen_ms, SetAsideMark.seen_by, SetAsideMark.note),
        )
        .select_from(SetAside)
        .join(SetAsideMark, SetAsideMark.digest == SetAside.digest)
        .outerjoin(Enrolment, here)
        .where(part.sites_within(Enrolment.site))
    )


def _require(connection: Connection, part: Part, number: int) -> Aside:
    row = connection.execute(_within(part).where(SetAside.id == number)).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, f"{number}")
    return _aside(row)


def _raw(connection: Connection, number: int) -> bytes:
    query = select(SetAside.raw).where(SetAside.id == number)
    return bytes(connection.execute(query).scalar_one())


def _aside(row: Row[*tuple[Any, ...]]) -> Aside:
    values = row._mapping
    return Aside(**{**values, "digest": bytes(values["digest"]), "site": values["site"] or ""})
