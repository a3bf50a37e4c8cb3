"""Accounts that an administrator looks after: open, change, close, reset."""

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.grant import Grant, Over
from server.access.roles import Right, StaffRole
from server.accounts import change_account as changing
from server.accounts.account import Account, read_account, read_accounts
from server.console.accounts.doors import pages
from server.console.here import account, or_404, part, reading, services
from server.console.words import say as _
from server.models.staff import StaffAccount
from sync.errors import Refused


@pages.page("/accounts", needs=Right.ACCOUNTS)
def browse() -> str:
    """List all accounts."""
    with reading() as connection:
        within = part(connection, Right.ACCOUNTS)
        found = [one for one in read_accounts(connection) if one.lies_within(within)]
    return render_template("accounts/browse.html", accounts=found)


@pages.page("/accounts/new", needs=Right.ACCOUNTS, methods=["GET", "POST"])
def new() -> str:
    """Open an account; its first password is shown once."""
    if request.method == "GET":
        return render_template("accounts/form.html", one=None, **_choices())
    wanted = _wanted(request.form.get("name", ""))
    with services().database.write_facts() as connection:
        opened = changing.open_account(connection, services().central, wanted, by=_by())
    return render_template("accounts/opened.html", opened=opened)


@pages.page("/accounts/<int:number>", needs=Right.ACCOUNTS, methods=["GET", "POST"])
def one(number: int) -> str | Response:
    """Show an account, or change it."""
    with reading() as connection:
        found = _find(connection, number)
    if request.method == "GET":
        return render_template("accounts/form.html", one=found, **_choices())
    _not_own(found)
    with services().database.write_facts() as connection:
        wanted = _wanted(found.username)
        changing.change_account(connection, services().central, number, wanted, by=_by())
    flash(_("已保存。"))
    return redirect(url_for("accounts.one", number=number))


@pages.page("/accounts/<int:number>/<what>", needs=Right.ACCOUNTS, methods=["POST"])
def act(number: int, what: str) -> str | Response:
    """Close an account, open it again, or reset what it signs in with."""
    with reading() as connection:
        found = _find(connection, number)
    _not_own(found)
    central = services().central
    with services().database.write_facts() as connection:
        if what == "reset":
            opened = changing.reset_account(connection, central, number, by=_by())
            return render_template("accounts/opened.html", opened=opened)
        acts = {"close": changing.close_account, "reopen": changing.reopen_account}
        or_404(what in acts)
        acts[what](connection, central, number, by=_by())
    flash(_("已保存。"))
    return redirect(url_for("accounts.one", number=number))


def _find(connection: Connection, number: int) -> Account:
    found = read_account(connection, StaffAccount.id == number)
    if found is None or not found.lies_within(part(connection, Right.ACCOUNTS)):
        abort(404)
    return found


def _not_own(found: Account) -> None:
    """Refuse changing one's own rights: another administrator does that."""
    if found.id == account().id:
        raise Refused(Code.BAD_FIELD, _("不能改自己的账号，请另一位管理员处理。"))


def _wanted(name: str) -> changing.Wanted:
    form = request.form
    grants = []
    for role, over, code in zip(
        form.getlist("role"), form.getlist("over"), form.getlist("code"), strict=False
    ):
        if role:
            grants.append(_grant(role, over, code.strip()))
    with reading() as connection:
        within = part(connection, Right.ACCOUNTS)
    if not all(within.has_grant(grant.over, grant.code) for grant in grants):
        raise Refused(Code.BAD_FIELD, _("只能在您自己的范围内授权。"))
    title, number = form.get("title", "").strip(), form.get("number", "").strip()
    return changing.Wanted(name.strip().lower(), title, number, tuple(grants))


def _grant(role: str, over: str, code: str) -> Grant:
    try:
        return Grant(StaffRole(role), Over(over), "" if over == Over.ALL else code)
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "role") from error


def _choices() -> dict[str, object]:
    return {"roles": list(StaffRole), "overs": list(Over)}


def _by() -> str:
    return account().username
