"""Deciding, merging, closing and correcting by command: exits, JSON alone, and input that nobody should give."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli import program
from server.cli.output import Exit
from tests.server.books.desk import make_desk
from tests.server.builders import ServerClock
from tests.server.conftest import Open

ACTOR = ("--by", "V14", "--role", "city")


@pytest.fixture
def home(open_home: Open, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home where V1 has a short stay of 2026-11-02 and V2 one without an end, for commands to work in."""
    clock = ServerClock()
    services = open_home("home", clock=clock)
    desk = make_desk(services, clock)
    desk.stay("V1", 8, 8.05)
    desk.stay("V2", 9, None)
    desk.sync(40)
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))
    monkeypatch.delenv("REDVEST_DATABASE_URL", raising=False)
    yield services.config.home


def run(*arguments: str) -> tuple[int, Any]:
    """Run a command; give its exit and its JSON."""
    result = CliRunner().invoke(program, [*arguments, "--json"], prog_name="python -m server")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout) if result.stdout.strip() else None


def record_of(who: str) -> str:
    found = run("findings")[1]
    return next(str(f["record"]) for f in found if f["about"] == who and f["record"])


@pytest.mark.usefixtures("home")
def test_findings_suggest_what_to_decide_and_it_can_be_decided() -> None:
    found = {f["rule"]: f for f in run("findings")[1]}
    assert found["B4"]["suggestion"].startswith("attest --until 2026-11-02T13:00")
    assert found["B6"]["suggestion"] == "refuse"
    until = found["B4"]["suggestion"].split()[-1]
    given = (
        "decide",
        "V2",
        found["B4"]["record"][:8],
        "attest",
        "--until",
        until,
        "--why",
        "x",
        *ACTOR,
    )
    status, preview = run(*given, "--dry-run")
    assert (status, preview["after"]["credited"]) == (Exit.DONE, 240)
    status, done = run(*given, "--seen", preview["seen"])
    assert (status, len(done["decisions"])) == (Exit.DONE, 1)
    row = next(r for r in run("hours")[1] if r["volunteer"] == "V2")
    assert row["minutes_credited"] == 240


@pytest.mark.usefixtures("home")
def test_a_decision_is_taken_back_by_command() -> None:
    done = run("decide", "V1", record_of("V1")[:8], "approve", "--why", "x", *ACTOR)[1]
    status, undone = run("undo-decision", done["decisions"][0][:12], "--why", "y", *ACTOR)
    assert (status, undone["after"]["held"]) == (Exit.DONE, 3)


@pytest.mark.usefixtures("home")
def test_a_second_decider_is_refused_with_a_code() -> None:
    given = ("decide", "V1", record_of("V1")[:8])
    assert run(*given, "approve", "--why", "x", *ACTOR)[0] == Exit.DONE
    status, data = run(*given, "refuse", "--why", "x", "--by", "V13")
    assert (status, data["error"]["code"]) == (Exit.REFUSED, "already_decided")


@pytest.mark.usefixtures("home")
def test_many_with_some_left_out_is_partly_done() -> None:
    status, data = run("decide-all", "B6", "approve", "--why", "x", "--by", "V1", "--role", "city")
    assert (status, data["left_out"][0]["code"]) == (Exit.PARTLY, "own_hours")


@pytest.mark.usefixtures("home")
def test_merging_and_parting_by_command() -> None:
    status, done = run("merge", "V1", "V2", "--why", "x", *ACTOR)
    assert (status, done["already"]) == (Exit.DONE, False)
    assert run("merge", "V1", "V2", "--why", "x", *ACTOR)[1]["already"] is True
    assert run("unmerge", done["entry"], "--why", "x", *ACTOR)[0] == Exit.DONE
    status, data = run("merge", "V3", "V3", "--why", "x", *ACTOR)
    assert (status, data["error"]["code"]) == (Exit.REFUSED, "same_person")


@pytest.mark.usefixtures("home")
def test_a_month_that_is_over_is_closed_once() -> None:
    status, data = run("close", "S1", "2099-01", *ACTOR)
    assert (status, data["error"]["code"]) == (Exit.REFUSED, "not_over")
    status, data = run("close", "S1", "2020-01", "--by", "V14")
    assert (status, data["error"]["code"]) == (Exit.REFUSED, "role_too_low")
    closing = [
        run("close", "S1", "2020-01", "--reason", "x", *ACTOR, *dry)
        for dry in (["--dry-run"], [], [])
    ]
    assert [(s, d["already"]) for s, d in closing] == [(0, False), (0, False), (0, True)]
    shown = [(p["site"], p["month"], p["closed"]) for p in run("periods", "--site", "S1")[1]]
    assert shown == [("S1", "2020-01", True), ("S1", "2026-11", False)]
    assert run("adjustments", "--site", "S1") == (Exit.DONE, [])


@pytest.mark.usefixtures("home")
def test_a_region_is_closed_site_by_site() -> None:
    given = ("close", "--region", "R1", "2020-01", *ACTOR)
    assert run(*given, "--dry-run")[1]["closed"] is False
    status, data = run(*given)
    assert (status, data["closed"], data["left_out"]) == (Exit.DONE, True, [])
    assert [one["site"] for one in data["sites"]] == ["S1", "S2", "S3"]
    status, data = run("close", "--region", "R9", "2020-01", *ACTOR)
    assert (status, data["error"]["code"]) == (Exit.REFUSED, "not_found")


@pytest.mark.usefixtures("home")
def test_a_request_is_written_down_listed_and_answered() -> None:
    given = ("correct", "V2", "--site", "S1", "--since", "2026-11-02T09:00", "--said", "我在")
    status, asked = run(*given, "--asked", "2026-11-04T10:00")
    assert (status, asked["already"]) == (Exit.DONE, False)
    assert run(*given)[1]["already"] is True
    (listed,) = run("corrections", "--open")[1]
    assert (listed["due"], listed["said"], listed["witnesses"]) == ("2026-11-18", "我在", [])
    status, _ = run("answer", asked["request"], "declined", "--why", "x", *ACTOR)
    assert status == Exit.DONE
    assert run("corrections", "--open")[1] == []


def test_a_table_of_workdays_that_cannot_be_read_is_said(home: Path) -> None:
    (home / "workdays.csv").write_text("year,date,kind,notice\n2026,maybe,off,\n", encoding="utf-8")
    status, data = run("corrections")
    assert (status, data["error"]["code"]) == (Exit.REFUSED, "bad_workdays")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "arguments",
    [
        ("decide", "V1;--", "ff", "approve", "--why", "x", *ACTOR),
        ("decide", "V1", "ffffffff", "abolish", "--why", "x", *ACTOR),
        ("decide", "V1", "ffffffff", "adjust", "--credit", "now", "later", "--why", "x", *ACTOR),
        ("decide", "V1", "ffffffff", "attest", "--until", "1969-01-01T00:00", "--why", "x", *ACTOR),
        ("decide", "V1", "ffffffff", "attest", "--until", "2026-11-02", "--why", "x", *ACTOR),
        ("decide", "V1", "ffffffff", "approve", "--why", "x" * 301, *ACTOR),
        ("decide", "V1", "ffffffff", "approve", "--why", "a\x1b[31m", *ACTOR),
        ("decide", "V1", "ffffffff", "approve", "--why", "x", "--by", "张三"),
        ("decide", "V1", "ffffffff", "approve", "--why", "x"),
        ("close", "S1", "2026-13", *ACTOR),
        ("close", "S1", "202611", *ACTOR),
        ("close", "S1", "٢٠٢٦-11", *ACTOR),
        ("answer", "ffffff", "agreed", "--decision", "zz", "--why", "x", *ACTOR),
        ("correct", "V1", "--record", "f" * 63, "--said", "x"),
    ],
)
def test_what_nobody_should_give_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(program, list(arguments), standalone_mode=True)
    assert result.exit_code == Exit.USAGE, result.output


def test_a_home_without_its_derived_file_derives_anew(home: Path) -> None:
    before = run("hours")
    for left in home.glob("derived.db*"):
        left.unlink()
    assert run("hours") == before
