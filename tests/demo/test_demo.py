"""The demo runs on a bare machine, ends by itself, and never touches what it did not make."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo import make_county
from demo.__main__ import BEGINS
from demo.cast import AT_THE_COPY, COUNTY, LOST_BADGE, cast
from demo.forked import ROOT
from demo.hands import Hands, instant
from demo.home import MARKER, HomeRefused, fresh_home
from demo.processes import Failed, Programs, Ran, environment
from sync.demo import read_clock


def run_demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", *arguments],
        cwd=ROOT, env=environment({}), capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


def processes_of(home: Path) -> list[str]:
    """Everything that still runs with this folder in its environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(home) in entry.read_text(errors="replace"):
                found.append(entry.parent.name)
        except OSError:
            continue
    return found


def test_the_demo_ends_by_itself_with_everybody_in_its_table(tmp_path: Path) -> None:
    """One test, for it runs the demo for real: what it tells, how it looks, and that it leaves no process."""
    done = run_demo("--once", "--quick", "--home", str(tmp_path / "home"))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert processes_of(tmp_path / "home") == []
    lines = done.stdout.splitlines()
    _check_table(lines)
    _check_words(lines)
    assert "\x1b" not in done.stdout, "plain without a terminal"


def _check_table(lines: list[str]) -> None:
    """One record each, whatever happened to them."""
    for desk in cast(quick=True):
        for number in (*desk.day, *desk.night):
            row = next(line.split() for line in lines if line.startswith(number))
            assert row[2] == "1", row
    for name in ("阿依古丽·买买提", "欧阳𬭎"):
        assert any(name in line for line in lines), name


def _check_words(lines: list[str]) -> None:
    """The figures are what the commands answered, in both languages."""
    for words in (
        "演示 DEMO",
        "12 sites, 300 volunteers",
        "SIGKILL",
        "exit 4",
        ", 0 new",
        "no hours changed",
        "lost 0",
    ):
        assert any(words in line for line in lines), words
    for line in lines:
        if line.startswith("✓"):
            assert any("\u4e00" <= char <= "\u9fff" for char in line), line
            assert any(word.isascii() and word.isalpha() for word in line.split()[2:]), line


def test_interrupted_it_ends_what_it_started(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with subprocess.Popen(
        [sys.executable, "-m", "demo", "--quick", "--home", str(home)],
        cwd=ROOT, env=environment({}), stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True,
    ) as running:  # fmt: skip
        assert running.stdout
        for line in running.stdout:
            if line.startswith("✓"):
                break
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(60) == 130
    assert processes_of(home) == []


def test_a_folder_that_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("four years of work")
    done = run_demo("--once", "--home", str(tmp_path))
    assert done.returncode == 5
    assert (tmp_path / "thesis.txt").read_text() == "four years of work"


def test_its_own_folder_is_emptied(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with fresh_home(home):
        (home / "server" / "keys").mkdir(parents=True)
        (home / "elsewhere").symlink_to(tmp_path)
    with fresh_home(home):
        assert [entry.name for entry in home.iterdir()] == [MARKER]
    assert tmp_path.is_dir()


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with fresh_home(tmp_path / "home"), pytest.raises(HomeRefused), fresh_home(tmp_path / "home"):
        pass


def test_a_failed_command_is_named_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"python -m kiosk sync --json\n.* 5\n(.|\n)*not_enrolled"):
        Programs(tmp_path).kiosk("kiosk-1", "sync")


def test_an_answer_without_the_field_is_a_failure() -> None:
    with pytest.raises(Failed, match="pending"):
        Ran(("python",), 0, {"pending": "many"}).number("pending")


def test_one_task_failing_stops_the_others(tmp_path: Path) -> None:
    programs = Programs(tmp_path)

    def fail() -> None:
        raise Failed(("python",), 1, "")

    with pytest.raises(Failed):
        programs.together([fail])
    with pytest.raises(Failed, match="stopped"):
        programs.server("setup")


def test_settings_of_the_user_have_no_part_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDVEST_DATABASE_URL", "postgresql://production")
    assert "REDVEST_DATABASE_URL" not in environment({"REDVEST_HOME": "demo"})


def test_a_command_on_a_home_that_is_no_demo_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="not a demo"):
        Programs(tmp_path).server("setup")


@pytest.mark.parametrize("quick", [True, False])
def test_nobody_comes_twice_and_everybody_has_a_shift(quick: bool) -> None:
    numbers = [n for desk in cast(quick=quick) for n in (*desk.day, *desk.night)]
    assert len(set(numbers)) == len(numbers)
    with (COUNTY / "assignments.csv").open(encoding="utf-8", newline="") as file:
        assert set(numbers) <= {row["volunteer"] for row in csv.DictReader(file)}
    assert not {AT_THE_COPY, LOST_BADGE} & set(numbers)


def test_the_county_is_what_its_script_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_county, "COUNTY", tmp_path)
    make_county.write_county()
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == {
        f.name: f.read_bytes() for f in COUNTY.iterdir()
    }


def test_the_hands_never_go_back_and_every_reader_sees_them_move(tmp_path: Path) -> None:
    hands = Hands(tmp_path / "clock.json", BEGINS)
    hands.wind()
    hands.move_to("2026-08-15T08:00")
    hands.start("kiosk-2", skew_ms=-1)
    seen = read_clock((tmp_path / "clock.json").read_text())
    assert seen.at("kiosk-1", 0).wall_ms == instant("2026-08-15T08:00")
    assert seen.at("kiosk-2", 0)[1:] == (0, instant("2026-08-15T08:00") - 1)
    with pytest.raises(ValueError, match="back"):
        hands.move_to("2026-08-15T07:59")
