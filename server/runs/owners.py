"""Whether who asked may still have a run: the account is open, and its right is over the same part of the tree as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.access.tree import part_of
from server.database import Database
from server.models.staff import StaffAccount
from server.runs.ask import OPERATOR, Owner
from server.runs.asked import rule_of
from server.runs.run import Run
from sync.errors import Refused

if TYPE_CHECKING:
    from server.accounts.account import Account


@dataclass(frozen=True, slots=True)
class Standing:
    """An owner as they are now. account: None for the server's operator."""

    account: Account | None
    part: Part


def standing_of(database: Database, run: Run) -> Standing:
    """Look at who asked for a run. Raise `Refused(no_right)` where they may not have it any more."""
    if run.owner == OPERATOR:
        return Standing(None, EVERYTHING)
    from server.accounts.account import read_account  # heavy, and not for the command line

    with database.read() as connection:
        account = read_account(connection, StaffAccount.name == run.owner)
        if account is None or not account.active:
            raise Refused(Code.NO_RIGHT, "账号已停用 / the account is closed")
        owner = Owner(account.username, account.grants)
        part = part_for(connection, owner, run)
    return Standing(account, part)


def part_for(connection: Connection, owner: Owner, run: Run) -> Part:
    """Give the part that a run of this owner is over. Raise `Refused(no_right)` where their grants are not what they were."""
    if owner.name == OPERATOR:
        return EVERYTHING
    right = rule_of(run.wants()).right
    told = owner.told(right)
    if not told or told != run.grants:
        raise Refused(Code.NO_RIGHT, "权限已有变化，请重新提交 / rights have changed: ask again")
    return part_of(connection, owner.grants, right)
