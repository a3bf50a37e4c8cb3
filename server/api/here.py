"""What a call works with: the services, who calls with which token, and which part of the tree they may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app, g
from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.audit import Read, note_reading
from server.access.part import Part
from server.access.roles import Right
from server.access.tree import part_of
from server.accounts.account import Account
from server.accounts.acting import Where, require_actor
from server.accounts.tokens import Token
from server.books.decisions.actor import Actor
from server.services import Services
from sync.errors import Refused

NOTED_AS = "api "
"""Begins what a reading is noted as, so that the audit tells calls from pages."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An account, and the token with which a program calls for it."""

    account: Account
    token: Token

    def may(self, right: Right) -> bool:
        """Tell whether token and account both have a right, wherever."""
        return right in self.token.rights and self.account.may(right)


def services() -> Services:
    """Give the services of this server."""
    found: Services = current_app.extensions["redvest"]
    return found


def caller() -> Caller:
    """Give who calls."""
    found: Caller = g.caller
    return found


def actor(right: Right) -> Actor:
    """Give who acts by a right on what names no single place. Raise `Refused(number_needed)` for an account without a number."""
    return caller().account.actor(right)


def acting(connection: Connection, right: Right, where: Where) -> Actor:
    """Give who acts by a right there. Raise `Refused`: `number_needed`; `no_right` for who may look there at most."""
    require(right)
    return require_actor(connection, caller().account, right, where)


def sight(connection: Connection) -> Part:
    """Give the part that the account sees, whatever its token may: there a lack of rights is told (403), beyond it is nothing."""
    return part_of(connection, caller().account.grants, Right.SEE)


def part(connection: Connection, right: Right) -> Part:
    """Give the part of the tree in which whoever calls has a right. Raise `Refused(no_right)` where the token lacks it."""
    require(right)
    return part_of(connection, caller().account.grants, right)


def clear(connection: Connection) -> Part:
    """Give the part in which whoever calls may read names in full."""
    return part(connection, Right.UNMASK) if caller().may(Right.UNMASK) else Part()


def require(right: Right) -> None:
    """Refuse (`no_right`) whoever does not have a right that only some uses of a call need."""
    if not caller().may(right):
        raise Refused(Code.NO_RIGHT, f"takes the right {right}")


@contextmanager
def reading() -> Iterator[Connection]:
    """Open one consistent view of everything."""
    with services().database.read() as connection:
        yield connection


def note(what: str, about: str, count: int, purpose: str = "") -> None:
    """Write down that whoever calls reads personal data. Call it before the answer leaves."""
    read = Read(caller().account.username, NOTED_AS + what, about, count, purpose)
    with services().database.write_facts() as connection:
        note_reading(connection, now_ms(), read)


def now_ms() -> int:
    """Give the server's time."""
    return services().signer.clock.wall_ms()
