"""Revoke a person's badges: every serial issued so far stops counting from now on; the next print issues another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from re import fullmatch

from sqlalchemy import Connection, func, select

from schemas.vocabulary import NUMBER_PATTERN, Code
from server import bulk
from server.database import Database
from server.models.badge import Badge, BadgeRevocation
from sync.errors import Refused

Append = Callable[[Connection, str, int, int, str], bytes]
"""Appends the central entry `revoke_badge` (number, serial, from_ms, reason) and gives its hash."""


QueuePeople = Callable[[Connection, Iterable[str] | None], None]
"""Has people's records derived again."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """The badges that do not count any more. already: they were revoked before, and nothing was done now."""

    number: str
    serial: int
    already: bool


def revoke_badge(
    database: Database,
    number: str,
    reason: str,
    *,
    now_ms: int,
    append: Append,
    queue_people: QueuePeople,
) -> Revoked:
    """Revoke all badges issued to a person. Doing it again changes nothing.

    Raise `Refused(not_found)` where none was ever issued.
    """
    if not fullmatch(NUMBER_PATTERN, number):
        raise Refused(Code.NOT_FOUND, "不是编号 / not a number")
    with database.write_facts() as connection:
        serial, gone = _serials(connection, [number]).get(number, (0, 0))
        if serial == 0:
            raise Refused(Code.NOT_FOUND, "没有签发过证件 / no badge was issued to this number")
        revoke_in(
            connection, [number], reason, now_ms=now_ms, append=append, queue_people=queue_people
        )
    return Revoked(number, serial, already=gone >= serial)


def revoke_in(
    connection: Connection,
    numbers: Sequence[str],
    reason: str,
    *,
    now_ms: int,
    append: Append,
    queue_people: QueuePeople,
) -> int:
    """Revoke all badges issued to these people, in the caller's transaction; tell how many people had one that counted."""
    serials = _serials(connection, numbers)
    due = [(n, *serials[n]) for n in numbers if n in serials and serials[n][0] > serials[n][1]]
    if due:  # before the central log, as imports do: no two wait for each other
        queue_people(connection, [number for number, _, _ in due])
    for number, serial, _ in due:
        entry_hash = append(connection, number, serial, now_ms, reason)
        bulk.insert(connection, BadgeRevocation, [(number, entry_hash, serial, now_ms)])
    return len(due)


def _serials(connection: Connection, numbers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Give the highest serial issued to each of these people, and the highest revoked one."""
    issued, gone = (
        _highest(connection, Badge, numbers),
        _highest(connection, BadgeRevocation, numbers),
    )
    return {number: (serial, gone.get(number, 0)) for number, serial in issued.items()}


def _highest(
    connection: Connection, model: type[Badge] | type[BadgeRevocation], numbers: Sequence[str]
) -> dict[str, int]:
    asked = select(model.number, func.max(model.serial)).where(model.number.in_(numbers))
    return {row[0]: row[1] for row in connection.execute(asked.group_by(model.number))}
