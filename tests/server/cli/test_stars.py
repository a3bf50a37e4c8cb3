"""Stars by command: a list from its publication to its end, exits, and JSON alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli import program
from server.cli.output import Exit
from server.services import Services
from tests.server.books.desk import make_desk
from tests.server.builders import ServerClock
from tests.server.certificates.desk import LATE_H
from tests.server.conftest import import_text

ACTOR = ("--by", "V14", "--role", "city")
FIGURES = "region,site,from,key,value\n,,2020-01-01,star_1_hours,3\n"


@pytest.fixture
def home(
    services: Services, clock: ServerClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home with a closed November of V1 (4 hours) and V2 (3), and one star for 3 hours."""
    import_text(services, tmp_path, "policies", FIGURES)
    desk = make_desk(services, clock)
    desk.stay("V1", 8, 12)
    desk.stay("V2", 16, 19)
    desk.sync(LATE_H)
    desk.close()
    monkeypatch.setattr("server.services.clock_of", lambda *_: clock.clock())
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))
    monkeypatch.delenv("REDVEST_DATABASE_URL", raising=False)
    return services.config.home


def run(*arguments: str) -> tuple[int, Any]:
    """Run a command; give its exit and its JSON."""
    result = CliRunner().invoke(program, ["stars", *arguments, "--json"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout) if result.stdout.strip() else None


@pytest.mark.usefixtures("home")
def test_a_list_goes_its_way_by_command() -> None:
    day = ("--day", "2026-11-30")
    status, found = run("list", *day)
    assert status == Exit.DONE
    assert [(one["volunteer"], one["stars"], one["minutes"]) for one in found] == [
        ("V1", 1, 240),
        ("V2", 1, 180),
    ]
    assert [one["minutes"] for one in run("evidence", "V1", *day)[1]] == [240]
    status, done = run("publish", "2026", "--day", "2026-11-02", *ACTOR)
    assert (status, done["people"], done["already"]) == (Exit.DONE, 2, False)
    entry = done["entry"]
    status, objection = run("object", entry[:8], "V2", "--said", "没有来过", "--by", "V13")
    assert status == Exit.DONE
    answer = ("answer", objection["objection"], "agreed", "--why", "查实", *ACTOR)
    assert run(*answer)[0] == Exit.DONE
    assert run("lists")[1][0]["people"] == 1
    shown = run("show", entry)[1]
    assert [(one["volunteer"], one["state"]) for one in shown["rows"]] == [("V1", ""), ("V2", "struck")]  # fmt: skip
    status, ended = run("close", entry, *ACTOR)
    assert (status, ended["error"]["code"]) == (Exit.REFUSED, "still_up")


@pytest.mark.usefixtures("home")
def test_what_is_not_there_is_refused() -> None:
    objecting = ("object", "00" * 32, "V1", "--said", "x", "--by", "V2")
    for arguments in (("show", "abcdef"), ("close", "zz", *ACTOR), objecting):
        status, answer = run(*arguments)
        assert (status, answer["error"]["code"]) == (Exit.REFUSED, "not_found")
