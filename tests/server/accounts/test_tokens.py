"""Tokens: shown once, kept as a hash, never more than the account, and each an entry of the central log."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from server.access.roles import Right, StaffRole
from server.accounts.account import read_account
from server.accounts.change_account import reset_account
from server.accounts.tokens import TokenWanted, find_token, list_tokens, make_token, revoke_token
from server.console import create_console
from server.limits import TOKEN_DAYS_MAX, TOKEN_NAME_CHARS_MAX, TOKENS_MAX
from server.models.staff import StaffAccount
from server.models.token import StaffToken
from server.services import Services
from sync.errors import Refused
from tests.server.api.program import token_of
from tests.server.builders import ServerClock
from tests.server.staff import EVERYWHERE, form_token, hire, said, said_on, signed_in

SEE = frozenset({Right.SEE})


@pytest.fixture
def viewer(services: Services) -> str:
    """The name of somebody who may only look."""
    return hire(services, "viewer", EVERYWHERE[StaffRole.VIEWER]).name


@pytest.mark.both_databases
def test_a_token_is_kept_as_a_hash_and_found_by_what_it_is(
    services: Services, clock: ServerClock, viewer: str
) -> None:
    made = token_of(services, viewer)
    assert re.fullmatch(r"rv_[0-9A-Za-z_-]{43}", made.secret)
    with services.database.read() as connection:
        row = connection.execute(select(StaffToken)).one()
        assert made.secret not in str(tuple(row))
        assert find_token(connection, made.secret, clock.now_ms) == made.token
        assert find_token(connection, made.secret[:-1], clock.now_ms) is None
        assert find_token(connection, made.secret, made.token.expires_ms) is None
    assert said(services, viewer) == ["opened", "token"]


@pytest.mark.parametrize(
    "wanted",
    [
        TokenWanted("t", frozenset({Right.SEE, Right.DECIDE}), 1),
        TokenWanted("t", frozenset(), 1),
        TokenWanted("t", SEE, 0),
        TokenWanted("t", SEE, TOKEN_DAYS_MAX + 1),
        TokenWanted(" ", SEE, 1),
        TokenWanted("a" * (TOKEN_NAME_CHARS_MAX + 1), SEE, 1),
        TokenWanted("a\x00", SEE, 1),
        TokenWanted("a\nb", SEE, 1),
    ],
)
def test_a_token_that_makes_no_sense_or_may_more_than_its_account_is_refused(
    services: Services, viewer: str, wanted: TokenWanted
) -> None:
    with services.database.write_facts() as connection:
        account = read_account(connection, StaffAccount.name == viewer)
        assert account is not None
        with pytest.raises(Refused, match="bad_field"):
            make_token(connection, services.central, account, wanted, by=viewer)


def test_an_account_holds_so_many_tokens_and_no_more(services: Services, viewer: str) -> None:
    for _ in range(TOKENS_MAX):
        token_of(services, viewer)
    with pytest.raises(Refused, match="bad_field"):
        token_of(services, viewer)


def test_nobody_revokes_the_token_of_another_and_a_reset_ends_all(
    services: Services, clock: ServerClock, viewer: str
) -> None:
    made = token_of(services, viewer)
    other = hire(services, "other", EVERYWHERE[StaffRole.VIEWER])
    with services.database.write_facts() as connection:
        stranger = read_account(connection, StaffAccount.name == "other")
        assert stranger is not None
        with pytest.raises(Refused, match="not_found"):
            revoke_token(connection, services.central, stranger, made.token.id, by="other")
        owner = made.token.account
        reset_account(connection, services.central, owner, by="")
        assert list_tokens(connection, owner, clock.now_ms) == []
        assert list_tokens(connection, other.account, clock.now_ms) == []
    assert said(services, viewer) == ["opened", "token", "token", "reset"]


def test_people_make_and_revoke_their_own_on_their_page(services: Services, viewer: str) -> None:
    console: Flask = create_console(services)
    browser = signed_in(console, viewer)
    page = browser.get("/console/account").text
    assert 'value="see"' in page
    assert 'value="decide"' not in page, "only what the account may"
    form = {"csrf_token": form_token(page), "name": "<b>nightly</b>", "days": "7", "right": "see"}
    made = browser.post("/console/account/tokens", data=form)
    secret = re.search(r"rv_[0-9A-Za-z_-]{43}", made.text)
    assert secret
    page = browser.get("/console/account").text
    assert "&lt;b&gt;nightly&lt;/b&gt;" in page
    assert secret[0] not in page
    address = re.search(r'action="(/console/account/tokens/\d+/revoke)"', page)
    assert address
    browser.post(address[1], data={"csrf_token": form["csrf_token"]})
    assert "nightly" not in browser.get("/console/account").text
    stolen = browser.post("/console/account/tokens", data=form | {"right": "decide"})
    assert "rv_" not in said_on(stolen.text)
