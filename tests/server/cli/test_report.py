"""`report` as a script meets it."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from server.cli import program
from tests.server.books.desk import Desk
from tests.server.reports.conftest import desk  # noqa: F401 # the same figures

HOME = "REDVEST_HOME"


@pytest.fixture
def call(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: F811 # it is the fixture
    """Run `report` on the desk's home, and give exit status and JSON."""
    monkeypatch.setenv(HOME, str(desk.services.config.home))

    def run(*args: str) -> tuple[int, Any]:
        done = CliRunner().invoke(program, ["report", *args, "--json"])
        return done.exit_code, json.loads(done.stdout)

    return run


def test_a_report_is_shown_with_what_is_to_be_said_of_it(call: Any) -> None:
    status, found = call("make", "--by", "site")
    assert status == 0
    assert (found["rows"][0]["site"], found["rows"][0]["minutes_credited"]) == ("S1", 660)
    assert found["total"]["people"] == 3
    assert (found["about"]["state"], found["is_cut"]) == ("provisional", False)


def test_people_read_it_as_a_table(call: Any) -> None:
    done = CliRunner().invoke(program, ["report", "make", "--by", "team"])
    assert done.exit_code == 0
    assert "人次" in done.stdout
    assert "暂计" in done.stdout


def test_a_file_is_written_whole(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    status, found = call("make", "--by", "volunteer", "--out", str(file))
    assert (status, found["rows"]) == (0, 3)
    rows = list(csv.reader(StringIO(file.read_text("utf-8-sig"), newline="")))
    assert [row[:2] for row in rows[1:4]] == [["V1", "志*1"], ["V2", "志*2"], ["V3", "志*3"]]
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["r.csv"]


@pytest.mark.parametrize(
    "args",
    [
        ["--by", "volunteer", "--unmask"],
        ["--by", "volunteer", "--purpose", "表彰"],
        ["--by", "volunteer", "--out", "r.pdf"],
        ["--by", "grade"],
        ["--by", "site", "--category", "a\nb"],
    ],
)
def test_wrong_usage_is_2(call: Any, args: list[str]) -> None:
    assert CliRunner().invoke(program, ["report", "make", *args]).exit_code == 2


def test_names_are_shown_for_a_purpose_which_is_kept(call: Any, desk: Desk) -> None:  # noqa: F811
    status, found = call("make", "--by", "volunteer", "--unmask", "--purpose", "表彰核对")
    assert (status, found["rows"][0]["name"]) == (0, "志愿者1")
    with desk.services.database.read() as connection:
        query = text("SELECT what, about, people, purpose FROM reading")
        assert connection.execute(query).all() == [("report", "volunteer ../..", 3, "表彰核对")]


def test_two_periods_are_compared(call: Any) -> None:
    days = ("2026-11-02", "2026-11-03")
    asked = ("--from", days[1], "--to", days[1], "--compare", days[0], days[0])
    status, found = call("make", "--by", "site", *asked)
    assert status == 0
    assert found["rows"][0]["minutes_credited_change"] == 120 - 540
    assert found["about"]["before"] == "2026-11-02/2026-11-02"


def test_a_saved_report_is_made_listed_and_removed(call: Any, desk: Desk) -> None:  # noqa: F811
    assert call("save", "daily", "--by", "site", "--every", "day", "--site", "S1")[0] == 0
    status, ran = call("run-due")
    assert (status, ran["said"]) == (0, "made=1 rows=0")  # by the real clock: long after
    (listed,) = call("list")[1]
    assert listed["report"]["only"]["sites"] == ["S1"]
    assert listed["made"][0]["state"] == "done"
    assert (Path(listed["folder"]) / listed["made"][0]["file"]).is_file()
    assert call("remove", "daily") == (0, {"name": "daily", "removed": True})
    assert call("remove", "daily") == (0, {"name": "daily", "removed": False})
    assert call("list")[1] == []
