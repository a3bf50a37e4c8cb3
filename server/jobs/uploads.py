"""Check and import the files that came by a page, one after the other."""

from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from server.access.part import NOTHING, Part
from server.access.roles import Right
from server.access.tree import part_of
from server.accounts.account import read_account
from server.books.derive.queue import queue_people
from server.imports import uploads
from server.imports.cells import Cell
from server.imports.change import Author
from server.imports.import_file import Ports, Wish, import_file
from server.imports.kinds import KINDS
from server.imports.reasons import FileRefused
from server.imports.report import Report
from server.imports.uploads import Change, Fault, State, Upload
from server.intake import feed
from server.limits import UPLOAD_CHANGES_LISTED_MAX, UPLOAD_TRIES_MAX
from server.models.staff import StaffAccount
from server.services import Services

_TOLD_EVERY = 20_000
"""Rows after which how far it is is written down."""

_GIVEN_UP = (
    "服务器多次处理不了这个文件，已放弃，其中任何一行都没有导入；请联系管理员查看日志 / "
    "the server failed at this file again and again and gave up; no row of it was imported; ask an administrator to read the log"
)


def work_off(services: Services) -> str:
    """Do what uploads wait for. What was broken off is begun again. Raise what went wrong with one when all had their turn."""
    home = services.config.home
    waiting = [one for one in reversed(uploads.waiting(home)) if one.state in uploads.WORKED_ON]
    failed = [error for upload in waiting if (error := _try(services, upload))]
    if failed:
        raise failed[0]
    dropped = uploads.drop_old(home, services.central.clock.wall_ms())
    return f"done={len(waiting)} dropped={dropped}"


def _try(services: Services, upload: Upload) -> Exception | None:
    """Work on one, and give what stopped it: the file may be at fault, or what is here, or the process may end."""
    upload.tries += 1
    if upload.tries > UPLOAD_TRIES_MAX:
        _give_up(services, upload)
        return None
    uploads.keep(services.config.home, upload)
    try:
        _work(services, upload)
    except OperationalError:  # the database is busy, or away: no fault of the file
        upload.tries -= 1
        uploads.keep(services.config.home, upload)
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is: others wait behind it
        return error
    return None


def _give_up(services: Services, upload: Upload) -> None:
    upload.state, upload.refused = State.REFUSED, _GIVEN_UP
    uploads.file_of(services.config.home, upload).unlink(missing_ok=True)
    uploads.keep(services.config.home, upload)


def _work(services: Services, upload: Upload) -> None:
    is_check = upload.state is State.CHECKING
    home = services.config.home
    try:
        report = _import(services, upload, dry_run=is_check)
    except FileRefused as error:
        upload.state, upload.refused = State.REFUSED, error.message
    except FileNotFoundError:  # stopped between taking the file away and saying so: it was imported
        upload.state = State.DONE
    else:
        _take_report(upload, report)
        upload.state = State.CHECKED if is_check else State.DONE
    upload.tries = 0
    if upload.state is not State.CHECKED:  # it holds personal data that nobody needs twice
        uploads.file_of(home, upload).unlink(missing_ok=True)
    uploads.keep(home, upload)
    if upload.state is State.DONE:
        with services.database.write_facts() as connection:
            feed.follow(connection, services.signer)


def _import(services: Services, upload: Upload, *, dry_run: bool) -> Report:
    told = 0

    def show(doing: str, rows: int) -> None:
        nonlocal told
        if rows // _TOLD_EVERY != told:
            told = rows // _TOLD_EVERY
            upload.doing, upload.rows = doing, rows
            uploads.keep(services.config.home, upload)

    def notice(before: Sequence[Cell] | None, after: Sequence[Cell]) -> None:
        if dry_run and len(upload.changes) < UPLOAD_CHANGES_LISTED_MAX:
            upload.changes.append(Change(None if before is None else list(before), list(after)))

    if dry_run:
        upload.changes = []
    file = uploads.file_of(services.config.home, upload)
    author = Author(upload.by, services.central.clock.wall_ms())
    part, upload.granted = _granted(services, upload.by)
    wish = Wish(KINDS[upload.kind], file, upload.day, author, part, dry_run=dry_run)
    ports = Ports(services.central.record_change, queue_people, show, notice)
    return import_file(services.database, wish, ports)


def _granted(services: Services, by: str) -> tuple[Part, list[str]]:
    """Give where whoever handed a file over may edit now, and by what: nowhere, once the account is closed."""
    with services.database.read() as connection:
        account = read_account(connection, StaffAccount.name == by)
        if account is None or not account.active:
            return NOTHING, []
        return part_of(connection, account.grants, Right.EDIT), uploads.named(account.grants)


def _take_report(upload: Upload, report: Report) -> None:
    upload.rows, upload.added, upload.changed = report.rows, report.added, report.changed
    upload.unchanged, upload.bad = report.unchanged, report.bad
    upload.warned = sum(report.warnings.values())
    upload.faults = [Fault(e.line, e.column, e.message) for e in report.errors]
