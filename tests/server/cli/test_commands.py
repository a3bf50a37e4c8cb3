"""The commands of the centre: how each ends, what stands on standard output, and what a home that is not ready says."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlcipher3.dbapi2 as sqlite
from click.testing import CliRunner
from sqlalchemy import Engine, event

from server.cli import COMMANDS, program
from server.cli.output import Exit
from tests.postgresql.cluster import Cluster
from tests.postgresql.homes import PostgresqlHomes
from tests.server.conftest import CopyHome

WEEK = ["--from", "2026-11-02", "--to", "2026-11-08"]


class Ran(NamedTuple):
    """How a command ended. data: what it printed as JSON (None: nothing)."""

    status: int
    data: Any
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def home(
    run: Run, template: Path, tmp_path: Path, copy_home: CopyHome, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A home that was set up, and that `run` works in."""
    config = copy_home(template, tmp_path / "home")
    if config.database_url:
        monkeypatch.setenv("REDVEST_DATABASE_URL", config.database_url)
    return config.home


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in the home `home` of the test's folder; what it prints on standard output must be JSON alone."""
    monkeypatch.setenv("REDVEST_HOME", str(tmp_path / "home"))
    for name in ("REDVEST_DATABASE_URL", "REDVEST_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str, as_json: bool = True) -> Ran:
        given = [*arguments, *(["--json"] if as_json else [])]
        result = CliRunner().invoke(program, given, prog_name="python -m server")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        data = json.loads(result.stdout) if as_json and result.stdout else None
        return Ran(result.exit_code, data, result.stdout, result.stderr)

    return command


@pytest.fixture
def table(tmp_path: Path) -> str:
    """A file to import."""
    file = tmp_path / "sites.csv"
    file.write_text("code,name,kind,region\nS7,=cmd|'/c calc'!A1,gate,R1\n", encoding="utf-8")
    return str(file)


def every_command(table: str, folder: Path) -> list[list[str]]:
    """Each command with arguments that a home that is ready would accept; not those that go on until stopped."""
    return [
        ["import", "sites", table],
        ["badge", "V1", "--out", str(folder / "badges")],
        ["badge", "V1", "--out", str(folder / "badges.pdf")],
        ["badge-key", "list"],
        ["account", "list"],
        ["badge-key", "rotate"],
        ["revoke", "badge", "V1"],
        ["enrolment-code", "S1"],
        ["hours"],
        ["completeness"],
        ["explain", "V1"],
        ["findings"],
        ["corrections"],
        ["periods"],
        ["adjustments"],
        ["site-month", "S1", "2026-11"],
        ["export", "official", "--out", str(folder / "official"), "--responsible", "王主任"],
        ["export", "status"],
        ["certificate", "list"],
        ["stars", "list"],
        ["stars", "lists"],
        ["bulletin", "issue", "R1", *WEEK, "--out", str(folder / "bulletins")],
        ["bulletin", "list"],
        ["sheet", "enrolment", "S1", "--out", str(folder / "codes.pdf")],
        ["sheet", "posts", "--site", "S1", "--out", str(folder / "signs.pdf")],
        ["bulletin", "save", "1", "--out", str(folder / "bulletins")],
        ["bulletin", "trace", "1", "all.credited", "--out", str(folder / "rows.xlsx")],
        ["rebuild"],
        ["verify"],
        ["backup", str(folder / "today.backup")],
        ["jobs"],
    ]


def test_every_command_is_tried_here(table: str, tmp_path: Path) -> None:
    tried = {command[0] for command in every_command(table, tmp_path)}
    elsewhere = {
        "accept",
        "accept-walk-in",
        "confirm",
        "restore",
        "fetch-fonts",
        "setup",
        "doctor",
        "run",
        "scheduler",
    }  # these need something to work on, or a network, or go on
    in_decisions = {
        "decide",
        "decide-all",
        "undo-decision",
        "merge",
        "unmerge",
        "correct",
        "answer",
        "close",
    }  # `test_decisions.py`
    in_reports = {"report"}  # `test_report.py`
    in_runs = {"runs"}  # `tests/server/runs/test_command.py`
    assert tried | elsewhere | in_decisions | in_reports | in_runs == set(COMMANDS)


@pytest.mark.both_databases
def test_every_command_ends_with_done_and_prints_json_alone(
    run: Run, home: Path, table: str, tmp_path: Path
) -> None:
    for command in [*every_command(table, tmp_path), ["doctor"], ["setup"]]:
        ran = run(*command)
        assert (ran.status, command) == (Exit.DONE, command), ran
        assert ran.data is not None
        again = run(*command)
        assert (again.status, command) == (Exit.DONE, command), again  # doing a thing again is 0
        shown = run(*command, as_json=False)
        assert shown.status == Exit.DONE
        assert shown.out.strip() or command == ["hours"]


def test_setting_up_twice_changes_nothing(run: Run, home: Path) -> None:
    before = {file.name: file.read_bytes() for file in (home / "keys").iterdir()}
    ran = run("setup")
    assert (ran.status, ran.data["made"], ran.data["password"]) == (Exit.DONE, False, "")
    assert {file.name: file.read_bytes() for file in (home / "keys").iterdir()} == before
    verified = run("verify").data
    assert (verified["logs"], verified["troubles"]) == (1, [])


def test_the_first_administrators_password_is_shown_once(run: Run, tmp_path: Path) -> None:
    first = run("setup").data
    assert len(first["password"]) >= 15
    assert run("setup").data["password"] == ""
    files = [file for file in (tmp_path / "home").rglob("*") if file.is_file()]
    assert not any(first["password"].encode() in file.read_bytes() for file in files)
    for key in (tmp_path / "home" / "keys").iterdir():
        assert key.stat().st_mode & 0o077 == 0


def test_a_home_that_was_not_set_up_says_so(run: Run, table: str, tmp_path: Path) -> None:
    for command in [*every_command(table, tmp_path), ["run"], ["scheduler"]]:
        ran = run(*command)
        assert (ran.status, command) == (Exit.REFUSED, command), ran
        assert ran.data["error"]["code"] == "not_set_up"
        assert "setup" in ran.err


def test_keys_without_a_database_and_a_database_without_keys_say_so(run: Run, home: Path) -> None:
    shutil.move(home / "keys", home / "away")
    assert (run("hours").status, run("hours").data["error"]["code"]) == (5, "not_set_up")
    shutil.move(home / "away", home / "keys")
    for file in home.glob("*.db*"):
        file.unlink()
    ran = run("hours")
    assert (ran.status, ran.data["error"]["code"]) == (5, "not_set_up")


def test_an_unknown_setting_is_wrong_usage(
    run: Run, home: Path, table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDVEST_KIOSK_HOME", "known, and not ours")
    assert run("hours").status == Exit.DONE
    monkeypatch.setenv("REDVEST_HOMES", "x")
    for command in [*every_command(table, tmp_path), ["setup"], ["doctor"], ["run"]]:
        ran = run(*command)
        assert (ran.status, ran.data["error"]["code"]) == (Exit.USAGE, "bad_configuration")
        assert "REDVEST_HOMES" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["hours", "--by", "cat"],
        ["hours", "--from", "yesterday"],
        ["hours", "--to", "2026-13-01"],
        ["import", "cats", "x.csv"],
        ["import", "sites", "absent.csv"],
        ["badge", "--out", "x"],
        ["badge", "V1"],
        ["enrolment-code"],
        ["run", "--port", "99999"],
        ["juggle"],
        ["hours", "--nothing"],
    ],
)
def test_wrong_usage_is_two_and_never_text_on_standard_output(
    run: Run, home: Path, arguments: list[str]
) -> None:
    ran = run(*arguments)
    assert ran.status == Exit.USAGE
    assert ran.err
    assert ran.data is None or ran.data["error"]["code"] == "wrong_usage"


def test_a_site_that_nobody_imported_is_refused(run: Run, home: Path) -> None:
    ran = run("enrolment-code", "S9")
    assert (ran.status, ran.data["error"]["code"]) == (Exit.REFUSED, "not_found")


@pytest.mark.parametrize("number", ["V99", "", "‮", "\ud800", "'; --", "x" * 5_000])
def test_a_number_that_is_nobodys_gets_no_badge(run: Run, home: Path, number: str) -> None:
    folder = str(home / "badges")
    assert run("badge", number, "--out", folder).status == Exit.FAILED
    assert run("badge", "V1", number, "--out", folder).status == Exit.PARTLY
    assert [file.name for file in (home / "badges").iterdir()] == ["V1.png"]


@pytest.mark.parametrize("command", ["hours", "rebuild", "verify", "doctor", "setup"])
def test_ctrl_c_ends_with_130(
    run: Run, home: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    # The command's own file first: it must be loaded while the others are as they are.
    for module in (f"cli.{command}", "cli.composition", "config"):
        monkeypatch.setattr(f"server.{module}.read_config", interrupt, raising=False)
    ran = run(command)
    assert (ran.status, ran.data["error"]["code"]) == (Exit.INTERRUPTED, "interrupted")


def test_a_busy_database_is_try_again_later(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.database.BUSY_MS", 50)
    other = sqlite.connect(str(home / "redvest.db"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ran = run("enrolment-code", "S1")
    other.close()
    assert (ran.status, ran.data["error"]["code"]) == (Exit.LATER, "database_busy")


def test_a_full_disk_is_called_so_and_nothing_is_half_done(
    run: Run, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "many.csv"
    file.write_text("number,name\n" + "".join(f"F{n},Full {n}\n" for n in range(3_000)))
    event.listen(Engine, "connect", no_page_more)
    try:
        ran = run("import", "volunteers", str(file))
    finally:
        event.remove(Engine, "connect", no_page_more)
    assert (ran.status, ran.data["error"]["code"]) == (Exit.FAILED, "disk_full")
    assert run("import", "volunteers", str(file)).data["added"] == 3_000


def no_page_more(connection: sqlite.Connection, _record: object) -> None:
    """Let the database have no more room than it takes now."""
    connection.execute("PRAGMA max_page_count = 1")


def test_a_code_that_is_not_imported_yet_is_a_note_in_words(
    run: Run, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "early.csv"
    file.write_text("number,name,team\nF1,Early,T404\n")
    ran = run("import", "volunteers", str(file), as_json=False)
    assert (ran.status, "unknown_reference" in ran.out) == (Exit.DONE, False)
    assert "not imported yet, taken all the same: 1" in ran.out


NOBODY_LISTENS = "postgresql://canary@127.0.0.1:9/redvest?connect_timeout=2"


def test_a_database_that_does_not_answer_is_try_again_later(
    run: Run, home: Path, table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDVEST_DATABASE_URL", NOBODY_LISTENS)
    for command in [*every_command(table, tmp_path), ["setup"], ["run"]]:
        ran = run(*command)
        assert (ran.status, command) == (Exit.LATER, command), ran
        assert ran.data["error"]["code"] == "database_unreachable"
    assert run("doctor").status == Exit.FAILED


def test_a_database_that_turns_us_away_is_a_failure_with_its_words(
    run: Run, home: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDVEST_DATABASE_URL", cluster.url("nobody_made_it"))
    ran = run("hours")
    assert (ran.status, ran.data["error"]["code"]) == (Exit.FAILED, "database_error")
    assert "nobody_made_it" in ran.err
    assert "数据库出错，这次没有完成" in ran.err


def test_an_empty_postgresql_says_that_it_was_not_set_up(
    run: Run, home: Path, postgresql_homes: PostgresqlHomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDVEST_DATABASE_URL", postgresql_homes.empty())
    assert (run("hours").status, run("hours").data["error"]["code"]) == (5, "not_set_up")
    assert run("setup").status == run("hours").status == Exit.DONE


def test_verify_names_what_was_altered_and_ends_with_six(run: Run, home: Path) -> None:
    db = sqlite.connect(str(home / "redvest.db"), isolation_level=None)
    ((name, body),) = db.execute(
        "SELECT name, body FROM log_entry JOIN log ON id = log WHERE seq = 3"
    )
    db.execute("UPDATE log_entry SET body = ? WHERE seq = 3", (body[:-1] + b"\x00",))
    db.close()
    ran = run("verify")
    assert ran.status == Exit.TAMPERED
    assert {(trouble["log"], trouble["seq"]) for trouble in ran.data["troubles"]} == {(name, 3)}
    assert run("verify", as_json=False).status == Exit.TAMPERED


@pytest.mark.parametrize("damage", [b"no database at all", b"SQLite format 3\0" + bytes(5_000)])
def test_a_file_that_is_no_database_any_more_is_found_by_verify_and_doctor(
    run: Run, home: Path, damage: bytes
) -> None:
    (home / "redvest.db").write_bytes(damage * 10)
    ran = run("verify")
    assert (ran.status, len(ran.data["troubles"])) == (Exit.TAMPERED, 1)
    ran = run("doctor")
    assert ran.status == Exit.FAILED
    failed = {check["name"] for check in ran.data["checks"] if not check["ok"]}
    assert {"schema", "integrity"} <= failed


def test_doctor_says_what_is_wrong(run: Run, home: Path) -> None:
    assert run("doctor").data["ok"] is True
    (home / "keys" / "seal.key").chmod(0o644)
    ran = run("doctor")
    assert ran.status == Exit.FAILED
    wrong = {check["name"]: check["detail"] for check in ran.data["checks"] if not check["ok"]}
    assert wrong == {"keys": "readable by others: seal.key"}


def test_doctor_on_a_home_that_was_not_set_up_fails_and_makes_nothing(
    run: Run, tmp_path: Path
) -> None:
    ran = run("doctor")
    assert ran.status == Exit.FAILED
    assert any("setup" in check["detail"] for check in ran.data["checks"])
    assert not (tmp_path / "home").exists()


def test_names_that_look_like_formulas_come_out_as_they_went_in(
    run: Run, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "volunteers.csv"
    names = ["阿依古丽·买买提", "欧阳𬭎", "=cmd|'/c calc'!A1"]
    lines = [f'W{n},"{name}",13900000000' for n, name in enumerate(names)]
    file.write_text("number,name,phone\n" + "\n".join(lines) + "\n", encoding="utf-8")
    ran = run("import", "volunteers", str(file))
    assert (ran.status, ran.data["added"]) == (Exit.DONE, 3)
    assert run("hours").data == []


def test_a_badge_is_replaced_and_printed_with_its_name_in_one_step(
    run: Run, home: Path, tmp_path: Path
) -> None:
    out = ["--out", str(tmp_path / "cards.pdf")]
    assert run("badge", "V1", *out).data["badges"][0]["serial"] == 1
    done = run("badge", "V1", *out, "--reissue", "--reason", "遗失").data
    assert (done["replaced"], done["badges"][0]["serial"]) == (1, 2)
    assert run("badge", "V1", *out, "--reissue").status == Exit.USAGE
    assert run("badge", "--all", *out, "--reissue", "--reason", "x").status == Exit.USAGE
    assert run("verify").status == Exit.DONE


@pytest.mark.both_databases
def test_a_stolen_badge_key_is_withdrawn_and_its_badges_are_issued_anew(
    run: Run, home: Path, tmp_path: Path
) -> None:
    out = ["--out", str(tmp_path / "badges")]
    run("badge", "V1", *out)
    (first,) = run("badge-key", "list").data
    coming = run("badge-key", "rotate").data
    assert run("badge-key", "rotate").data["already"]
    gone = run("badge-key", "withdraw", first["key"], "--reason", "被盗").data
    assert (gone["people"], gone["signing"]) == (["V1"], coming["key"])
    assert run("badge", "V1", *out).data["badges"][0]["serial"] == 2
    assert [key["state"] for key in run("badge-key", "list").data] == ["withdrawn", "signing"]
    assert run("verify").status == Exit.DONE


def test_doctor_says_when_the_key_that_signs_badges_is_not_here(run: Run, home: Path) -> None:
    run("badge-key", "rotate", "--now")
    next((home / "keys").glob("badge-*.key")).unlink()
    ran = run("doctor")
    assert ran.status == Exit.FAILED
    assert [check["name"] for check in ran.data["checks"] if not check["ok"]] == ["badge_key"]


def test_without_a_font_the_pictures_still_print(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDVEST_FONTS", str(tmp_path / "none"))
    monkeypatch.setattr("server.fonts.files.DEBIAN", tmp_path)
    ran = run("badge", "V1", "--out", str(tmp_path / "x.pdf"))
    assert (ran.status, ran.data["error"]["code"]) == (Exit.REFUSED, "font_missing")
    assert run("badge", "V1", "--out", str(tmp_path / "badges")).status == Exit.DONE
