"""Too many wrong passwords or codes lock an account for a while, counted in the database for all servers alike."""

from flask import current_app
from sqlalchemy import case, update

from server.accounts.account import Account
from server.books.dates import iso_time
from server.database import Database
from server.limits import SIGN_IN_FAILED_MAX, SIGN_IN_LOCKED_MS
from server.models.staff import StaffAccount
from server.services import Services


def note_failure(account: Account) -> None:
    """Count one more failure of an account; the last one allowed locks it."""
    services = _services()
    until = services.signer.clock.wall_ms() + SIGN_IN_LOCKED_MS
    failed = StaffAccount.failed + 1
    is_last = failed >= SIGN_IN_FAILED_MAX
    counted = {
        "failed": case((is_last, 0), else_=failed),
        "locked_ms": case((is_last, until), else_=StaffAccount.locked_ms),
    }
    with services.database.write_facts() as connection:
        connection.execute(
            update(StaffAccount).where(StaffAccount.id == account.id).values(counted)
        )


def forget_failures(database: Database, account: Account) -> None:
    """Begin to count anew after signing in."""
    if not account.failed:
        return
    with database.write_facts() as connection:
        connection.execute(
            update(StaffAccount).where(StaffAccount.id == account.id).values(failed=0)
        )


def is_locked(account: Account, errors: list[str] | None) -> bool:
    """Tell whether an account is locked now; say until when."""
    if account.locked_ms <= _services().signer.clock.wall_ms():
        return False
    if errors is not None:
        until = iso_time(account.locked_ms)
        errors.append(f"错误次数过多，锁定至 {until} / too many attempts: locked until {until}")
    return True


def _services() -> Services:
    services: Services = current_app.extensions["redvest"]
    return services
