"""Accounts that an administrator looks after: who may do what, and closing one.

What lets somebody in (a first password, other rights, a reset) is given on the page alone, behind the administrator's second
factor: a token that was found lying about must not be able to make itself friends.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.roles import Right
from server.accounts.account import Account, read_account, read_accounts
from server.accounts.change_account import close_account
from server.api import here
from server.api.account import GrantTold, grant_told
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Nothing, PageAsked
from server.api.shapes import page_shape
from server.books.dates import iso_time
from server.models.staff import StaffAccount
from sync.errors import Refused

calls = Calls("accounts", __name__, "Accounts of the staff: who may do what, and closing one.")


@dataclass(frozen=True, slots=True)
class AccountTold:
    """An account. number: their own ("": they decide nothing). second_factor: it has one."""

    account: int
    name: str
    title: str
    number: str
    open: bool
    second_factor: bool
    made: str
    grants: list[GrantTold]


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """An account with which nobody signs in or calls any more. already: it was closed before."""

    account: int
    already: bool


@calls.reads("/accounts", needs=Right.ACCOUNTS, asks=PageAsked, gives=page_shape(AccountTold))
def browse(asked: dict[str, Any]) -> Page[AccountTold]:
    """Accounts all of whose rights lie within your part, by name."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.ACCOUNTS)
        found = [one for one in read_accounts(connection) if one.lies_within(part)]
    rest = [one for one in found if behind is None or one.username > behind[0]]
    some = page(rest[: limit + 1], limit, lambda one: (one.username,))
    return Page([_told(one) for one in some.items], some.next)


@calls.reads("/accounts/<place:account>", needs=Right.ACCOUNTS, gives=AccountTold)
def one(_asked: dict[str, Any], account: int) -> AccountTold:
    """An account."""
    with here.reading() as connection:
        return _told(_find(connection, account))


@calls.acts(
    "/accounts/<place:account>/close", needs=Right.ACCOUNTS, takes=Nothing, gives=AccountClosed
)
def close(_wanted: dict[str, Any], account: int) -> AccountClosed:
    """Close an account: its sessions and tokens end now. Doing it again changes nothing; nobody closes their own."""
    services, me = here.services(), here.caller().account
    with here.reading() as connection:
        found = _find(connection, account)
    if found.id == me.id:
        raise Refused(Code.BAD_FIELD, "不能改自己的账号 / nobody changes their own account")
    if found.active:
        with services.database.write_facts() as connection:
            close_account(connection, services.central, account, by=me.username)
    return AccountClosed(account, not found.active)


def _find(connection: Connection, account: int) -> Account:
    """Give an account within the part. Raise `Refused(not_found)`."""
    found = read_account(connection, StaffAccount.id == account)
    if found is None or not found.lies_within(here.part(connection, Right.ACCOUNTS)):
        raise Refused(Code.NOT_FOUND, "没有这个账号 / no such account")
    return found


def _told(one: Account) -> AccountTold:
    return AccountTold(
        one.id, one.username, one.title, one.number, one.active, one.tf_totp_secret is not None,
        iso_time(one.created_ms), [grant_told(grant) for grant in one.grants],
    )  # fmt: skip
