"""The reserve is given up for what is recorded, for nothing else, and made again once there is room."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlcipher3.dbapi2 as sqlite
import structlog

from kiosk import fill, reserve
from kiosk.app import Kiosk
from kiosk.config import read_config
from kiosk.faults import fault_of
from kiosk.health import concerns
from kiosk.limits import RESERVE_BYTES, RESERVE_FREE_BYTES_MIN
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import open_store
from kiosk.view import standings
from kiosk.wipe import wipe
from tests.kiosk.conftest import Run, contact
from tests.kiosk.fakes import FakeClock, FakeServer

ROOM = 2 * RESERVE_BYTES


class Usage(NamedTuple):
    """What `disk_usage` gives."""

    free: int


def free_bytes(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    """Let the disk have so much room left."""
    monkeypatch.setattr("kiosk.reserve.shutil.disk_usage", lambda _home: Usage(free))


def size_of(kiosk: Kiosk) -> int:
    """Give the size of the reserve."""
    return (kiosk.home / reserve.RESERVE_FILE).stat().st_size


def codes(kiosk: Kiosk) -> list[tuple[str, str]]:
    """Give what the screen says of the disk."""
    found = concerns(kiosk, status(kiosk))
    return [(one.code, one.level) for one in found if one.code.startswith("disk")]


def test_it_is_made_where_there_is_room_for_two_of_it(
    enrolled: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_bytes(monkeypatch, ROOM - 1)
    assert not reserve.keep(enrolled.home)
    assert not (enrolled.home / reserve.RESERVE_FILE).exists()
    free_bytes(monkeypatch, ROOM)
    assert reserve.keep(enrolled.home)
    assert size_of(enrolled) == RESERVE_BYTES
    assert (enrolled.home / reserve.RESERVE_FILE).stat().st_blocks * 512 >= RESERVE_BYTES
    before = (enrolled.home / reserve.RESERVE_FILE).stat().st_ino
    assert reserve.keep(enrolled.home)
    assert (enrolled.home / reserve.RESERVE_FILE).stat().st_ino == before


def test_a_scan_on_a_disk_that_is_all_but_full_gives_it_up_and_the_screen_says_so(
    enrolled: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reserve.keep(enrolled.home)
    free_bytes(monkeypatch, RESERVE_FREE_BYTES_MIN)
    scan(enrolled, "V1", direction=None, is_typed=True)
    assert (size_of(enrolled), codes(enrolled)) == (RESERVE_BYTES, [("disk_low", "red")])
    free_bytes(monkeypatch, RESERVE_FREE_BYTES_MIN - 1)
    scan(enrolled, "V2", direction=None, is_typed=True)
    assert (size_of(enrolled), codes(enrolled)) == (0, [("disk_full", "red")])
    free_bytes(monkeypatch, ROOM - 1)
    assert not reserve.keep(enrolled.home)
    assert codes(enrolled) == [("disk_full", "red")]
    free_bytes(monkeypatch, 10**12)
    assert reserve.keep(enrolled.home)
    assert (size_of(enrolled), codes(enrolled)) == (RESERVE_BYTES, [])


def test_where_only_an_error_shows_that_the_disk_is_full_the_next_scan_has_room(
    enrolled: Kiosk,
) -> None:
    assert reserve.keep(enrolled.home)
    pages = enrolled.store.db.execute("PRAGMA page_count").fetchone()[0]
    enrolled.store.db.execute(f"PRAGMA max_page_count = {pages}")
    caught: sqlite.Error | None = None
    for number in range(400):
        try:
            scan(enrolled, f"V{number}", direction=None, is_typed=True)
        except sqlite.Error as error:
            caught = error
            break
    assert caught is not None
    fault = fault_of(caught)
    assert fault is not None
    assert fault.code == "disk_full"
    assert reserve.is_given_up(enrolled.home)


def test_another_fault_of_the_store_gives_nothing_up(enrolled: Kiosk) -> None:
    assert reserve.keep(enrolled.home)
    with pytest.raises(sqlite.Error), reserve.room(enrolled.home):
        enrolled.store.db.execute("SELECT x FROM nowhere")
    assert not reserve.is_given_up(enrolled.home)


def test_a_kiosk_that_never_had_a_reserve_records_and_does_not_say_that_it_was_used(
    enrolled: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_bytes(monkeypatch, 0)
    scan(enrolled, "V1", direction=None, is_typed=True)
    assert not reserve.is_given_up(enrolled.home)
    assert codes(enrolled) == [("disk_low", "red")]


def test_a_whole_view_anew_waits_while_the_last_room_is_for_scans(
    enrolled: Kiosk, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reserve.keep(enrolled.home)
    free_bytes(monkeypatch, 0)
    reserve.give_up(enrolled.home)
    server.epoch = "2"
    scan(enrolled, "V1", direction=None, is_typed=True)
    contact(enrolled, server)
    assert status(enrolled).pending == 0
    assert {at.epoch for at in standings(enrolled.store.db).values()} == {"1"}
    assert fill.wanted(enrolled.store.db, "all", "2").number == 0
    free_bytes(monkeypatch, 10**12)
    assert reserve.keep(enrolled.home)
    contact(enrolled, server)
    assert {at.epoch for at in standings(enrolled.store.db).values()} == {"2"}


def test_a_home_that_cannot_be_written_has_no_reserve_and_no_half_of_one(
    enrolled: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: int) -> None:
        raise OSError(122, "Disk quota exceeded")

    monkeypatch.setattr("kiosk.reserve.os.posix_fallocate", refuse)
    before = {file.name for file in enrolled.home.iterdir()}
    assert not reserve.keep(enrolled.home)
    assert {file.name for file in enrolled.home.iterdir()} == before
    assert not reserve.keep(enrolled.home / "nowhere")


def test_it_goes_when_the_kiosk_is_wiped(enrolled: Kiosk, server: FakeServer) -> None:
    assert reserve.keep(enrolled.home)
    contact(enrolled, server)
    wipe(enrolled)
    assert not (enrolled.home / reserve.RESERVE_FILE).exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of sixteen megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill_up(disk: Path, name: str) -> None:
    """Leave no byte free."""
    with (disk / name).open("wb", buffering=0) as out, pytest.raises(OSError, match="space"):
        while True:
            out.write(bytes(4096))


@pytest.fixture
def small_home(enrolled: Kiosk, small_disk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The home of an enrolled kiosk on that disk, which nobody has open. What enrolling said is put away."""
    enrolled.store.close()
    capsys.readouterr()
    subprocess.run(["cp", "-a", str(enrolled.home), str(small_disk / "home")], check=True)
    return small_disk / "home"


def test_a_kiosk_that_starts_on_a_full_disk_gives_it_up_and_records(
    clock: FakeClock, small_disk: Path, small_home: Path
) -> None:
    assert reserve.keep(small_home)
    fill_up(small_disk, "first")
    kiosk = Kiosk(open_store(small_home), clock)
    try:
        scan(kiosk, "V1", direction=None, is_typed=True)
        assert (reserve.is_given_up(small_home), codes(kiosk)) == (True, [("disk_full", "red")])
    finally:
        kiosk.store.close()


def test_the_answer_to_a_scan_that_gives_it_up_is_data_alone(
    run: Run, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("enrol", server.code(), "--server", server.url)
    assert reserve.keep(read_config().home)
    free_bytes(monkeypatch, 0)
    structlog.reset_defaults()  # as in a process of its own, which writes no lines but this
    ran = run("scan", "V1", "--typed")
    assert (ran.status, ran.data["recorded"]) == (0, True)
    assert "reserve_given_up" in ran.err


def test_a_full_disk_without_it_is_called_full_and_not_tampering(
    run: Run, monkeypatch: pytest.MonkeyPatch, small_disk: Path, small_home: Path
) -> None:
    monkeypatch.setenv("REDVEST_KIOSK_HOME", str(small_home))
    fill_up(small_disk, "first")
    assert outcomes(run) == {"scan": (1, "disk_full"), "verify": (1, "disk_full")}
    (small_disk / "first").unlink()
    assert run("verify").data["clean"]


def test_a_disk_that_turned_read_only_is_called_so_and_not_tampering(
    run: Run, monkeypatch: pytest.MonkeyPatch, small_disk: Path, small_home: Path
) -> None:
    monkeypatch.setenv("REDVEST_KIOSK_HOME", str(small_home))
    (small_home / reserve.RESERVE_FILE).write_bytes(b"x")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert outcomes(run) == {"scan": (1, "read_only"), "verify": (1, "read_only")}


def outcomes(run: Run) -> dict[str, tuple[int, str]]:
    """Give status and code of commands that cannot be done."""
    ran = {"scan": run("scan", "V1", "--typed"), "verify": run("verify")}
    return {name: (one.status, one.data["error"]["code"]) for name, one in ran.items()}


def test_on_a_real_disk_that_is_full_hundreds_of_scans_still_fit(
    clock: FakeClock, small_disk: Path, small_home: Path
) -> None:
    kiosk = Kiosk(open_store(small_home), clock)
    try:
        assert reserve.keep(kiosk.home)
        fill_up(small_disk, "first")
        for number in range(500):
            scan(kiosk, f"W{number}", direction=None, is_typed=True)
        assert codes(kiosk) == [("disk_full", "red")]
        assert not reserve.keep(kiosk.home)
        (small_disk / "first").unlink()
        assert reserve.keep(kiosk.home)
        assert kiosk.store.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert kiosk.store.db.execute("SELECT count(*) FROM scans").fetchone() == (500,)
    finally:
        kiosk.store.close()
