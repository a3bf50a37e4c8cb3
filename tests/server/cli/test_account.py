"""Accounts by command: opened, changed, closed, reset; every change is an entry of the central log."""

from typing import Any

import pytest
from sqlalchemy import select

from schemas.central_entry import Staff
from server.models.log import Log, LogEntry
from server.services import Services
from sync.canonical import understand
from tests.server.cli.test_decisions import run


@pytest.fixture
def services(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A home for commands to work in."""
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))
    monkeypatch.delenv("REDVEST_DATABASE_URL", raising=False)
    return services


def _open(*roles: str) -> Any:
    given = [part for role in roles for part in ("--role", role)]
    return run("account", "open", "Wang.Li", "--title", "王丽", "--number", "V9", *given)


def _listed(name: str) -> dict[str, Any]:
    return next(one for one in run("account", "list")[1] if one["name"] == name)


def test_an_account_is_opened_with_roles_over_parts_of_the_tree(services: Services) -> None:
    status, made = _open("viewer", "district@region:R1", "site_lead@site:S1")
    assert (status, made["name"]) == (0, "wang.li")
    assert len(made["password"]) >= 20
    assert _listed("wang.li")["roles"] == ["district@region:R1", "site_lead@site:S1", "viewer"]
    assert _open("viewer")[0] == 5, "the name is taken"


@pytest.mark.parametrize("role", ["king", "district@region:", "city@all:R1", "viewer@planet:X", ""])
def test_a_role_that_makes_no_sense_is_refused(services: Services, role: str) -> None:
    assert _open(role)[0] in (2, 5)
    assert all(one["name"] != "wang.li" for one in run("account", "list")[1])


def test_closing_and_resetting_take_effect_once_and_are_entries(services: Services) -> None:
    first = _open("reviewer")[1]["password"]
    for act in ("close", "close", "reopen"):
        assert run("account", act, "wang.li")[0] == 0
    assert run("account", "reset", "wang.li")[1]["password"] != first
    changed = run(
        "account", "change", "wang.li", "--title", "王丽", "--number", "V9", "--role", "city"
    )
    assert changed[1]["roles"] == ["city"]
    assert run("account", "close", "no.body")[0] == 5
    central = select(LogEntry.body).join(Log, Log.id == LogEntry.log).where(Log.kind == "central")
    with services.database.read() as connection:
        bodies = connection.scalars(central.order_by(LogEntry.seq)).all()
    said = [entry for body in bodies if isinstance(entry := understand(bytes(body)), Staff)]
    whats = [entry.what for entry in said if entry.account == "wang.li"]
    assert whats == ["opened", "closed", "reopened", "reset", "changed"]
    assert len({entry.digest for entry in said if entry.account == "wang.li"}) == 3


def test_a_token_is_made_listed_and_revoked_by_command(services: Services) -> None:
    _open("viewer")
    made = run("account", "token", "make", "wang.li", "--for", "nightly", "--right", "see")[1]
    assert made["token"].startswith("rv_")
    (listed,) = run("account", "token", "list", "wang.li")[1]
    assert (listed["for"], listed["rights"], listed["used"]) == ("nightly", ["see"], "")
    assert "token" not in listed
    more = run("account", "token", "make", "wang.li", "--for", "x", "--right", "decide")
    assert more[0] == 5
    for _ in range(2):
        assert run("account", "token", "revoke", "wang.li", str(listed["id"]))[0] == 0
    assert run("account", "token", "list", "wang.li")[1] == []
