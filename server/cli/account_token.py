"""`account token`: tokens with which programs call the API for an account. On their account page people do the same."""

import click

from server.access.roles import Right
from server.accounts import tokens
from server.accounts.tokens import Token, TokenWanted
from server.books.dates import iso_date, iso_time, local_day
from server.cli.account import OPERATOR, account, find_account
from server.cli.composition import services
from server.cli.output import Answer, answers
from server.limits import TOKEN_DAYS_MAX

_DAYS = 90


@account.group("token")
def token() -> None:
    """接口令牌 / Tokens with which programs call the API."""


@token.command("make")
@click.argument("name")
@click.option("--for", "called", required=True, help="用途 / what it is for")
@click.option(
    "--right",
    "rights",
    type=click.Choice([right.value for right in Right]),
    multiple=True,
    required=True,
    help="权限 / what it may do, of what the account may",
)
@click.option(
    "--days",
    type=click.IntRange(1, TOKEN_DAYS_MAX),
    default=_DAYS,
    help="有效天数 / how long it lasts",
)
@answers
def make(name: str, called: str, rights: tuple[str, ...], days: int) -> Answer:
    """新建令牌 / Make a token for an account; it is printed once."""
    wanted = TokenWanted(called, frozenset(map(Right, rights)), days)
    with services() as opened, opened.database.write_facts() as connection:
        made = tokens.make_token(
            connection, opened.central, find_account(connection, name), wanted, by=OPERATOR
        )
    return Answer(
        _told(made.token) | {"token": made.secret},
        f"令牌（只显示一次）/ token, shown once: {made.secret}",
    )


@token.command("list")
@click.argument("name")
@answers
def list_them(name: str) -> Answer:
    """列出令牌 / List the tokens of an account that last."""
    with services() as opened, opened.database.read() as connection:
        now = opened.signer.clock.wall_ms()
        found = tokens.list_tokens(connection, find_account(connection, name).id, now)
    lines = [f"{one.id:>6}  {one.name}  {' '.join(sorted(one.rights))}" for one in found]
    return Answer([_told(one) for one in found], "\n".join(lines) or "没有令牌 / no tokens")


@token.command("revoke")
@click.argument("name")
@click.argument("number", type=click.IntRange(min=1))
@answers
def revoke(name: str, number: int) -> Answer:
    """撤销令牌 / Revoke a token by the number that `list` gives; it opens nothing from now on."""
    with services() as opened, opened.database.write_facts() as connection:
        whose = find_account(connection, name)
        tokens.revoke_token(connection, opened.central, whose, number, by=OPERATOR)
    return Answer({"id": number, "revoked": True}, f"已撤销 / revoked: {number}")


def _told(one: Token) -> dict[str, object]:
    return {
        "id": one.id,
        "for": one.name,
        "rights": sorted(one.rights),
        "made": iso_time(one.made_ms),
        "expires": iso_date(local_day(one.expires_ms)),
        "used": iso_time(one.used_ms) if one.used_ms else "",
    }
