"""Revoke a person's badges: every serial issued so far stops counting from now on; the next print issues another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import fullmatch

from sqlalchemy import Connection, func, insert, select

from schemas.vocabulary import NUMBER_PATTERN, Code
from server.database import Database
from server.models.badge import Badge, BadgeRevocation
from sync.errors import Refused

Append = Callable[[Connection, str, int, int, str], bytes]
"""Appends the central entry `revoke_badge` (number, serial, from_ms, reason) and gives its hash."""


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
    queue_people: Callable[[Connection, Iterable[str] | None], None],
) -> Revoked:
    """Revoke all badges issued to a person. Doing it again changes nothing.

    Raise `Refused(not_found)` where none was ever issued.
    """
    if not fullmatch(NUMBER_PATTERN, number):
        raise Refused(Code.NOT_FOUND, "不是编号 / not a number")
    with database.write_facts() as connection:
        serial = connection.scalar(select(func.max(Badge.serial)).where(Badge.number == number))
        if serial is None:
            raise Refused(Code.NOT_FOUND, "没有签发过证件 / no badge was issued to this number")
        gone = select(func.max(BadgeRevocation.serial)).where(BadgeRevocation.number == number)
        if (connection.scalar(gone) or 0) >= serial:
            return Revoked(number, serial, already=True)
        queue_people(
            connection, [number]
        )  # before the central log, as imports do: no two wait for each other
        row = {
            "number": number,
            "entry_hash": append(connection, number, serial, now_ms, reason),
            "serial": serial,
            "from_ms": now_ms,
        }
        connection.execute(insert(BadgeRevocation).values(row))
    return Revoked(number, serial, already=False)
