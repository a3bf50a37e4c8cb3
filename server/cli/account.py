"""`account`: accounts of the staff, for whoever runs the server. On the pages an administrator does the same."""

from collections.abc import Callable

import click
from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.accounts import change_account as changing
from server.accounts.account import Account, read_account
from server.central import Central
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, answers
from server.models.staff import StaffAccount
from sync.errors import Refused

OPERATOR = ""
"""Who does it, in the central log: no account, but whoever can run commands on the server."""


class GrantType(click.ParamType[Grant]):
    """A role over a part: `city`, `district@region:R1`, `team_leader@team:T1`, `site_lead@site:S1`."""

    name = "role"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Grant:
        """Read one."""
        if isinstance(value, Grant):
            return value
        role, _, place = str(value).partition("@")
        over, _, code = place.partition(":")
        try:
            return Grant(StaffRole(role), Over(over or Over.ALL), code)
        except ValueError:
            roles = ", ".join(StaffRole)
            self.fail(f"角色 / ROLE or ROLE@region:CODE, @team:, @site: ({roles})", param, ctx)


_title = click.option("--title", required=True, help="姓名 / who it is")
_number = click.option(
    "--number", default="", help="本人编号 / their own volunteer or staff number"
)
_roles = click.option(
    "--role", "roles", type=GrantType(), multiple=True, help="角色 / ROLE or ROLE@region:CODE"
)


@click.group("account")
def account() -> None:
    """工作人员账号 / Accounts of the staff."""


@account.command("list")
@answers
def list_accounts() -> Answer:
    """列出账号 / List the accounts, what each may do where, and whether it is locked or closed."""
    with services() as opened, opened.database.read() as connection:
        now = opened.signer.clock.wall_ms()
        names = connection.scalars(select(StaffAccount.name).order_by(StaffAccount.name)).all()
        told = [_told(find_account(connection, name), now) for name in names]
    return Answer(told, "\n".join(_line(one) for one in told))


@account.command("open")
@click.argument("name")
@_title
@_number
@_roles
@answers
def open_(name: str, title: str, number: str, roles: tuple[Grant, ...]) -> Answer:
    """开设账号 / Open an account; its first password is printed once."""
    wanted = changing.Wanted(name.lower(), text_option("--title", title), number, roles)
    with services() as opened, opened.database.write_facts() as connection:
        made = changing.open_account(connection, opened.central, wanted, by=OPERATOR)
    return Answer(
        made, f"{made.name}  初始密码（只显示一次）/ first password, shown once: {made.password}"
    )


@account.command("change")
@click.argument("name")
@_title
@_number
@_roles
@answers
def change(name: str, title: str, number: str, roles: tuple[Grant, ...]) -> Answer:
    """改账号 / Say anew who an account is and what it may do: all its roles."""
    wanted = changing.Wanted(name.lower(), text_option("--title", title), number, roles)
    with services() as opened, opened.database.write_facts() as connection:
        found = find_account(connection, name)
        changing.change_account(connection, opened.central, found.id, wanted, by=OPERATOR)
        told = _told(find_account(connection, name), opened.signer.clock.wall_ms())
    return Answer(told, _line(told))


@account.command("close")
@click.argument("name")
@answers
def close(name: str) -> Answer:
    """停用账号 / Close an account: its sessions end, and nobody signs in with it."""
    return _act(name, lambda c, o, n: changing.close_account(c, o, n, by=OPERATOR))


@account.command("reopen")
@click.argument("name")
@answers
def reopen(name: str) -> Answer:
    """重新启用 / Open a closed account again, or one that is locked."""
    return _act(name, lambda c, o, n: changing.reopen_account(c, o, n, by=OPERATOR))


@account.command("reset")
@click.argument("name")
@answers
def reset(name: str) -> Answer:
    """重置账号 / A new first password, printed once; the second factor is set up anew and sessions end."""
    with services() as opened, opened.database.write_facts() as connection:
        found = find_account(connection, name)
        made = changing.reset_account(connection, opened.central, found.id, by=OPERATOR)
    return Answer(made, f"{made.name}  新的初始密码 / new first password: {made.password}")


def _act(name: str, act: Callable[[Connection, Central, int], None]) -> Answer:
    with services() as opened, opened.database.write_facts() as connection:
        act(connection, opened.central, find_account(connection, name).id)
        told = _told(find_account(connection, name), opened.signer.clock.wall_ms())
    return Answer(told, _line(told))


def find_account(connection: Connection, name: str) -> Account:
    """Find an account by its name. Raise `Refused(not_found)`."""
    found = read_account(connection, StaffAccount.name == name.lower())
    if found is None:
        raise Refused(Code.NOT_FOUND, f"没有账号 / no account: {name}")
    return found


def _told(found: Account, now_ms: int) -> dict[str, object]:
    return {
        "name": found.username,
        "title": found.title,
        "number": found.number,
        "open": found.active,
        "locked": found.locked_ms > now_ms,
        "second_factor": bool(found.tf_totp_secret),
        "roles": [_role(grant) for grant in found.grants],
    }


def _role(grant: Grant) -> str:
    return grant.role if grant.over is Over.ALL else f"{grant.role}@{grant.over}:{grant.code}"


def _line(told: dict[str, object]) -> str:
    state = "启用 / open" if told["open"] else "已停用 / closed"
    roles = told["roles"]
    shown = " ".join(map(str, roles)) if isinstance(roles, list) else ""
    return f"{told['name']:<20}{told['title']}  {told['number'] or '—'}  {state}  {shown}"
