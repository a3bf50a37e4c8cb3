"""Saved reports, made when they are due."""

from functools import partial
from pathlib import Path

from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.access.roles import Right
from server.access.tree import part_of
from server.books.derive.drain import drain
from server.database import Database
from server.models.staff import StaffAccount
from server.reports.run_saved import DONE, run_due
from server.services import Services
from sync.errors import Refused


class ReportsFailed(Exception):
    """A saved report could not be made; `report list` says which."""


def folder_of(services: Services) -> Path:
    """Give the folder that saved reports' files are kept in, a folder of each within."""
    return services.config.home / "reports"


def reports(services: Services) -> str:
    """Make the saved reports that are due, of all that was accepted. Raise `ReportsFailed` once the others are made."""
    drain(services.database, services.signer.keys.identity_public)
    clock = services.signer.clock
    part = partial(_part_now, services.database)
    made = run_due(services.database, folder_of(services), part, clock.wall_ms)
    failed = [run.name for run in made if run.state != DONE]
    if failed:
        raise ReportsFailed(" ".join(failed))
    return f"made={len(made)} rows={sum(run.rows for run in made)}"


def _part_now(database: Database, owner: str) -> Part:
    """Give the part in which an owner may have reports at this moment: the server's operator, who has no account, everywhere."""
    if not owner:
        return EVERYTHING
    from server.accounts.account import (
        read_account,  # it brings what pages are made with: only here
    )

    with database.read() as connection:
        account = read_account(connection, StaffAccount.name == owner)
        if account is None or not account.active:
            raise Refused(Code.NOT_FOUND, owner)
        return part_of(connection, account.grants, Right.REPORT)
