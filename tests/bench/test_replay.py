"""The replay: attendance data that somebody has goes through real logs and a real server, in any order, to the same hours."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.replay.home import NotOurs, prepare
from bench.replay.moves import Move, Unreadable, read_moves

PEOPLE = 12


def line(person: str, kind: str, time: str, **more: object) -> str:
    """One line, at one of two kiosks of one site."""
    kiosk = f"k{len(person) % 2}"
    stay = {"person": person, "site": "S1", "kiosk": kiosk, "kind": kind, "time": time, **more}
    return json.dumps(stay)


def stays() -> list[str]:
    """Everybody serves on two days: each stay three hours and so many minutes."""
    found = []
    for number in range(PEOPLE):
        person = f"P{10 ** (number % 3)}-{number}"
        for day in (1, 2):
            found.append(line(person, "in", f"2026-03-0{day}T08:{number:02d}:00+08:00"))
            found.append(line(person, "out", f"2026-03-0{day}T11:{2 * number:02d}:00+08:00"))
    return found


def replay(
    folder: Path, lines: list[str], *args: str
) -> tuple[int, dict[str, Any], str, list[Any]]:
    """Give exit code, figures, messages and hours of a replay."""
    file, out = folder / "stays.jsonl", folder / "hours.json"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bench.replay", str(file), "--hours-out", str(out), "--json", *args],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    figures = json.loads(done.stdout) if done.stdout else {}
    hours = json.loads(out.read_text(encoding="utf-8")) if out.exists() else []
    return done.returncode, figures, done.stderr, hours


def minutes(hours: list[Any]) -> dict[str, int]:
    """What each was credited."""
    return {row["volunteer"]: row["minutes_credited"] for row in hours}


def without_as_of(hours: list[Any]) -> list[Any]:
    """Hours without the one field that may depend on when the kiosks were last heard."""
    return [{name: value for name, value in row.items() if name != "as_of"} for row in hours]


def test_every_minute_of_the_data_is_credited(tmp_path: Path) -> None:
    code, figures, _, hours = replay(tmp_path, stays())
    assert code == 0
    expected = {f"P{10 ** (n % 3)}-{n}": 2 * (180 + n) for n in range(PEOPLE)}
    assert minutes(hours) == expected
    assert figures["moves"] == 4 * PEOPLE
    assert figures["minutes_credited"] == sum(expected.values())


def test_chaos_and_wrong_clocks_and_a_second_time_change_nothing(tmp_path: Path) -> None:
    """The home is kept, so the second replay pushes everything again, differently."""
    home = tmp_path / "home"
    plain = replay(tmp_path, stays(), "--home", str(home))
    worst = replay(tmp_path, stays(), "--home", str(home), "--chaos", "5")
    skewed = replay(
        tmp_path, stays(), "--chaos", "6", "--skew-minutes", "4000", "--kiosks-by", "site"
    )
    assert plain[0] == worst[0] == skewed[0] == 0
    assert worst[3] == plain[3]
    assert without_as_of(skewed[3]) == without_as_of(plain[3])


def test_lines_that_cannot_be_read_are_named_and_counted_and_the_rest_counts(
    tmp_path: Path,
) -> None:
    bad = [
        "not JSON",
        "[]",
        line("P 1", "in", "2026-03-01T08:00:00+08:00"),
        line("P1", "inn", "2026-03-01T08:00:00+08:00"),
        line("P1", "in", "yesterday"),
        line("P1", "in", "1970-01-01T00:00:00+08:00"),
        line("P1", "in", "2026-03-01T08:00:00+08:00", guess="yes"),
        '{"person": "' + "x" * 5_000 + '"}',
    ]
    code, figures, said, hours = replay(tmp_path, [*bad, *stays()])
    assert code == 3
    assert figures["unreadable"] == len(bad)
    assert [f"line {number}:" in said for number in range(1, 10)] == [True] * len(bad) + [False]
    assert len(hours) == PEOPLE


def test_a_time_without_zone_is_local_and_a_compressed_file_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "stays.jsonl.gz"
    local, zoned = (
        line("P1", "in", f"2026-03-01T08:00:00{zone}", guess=True) for zone in ("", "+08:00")
    )
    file.write_bytes(gzip.compress(f"{local}\n\n{zoned}\n".encode()))
    first, second = read_moves(file)
    assert first == second == Move("P1", "S1", "k0", "in", 1_772_323_200_000, True)


def test_a_line_without_end_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "stays.jsonl"
    file.write_bytes(b"x" * 20_000 + b"\n" + line("P1", "in", "2026-03-01T08:00:00").encode())
    found = list(read_moves(file))
    assert isinstance(found[0], Unreadable)
    assert isinstance(found[1], Move)
    assert len(found) == 2


def test_a_home_that_no_replay_made_is_refused_and_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "real"
    home.mkdir()
    (home / "redvest.db").write_bytes(b"precious")
    with pytest.raises(NotOurs):
        prepare(home)
    code, _, said, _ = replay(tmp_path, stays(), "--home", str(home))
    assert code == 1
    assert "no replay made it" in said
    assert [path.name for path in home.iterdir()] == ["redvest.db"]


def test_a_broken_file_is_said_plainly(tmp_path: Path) -> None:
    file = tmp_path / "cut.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(stays()).encode())[:-20])
    done = subprocess.run(
        [sys.executable, "-m", "bench.replay", str(file)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "cut.jsonl.gz" in done.stderr
    assert "Traceback" not in done.stderr
