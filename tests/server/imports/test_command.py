"""The commands as scripts see them: data alone on standard output, messages beside, the exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import program
from server.config import read_config
from server.intake import feed
from server.services import open_services


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDVEST_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("REDVEST_DATABASE_URL", raising=False)
    assert run("setup").exit_code == 0
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(program, [str(argument) for argument in arguments])


def people(home: Path, content: str = "number,name\nV1,张三\nV2,李四\n") -> Path:
    file = home / "people.csv"
    file.write_text(content, "utf-8")
    return file


def test_an_import_answers_in_json_and_leaves_a_central_entry(home: Path) -> None:
    done = run("import", "volunteers", people(home), "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "kind": "volunteers",
        "rows": 2,
        "added": 2,
        "changed": 0,
        "unchanged": 0,
        "bad": 0,
        "errors": [],
        "warnings": {},
        "unknown_columns": [],
        "dry_run": False,
    }
    assert run("verify").exit_code == 0


def test_what_was_imported_is_in_the_feed_before_a_kiosk_asks(home: Path) -> None:
    def waiting() -> bool:
        services = open_services(read_config())
        with services.database.read() as connection:
            found = feed.is_behind(connection)
        services.database.close()
        return found

    file = people(home)
    assert run("import", "volunteers", file, "--dry-run").exit_code == 0
    assert waiting(), "a dry run changes nothing"
    assert run("import", "volunteers", file).exit_code == 0
    assert not waiting()


def test_the_exit_status_says_how_much_was_done(home: Path) -> None:
    half = people(home, "number,name\nV1,张三\nV2,\n")
    assert run("import", "volunteers", half, "--all-or-nothing").exit_code == 5
    assert run("import", "volunteers", half, "--dry-run").exit_code == 3
    assert run("import", "volunteers", half).exit_code == 3
    assert run("import", "volunteers", people(home, "number,name\nV9,\n")).exit_code == 5
    assert run("import", "volunteers", people(home, "x\n")).exit_code == 5
    assert run("import", "volunteers", home / "none.csv").exit_code == 2
    assert run("import", "people", half).exit_code == 2
    assert run("import", "volunteers", half, "--from", "yesterday").exit_code == 2
    assert run("import", "volunteers", half, "--from", "1969-12-31").exit_code == 2


def test_a_refused_file_is_an_error_in_json_on_standard_output(home: Path) -> None:
    refused = run("import", "volunteers", people(home, "编号\n"), "--json")
    error = json.loads(refused.stdout)["error"]
    assert error["code"] == "missing_column"
    assert "志愿者编号" in error["message"]
    assert error["message"] in refused.stderr


def test_people_read_what_was_done(home: Path) -> None:
    said = run("import", "volunteers", people(home, "number,name,x\nV1,a,\nV2,,\n")).stdout
    assert "第 3 行" in said
    assert "未识别的列 / unknown columns: x" in said
    assert "新增 1 added" in said


def test_badges_are_printed_revoked_and_printed_anew(home: Path) -> None:
    run("import", "volunteers", people(home))
    out = home / "out"
    first = json.loads(run("badge", "V1", "--out", out, "--json").stdout)
    assert [badge["serial"] for badge in first["badges"]] == [1]
    assert run("revoke", "badge", "V1", "--reason", "遗失").exit_code == 0
    assert run("revoke", "badge", "V1").exit_code == 0
    again = json.loads(run("badge", "V1", "--out", out, "--json").stdout)
    assert [badge["serial"] for badge in again["badges"]] == [2]
    assert run("verify").exit_code == 0


def test_badge_says_by_its_status_who_is_unknown(home: Path) -> None:
    run("import", "volunteers", people(home))
    out = home / "out"
    assert run("badge", "V1", "V404", "--out", out).exit_code == 3
    assert run("badge", "V404", "--out", out).exit_code == 1
    assert run("badge", "--out", out).exit_code == 2
    assert run("badge", "V1", "--all", "--out", out).exit_code == 2
    assert run("badge", "V1", "--out", people(home)).exit_code == 2
    assert run("badge", "--all", "--out", out).exit_code == 0
    assert run("revoke", "badge", "V404").exit_code == 5
    assert run("revoke", "badge", "V1", "--reason", "a\0b").exit_code == 2
