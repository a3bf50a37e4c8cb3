"""`runs` at the command line: asked for, worked on until it is over, its file written; never twice."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from server.cli import composition, program
from server.runs import certificates
from server.runs.work import LOCK
from server.services import open_services
from tests.server.runs.desk import QuickPress, RunDesk

PAPER = (
    *("--issuer", "文明实践中心", "--responsible", "王主任", "--handler", "李㛃"),
    *("--contact", "0376", "--by", "V14", "--role", "city"),
)
Ran = tuple[int, Any]


@pytest.fixture
def run(runs: RunDesk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run a command in the desk's home, at the desk's time."""
    clock = runs.desk.clock
    monkeypatch.setattr(certificates, "Press", QuickPress)
    monkeypatch.setattr(composition, "open_services", lambda c: open_services(c, clock.clock()))
    monkeypatch.setenv("REDVEST_HOME", str(runs.services.config.home))

    def start(*arguments: str) -> Ran:
        clock.now_ms += 1
        ran = CliRunner().invoke(program, ["runs", *arguments, "--json"])
        assert ran.stdout, ran.output
        return ran.exit_code, json.loads(ran.stdout)

    return start


def test_certificates_of_a_team_are_written_and_whoever_got_none_is_named(
    runs: RunDesk, run: Callable[..., Ran], tmp_path: Path
) -> None:
    out = tmp_path / "T2.zip"
    status, told = run("certificates", "--team", "T2", *PAPER, "--out", str(out))
    assert (status, told["state"], told["people"], told["left"]) == (3, "done", 3, 4)
    with ZipFile(out) as packed:
        assert len(packed.namelist()) == 4
    status, shown = run("show", told["id"])
    assert {one["code"] for one in shown["left_out"]} == {"nothing_confirmed"}
    assert run("drop", told["id"])[0] == 0
    assert run("show", told["id"]) == (5, {"error": {"code": "not_found", "message": "run"}})


def test_a_run_is_asked_for_now_and_waited_for_later(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    status, asked = run("report", "--by", "site", "--format", "csv", "--site", "S1")
    assert (status, run("list")[1][0]["state"]) == (0, "waiting")
    out = tmp_path / "sites.csv"
    assert run("wait", asked["id"], "--out", str(out))[1]["state"] == "done"
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert next(iter(csv.DictReader(file)))["站点 site"] == "S1"
    assert run("wait", asked["id"])[0] == 0, "over is over"


def test_a_run_that_fails_says_why(run: Callable[..., Ran]) -> None:
    _, asked = run("badges", "--team", "T0")
    status, told = run("wait", asked["id"])
    assert (status, told["state"], told["code"]) == (1, "failed", "not_found")


def test_stopping_and_exports_and_bulletins(run: Callable[..., Ran]) -> None:
    _, sent = run("official", "--month", "2026-11", "--responsible", "王主任")
    _, issued = run("bulletin", "R1", "--from", "2026-11-01", "--to", "2026-11-30")
    assert run("stop", issued["id"])[1]["state"] == "stopped"
    assert run("wait", sent["id"])[1]["result"] == "1 5"
    assert run("stop", sent["id"])[1]["state"] == "done"


def test_a_worker_leaves_it_to_another(runs: RunDesk, run: Callable[..., Ran]) -> None:
    with runs.services.database.exclusive(LOCK):
        status, told = run("work")
    assert (status, told["error"]["code"]) == (4, "job_running")
    assert run("work") == (0, {"slices": 0})


@pytest.mark.parametrize(
    "wrong",
    [
        ("certificates", *PAPER),
        ("certificates", "V1", "--team", "T2", *PAPER),
        ("certificates", "--team", "T2", "--again", *PAPER),
        ("badges", "--team", "T2", "--region", "R1"),
        ("badges",),
    ],
)
def test_wrong_usage_asks_for_nothing(run: Callable[..., Ran], wrong: tuple[str, ...]) -> None:
    assert run(*wrong)[0] == 2
    assert run("list") == (0, [])
