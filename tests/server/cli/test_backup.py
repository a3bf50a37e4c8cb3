"""`backup` and `restore` as an operator calls them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from server.cli import program
from server.services import Services, open_services
from tests.server.builders import ServerClock


def run(*arguments: str) -> tuple[int, Any, str]:
    ran = CliRunner().invoke(program, [*arguments, "--json"])
    return ran.exit_code, json.loads(ran.stdout) if ran.stdout else None, ran.stderr


def test_there_and_back_begins_a_new_epoch(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))
    file = tmp_path / "today.backup"
    status, kept, said = run("backup", str(file))
    assert (status, kept["file"], kept["bytes"]) == (0, str(file), file.stat().st_size)
    assert "volunteer" in said
    monkeypatch.setenv("REDVEST_HOME", str(tmp_path / "elsewhere"))
    status, done, _ = run("restore", str(file))
    assert (status, done["kept"]["entries"], done["aside"]) == (0, kept["entries"], "")
    assert run("verify")[0] == 0
    status, hours, _ = run("hours")
    assert (status, hours) == (0, [])
    epochs = set()
    for home in (services.config.home, tmp_path / "elsewhere"):
        opened = open_services(type(services.config)(home), ServerClock().clock())
        with opened.database.read() as connection:
            epochs.add(connection.scalar(text("SELECT value FROM meta WHERE key = 'epoch'")))
        opened.database.close()
    assert len(epochs) == 2


def test_what_is_no_backup_is_refused(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))
    file = tmp_path / "no.backup"
    file.write_text("nothing of ours")
    status, answer, _ = run("restore", str(file))
    assert (status, answer["error"]["code"]) == (5, "backup_damaged")
    assert run("restore", str(tmp_path / "gone.backup"))[0] == 2
    assert run("backup", str(tmp_path / "no" / "such" / "folder.backup"))[0] == 1
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_folder_is_no_file(services: Services, tmp_path: Path, command: str) -> None:
    assert run(command, str(tmp_path))[0] == 2
