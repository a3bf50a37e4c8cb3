"""Open and change accounts. Every change is an entry of the central log, with a hash of what the account then may do."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from re import fullmatch
from typing import Any

import msgspec
from argon2 import PasswordHasher
from sqlalchemy import Connection, delete, insert, update

from schemas.central_entry import Staff
from schemas.vocabulary import Code
from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.accounts import sessions, tokens
from server.accounts.account import Account, read_account
from server.books import central_rows
from server.central import Central
from server.limits import STAFF_GRANTS_MAX
from server.models.staff import StaffAccount, StaffGrant
from sync.errors import Refused

_NAME = r"[0-9a-z_.-]{2,40}"
_CODE = r"[0-9A-Za-z-]{1,20}"
_TITLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an account shall be. name: lower case. title: the person. number: their volunteer or staff number (E6)."""

    name: str
    title: str
    number: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A new account. password: the first, shown once."""

    account: int
    name: str
    password: str


def open_account(connection: Connection, central: Central, wanted: Wanted, *, by: str) -> Opened:
    """Open an account with a first password. Raise `Refused(bad_field)`, also for a name that is taken."""
    _check(wanted)
    if read_account(connection, StaffAccount.name == wanted.name) is not None:
        raise Refused(Code.BAD_FIELD, f"账号名已被使用 / the name is taken: {wanted.name}")
    password = secrets.token_urlsafe(15)
    row = {
        "name": wanted.name,
        "title": wanted.title,
        "number": wanted.number,
        "password": PasswordHasher().hash(password),
        "stamp": secrets.token_hex(16),
        "is_active": 1,
        "second_factor": "",
        "spare_codes": "",
        "failed": 0,
        "locked_ms": 0,
        "created_ms": central.clock.wall_ms(),
    }
    made = connection.execute(insert(StaffAccount).values(row).returning(StaffAccount.id))
    account = int(made.scalar_one())
    _grant(connection, account, wanted.grants)
    _record(connection, central, account, "opened", by)
    return Opened(account, wanted.name, password)


def change_account(
    connection: Connection, central: Central, account: int, wanted: Wanted, *, by: str
) -> None:
    """Change who an account is and what it may do; its name stays. Its sessions go on with the new rights."""
    _check(wanted)
    now = _require(connection, account)
    if set(now.grants) == set(wanted.grants) and (now.title, now.number) == (
        wanted.title,
        wanted.number,
    ):
        return
    values = {"title": wanted.title, "number": wanted.number}
    _set(connection, account, values)
    connection.execute(delete(StaffGrant).where(StaffGrant.account == account))
    _grant(connection, account, wanted.grants)
    _record(connection, central, account, "changed", by)


def close_account(connection: Connection, central: Central, account: int, *, by: str) -> None:
    """Close an account: nobody signs in with it any more, and its sessions and tokens end. Doing it again changes nothing."""
    if _require(connection, account).active:
        _set(connection, account, {"is_active": 0, "stamp": secrets.token_hex(16)})
        _end_everywhere(connection, central, account, by)
        _record(connection, central, account, "closed", by)


def reopen_account(connection: Connection, central: Central, account: int, *, by: str) -> None:
    """Open a closed account again."""
    if not _require(connection, account).active:
        _set(connection, account, {"is_active": 1, "failed": 0, "locked_ms": 0})
        _record(connection, central, account, "reopened", by)


def reset_account(connection: Connection, central: Central, account: int, *, by: str) -> Opened:
    """Give an account a new first password; its second factor is set up anew, its sessions and tokens end."""
    now = _require(connection, account)
    password = secrets.token_urlsafe(15)
    values = {
        "password": PasswordHasher().hash(password),
        "stamp": secrets.token_hex(16),
        "second_factor": "",
        "spare_codes": "",
        "failed": 0,
        "locked_ms": 0,
    }
    _set(connection, account, values)
    _end_everywhere(connection, central, account, by)
    _record(connection, central, account, "reset", by)
    return Opened(account, now.username, password)


def keep_secrets(
    connection: Connection, central: Central, account: int, kept: dict[str, str]
) -> None:
    """Keep what somebody set for their own account, hashed or sealed, by column of `StaffAccount`.

    The central log says that their password or second factor is another one; that a spare code was used up is no change.
    """
    before = _require(connection, account)
    _set(connection, account, dict(kept))
    now = _require(connection, account)
    # The same password hashed anew, because hashes cost more by now, keeps the stamp.
    if now.password != before.password and now.fs_uniquifier != before.fs_uniquifier:
        _record(connection, central, account, "password", now.username)
    if now.tf_totp_secret != before.tf_totp_secret:
        _record(connection, central, account, "second_factor", now.username)


def _end_everywhere(connection: Connection, central: Central, account: int, by: str) -> None:
    """End every session and token of an account."""
    sessions.end(connection, account, central.clock.wall_ms())
    name = _require(connection, account).username
    tokens.revoke_tokens(connection, central, account, name, by=by)


def _check(wanted: Wanted) -> None:
    checks: Sequence[tuple[bool, str]] = (
        (fullmatch(_NAME, wanted.name) is not None, "name: 2-40 × a-z 0-9 . _ -"),
        (0 < len(wanted.title.strip()) <= _TITLE_CHARS, f"title: 1-{_TITLE_CHARS}"),
        (not wanted.number or fullmatch(_CODE, wanted.number) is not None, "number"),
        (len(wanted.grants) <= STAFF_GRANTS_MAX, f"at most {STAFF_GRANTS_MAX} roles"),
        (all(_is_whole(grant) for grant in wanted.grants), "a role needs its region, team or site"),
    )
    wrong = [words for is_good, words in checks if not is_good]
    if wrong:
        raise Refused(Code.BAD_FIELD, "; ".join(wrong))


def _is_whole(grant: Grant) -> bool:
    if grant.over is Over.ALL:
        return grant.code == ""
    return fullmatch(_CODE, grant.code) is not None


def _grant(connection: Connection, account: int, grants: Sequence[Grant]) -> None:
    rows = [
        {"account": account, "role": g.role, "over": g.over, "code": g.code} for g in set(grants)
    ]
    if rows:
        connection.execute(insert(StaffGrant), rows)


def _require(connection: Connection, account: int) -> Account:
    found = read_account(connection, StaffAccount.id == account)
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有这个账号 / no such account")
    return found


def _set(connection: Connection, account: int, values: dict[str, Any]) -> None:
    connection.execute(update(StaffAccount).where(StaffAccount.id == account).values(values))


def _record(connection: Connection, central: Central, account: int, what: str, by: str) -> None:
    now = _require(connection, account)
    state = (now.username, now.title, now.number, int(now.active), _plain(now.grants))
    digest = sha256(msgspec.msgpack.encode(state)).digest()
    entry = Staff(*central_rows.UNSTAMPED, what, now.username, digest, by)
    central_rows.write_entry(connection, central, entry)


def _plain(grants: Sequence[Grant]) -> list[tuple[StaffRole, Over, str]]:
    return [(grant.role, grant.over, grant.code) for grant in grants]
