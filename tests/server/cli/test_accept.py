"""`accept`: files from sticks, each by itself; replies beside them; sticks that are full, pulled out or not what they seem."""

import json
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.services import Services
from server.whole_file import write_whole
from sync.frames import enclose
from tests.e2e.processes import ROOT, environment
from tests.server.builders import Author, enrol_at, written
from tests.server.bundles import bundle_file, bundle_frames, read_replies
from tests.server.conftest import Open


@pytest.fixture
def author(services: Services) -> Author:
    """An enrolled kiosk with a log."""
    made = written("stick", 6)
    enrol_at(services, made, "S1")
    return made


def accept(services: Services, *arguments: object, **limits: Any) -> tuple[int, Any]:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "server", "accept", *map(str, arguments), "--json"],
        cwd=ROOT,
        env=environment(REDVEST_HOME=services.config.home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **limits,
    )
    return done.returncode, json.loads(done.stdout)


def test_a_file_is_taken_in_and_its_reply_is_written_beside_it(
    services: Services, author: Author, tmp_path: Path
) -> None:
    file = tmp_path / "S1 东门.rvb"
    file.write_bytes(bundle_file(services, author))
    status, (found,) = accept(services, file)
    assert status == 0
    assert [(b["log"], b["entries"], b["fresh"]) for b in found["bundles"]] == [(author.log, 7, 7)]
    assert found["reply"] == str(tmp_path / "S1 东门.reply.rvb")
    (reply,) = read_replies(services, Path(found["reply"]).read_bytes(), author)
    assert [(r.first, r.last) for r in reply.receipts] == [(1, 7)]
    assert sorted(f.name for f in tmp_path.iterdir() if "东门" in f.name) == [
        "S1 东门.reply.rvb",
        "S1 东门.rvb",
    ]
    status, (again,) = accept(services, file)
    assert (status, again["bundles"][0]["fresh"]) == (0, 0)


def test_bad_files_stop_no_good_one(services: Services, author: Author, tmp_path: Path) -> None:
    whole = bundle_file(services, author)
    (tmp_path / "replies").mkdir()
    link = tmp_path / "link.rvb"
    link.symlink_to(tmp_path / "good.rvb")
    pipe = tmp_path / "pipe.rvb"
    os.mkfifo(pipe)
    contents = {"empty": b"", "photo": b"\xff\xd8\xff\xe0", "cut": whole[:-40], "good": whole}
    for name, data in contents.items():
        (tmp_path / f"{name}.rvb").write_bytes(data)
    names = ["absent", *contents, "link", "pipe"]
    files = [tmp_path / f"{name}.rvb" for name in names]
    status, found = accept(services, *files, tmp_path, "--reply", tmp_path / "replies")
    assert status == 3
    assert [row["code"] for row in found] == [
        "not_found", "not_a_bundle", "not_a_bundle", "truncated", "", "not_a_bundle", "not_a_bundle", "not_a_bundle",
    ]  # fmt: skip
    assert [f.name for f in (tmp_path / "replies").iterdir()] == ["good.reply.rvb"]
    assert accept(services, files[1], files[3])[0] == 5


def test_a_batch_that_is_set_aside_is_partly_done(
    services: Services, author: Author, tmp_path: Path
) -> None:
    file = tmp_path / "x.rvb"
    frames = bundle_frames(services, author, [b"no batch", author.batch()])
    file.write_bytes(b"".join(enclose(frames)))
    status, (found,) = accept(services, file)
    assert status == 3
    assert [part["code"] for part in found["bundles"][0]["set_aside"]] == ["not_gzip"]
    assert found["bundles"][0]["fresh"] == 7


def test_a_reply_that_cannot_be_written_takes_nothing_back(
    services: Services, author: Author, tmp_path: Path
) -> None:
    file = tmp_path / "full.rvb"
    file.write_bytes(bundle_file(services, author))
    (tmp_path / "full.reply.rvb").mkdir()
    status, (found,) = accept(services, file)
    assert (status, found["reply"], found["code"]) == (3, "", "io_error")
    assert found["bundles"][0]["fresh"] == 7
    (tmp_path / "full.reply.rvb").rmdir()
    status, (found,) = accept(services, file)
    assert (status, found["bundles"][0]["fresh"]) == (0, 0)


def test_a_full_disk_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    file = tmp_path / "old.rvb"
    file.write_bytes(b"old")

    def endless() -> Any:
        while True:
            yield bytes(4_096)

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match="large"):
            write_whole(file, endless())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.read_bytes() == b"old"
    assert [f.name for f in tmp_path.iterdir()] == ["old.rvb"]


def test_a_file_is_for_its_user_alone_and_follows_no_link(tmp_path: Path) -> None:
    file = tmp_path / "new.rvb"
    write_whole(file, [b"a", b"b"])
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"ab", 0o600)
    (tmp_path / ".new.rvb.part").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        write_whole(file, [b"c"])
    assert not (tmp_path / "elsewhere").exists()


def test_a_database_that_is_away_is_for_later(
    open_home: Open, author: Author, services: Services, tmp_path: Path
) -> None:
    file = tmp_path / "later.rvb"
    file.write_bytes(bundle_file(services, author))
    env = environment(
        REDVEST_HOME=services.config.home, REDVEST_DATABASE_URL="postgresql://127.0.0.1:1/none"
    )
    command = [sys.executable, "-m", "server", "accept", str(file), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=60, check=False)
    assert done.returncode == 4
