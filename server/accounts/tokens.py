"""Tokens: with one a program calls the API for an account. It is shown once and kept as a hash, like a session.

A token never does more than its account: each call takes the rights that both have. Whoever closes or resets an account ends
its tokens, too. Every token made or revoked is an entry of the central log.
"""

from collections.abc import Set
from dataclasses import dataclass
from hashlib import sha256
from re import fullmatch
from secrets import token_urlsafe
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from schemas.central_entry import Staff
from schemas.vocabulary import Code
from server.access.roles import Right
from server.accounts.account import Account
from server.books import central_rows
from server.books.dates import DAY_MS
from server.central import Central
from server.limits import TOKEN_DAYS_MAX, TOKEN_NAME_CHARS_MAX, TOKENS_MAX
from server.models.token import StaffToken
from sync.errors import Refused

PREFIX = "rv_"
"""Begins every token, so that whoever finds one lying about knows what it is."""
USED_EVERY_MS = 60_000
"""How much older than now the last use may look: not every call is worth a write."""
_TEXT = rf"{PREFIX}[0-9A-Za-z_-]{{43}}"


@dataclass(frozen=True, slots=True)
class TokenWanted:
    """What a token shall be. days: how long it lasts."""

    name: str
    rights: Set[Right]
    days: int


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept. used_ms: 0 if it never was. ended_ms: 0 while nobody revoked it."""

    id: int
    account: int
    name: str
    rights: frozenset[Right]
    made_ms: int
    expires_ms: int
    used_ms: int
    ended_ms: int

    def lasts(self, now_ms: int) -> bool:
        """Tell whether it can be used."""
        return not self.ended_ms and now_ms < self.expires_ms


@dataclass(frozen=True, slots=True)
class Made:
    """A new token. secret: what the program sends, shown once."""

    token: Token
    secret: str


def make_token(
    connection: Connection, central: Central, account: Account, wanted: TokenWanted, *, by: str
) -> Made:
    """Make a token for an account. Raise `Refused(bad_field)`, also for rights that the account does not have."""
    now = central.clock.wall_ms()
    _check(wanted, account, len(list_tokens(connection, account.id, now)))
    secret = PREFIX + token_urlsafe(32)
    row: dict[str, Any] = {
        "account": account.id,
        "secret": _hash(secret),
        "name": wanted.name.strip(),
        "rights": " ".join(sorted(wanted.rights)),
        "made_ms": now,
        "expires_ms": now + wanted.days * DAY_MS,
        "used_ms": 0,
        "ended_ms": 0,
    }
    made = connection.execute(insert(StaffToken).values(row).returning(StaffToken.id))
    token = _token_of(connection, int(made.scalar_one()))
    _record(connection, central, account.username, token, by)
    return Made(token, secret)


def find_token(connection: Connection, text: str, now_ms: int) -> Token | None:
    """Find the token that a program sent, if it lasts."""
    if not fullmatch(_TEXT, text):
        return None
    row = connection.execute(
        select(StaffToken).where(StaffToken.secret == _hash(text))
    ).one_or_none()
    found = None if row is None else _token(row)
    return found if found is not None and found.lasts(now_ms) else None


def list_tokens(connection: Connection, account: int, now_ms: int) -> list[Token]:
    """Give the tokens of an account that last, the newest first: there are at most `TOKENS_MAX`."""
    asked = select(StaffToken).where(
        StaffToken.account == account, StaffToken.ended_ms == 0, StaffToken.expires_ms > now_ms
    )
    return [_token(row) for row in connection.execute(asked.order_by(StaffToken.id.desc()))]


def note_used(connection: Connection, token: Token, now_ms: int) -> None:
    """Write down that a token was used, unless that was done a moment ago."""
    if token.used_ms < now_ms - USED_EVERY_MS:
        used = update(StaffToken).where(StaffToken.id == token.id)
        connection.execute(used.values(used_ms=now_ms))


def revoke_token(
    connection: Connection, central: Central, account: Account, token: int, *, by: str
) -> None:
    """Revoke a token of an account. Doing it again changes nothing. Raise `Refused(not_found)`."""
    found = _token_of(connection, token, account.id)
    if not found.ended_ms:
        _end(connection, central, account.username, found, by)


def revoke_tokens(
    connection: Connection, central: Central, account: int, name: str, *, by: str
) -> None:
    """Revoke every token of an account (by its number and name) that lasts."""
    for token in list_tokens(connection, account, central.clock.wall_ms()):
        _end(connection, central, name, token, by)


def _check(wanted: TokenWanted, account: Account, lasting: int) -> None:
    missing = sorted(right for right in wanted.rights if not account.may(right))
    name = wanted.name.strip()
    checks = (
        (0 < len(name) <= TOKEN_NAME_CHARS_MAX and name.isprintable(), "name"),
        (1 <= wanted.days <= TOKEN_DAYS_MAX, f"days: 1-{TOKEN_DAYS_MAX}"),
        (bool(wanted.rights), "rights: at least one"),
        (not missing, f"the account does not have: {' '.join(missing)}"),
        (lasting < TOKENS_MAX, f"at most {TOKENS_MAX} tokens"),
    )
    wrong = [words for is_good, words in checks if not is_good]
    if wrong:
        raise Refused(Code.BAD_FIELD, "; ".join(wrong))


def _token_of(connection: Connection, token: int, account: int | None = None) -> Token:
    asked = select(StaffToken).where(StaffToken.id == token)
    if account is not None:
        asked = asked.where(StaffToken.account == account)
    row = connection.execute(asked).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "没有这个令牌 / no such token")
    return _token(row)


def _token(row: Row[Any]) -> Token:
    rights = frozenset(Right(each) for each in row.rights.split() if each in set(Right))
    return Token(
        row.id,
        row.account,
        row.name,
        rights,
        row.made_ms,
        row.expires_ms,
        row.used_ms,
        row.ended_ms,
    )


def _end(connection: Connection, central: Central, name: str, token: Token, by: str) -> None:
    ended = update(StaffToken).where(StaffToken.id == token.id)
    connection.execute(ended.values(ended_ms=central.clock.wall_ms()))
    _record(connection, central, name, _token_of(connection, token.id), by)


def _record(connection: Connection, central: Central, name: str, token: Token, by: str) -> None:
    """Append that a token of this account was made or revoked; its secret's hash is no part of it."""
    state = (token.id, token.name, sorted(token.rights), token.expires_ms, token.ended_ms)
    digest = sha256(msgspec.msgpack.encode(state)).digest()
    entry = Staff(*central_rows.UNSTAMPED, "token", name, digest, by)
    central_rows.write_entry(connection, central, entry)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
