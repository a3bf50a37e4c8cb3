"""Export: a moment of the log, whole on the stick or not there at all, and nothing called delivered by it."""

import os
import resource
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Never

import pytest
import sqlcipher3.dbapi2 as sqlite

from kiosk import export as exporting
from kiosk import receipts
from kiosk.app import Kiosk
from kiosk.device import read_identity, require_identity
from kiosk.errors import Stopped
from kiosk.export import export
from kiosk.limits import FRONTIER_AGAIN_MS
from kiosk.log import entry_at
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import open_store
from schemas.entry import Frontier
from sync import batch
from sync.bundle import Sealed
from tests.kiosk.carriers import BundleServer, headers_of, pieces_of, runs_of
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeClock, listening

LARGE = 60_000


@pytest.fixture
def server(clock: FakeClock) -> Iterator[BundleServer]:
    """A server that takes bundles, too."""
    made = BundleServer(clock)
    with listening(made):
        yield made


def log_of(kiosk: Kiosk) -> str:
    """The log that goes on."""
    identity = read_identity(kiosk.store.db)
    assert identity is not None
    return identity.log


def scans(kiosk: Kiosk, count: int) -> None:
    """Record typed numbers."""
    for number in range(count):
        scan(kiosk, f"V{number}", direction=None, is_typed=True)


def test_what_no_receipt_proves_is_exported(
    enrolled: Kiosk, server: BundleServer, tmp_path: Path
) -> None:
    before = status(enrolled).head
    scans(enrolled, 5)
    done = export(enrolled, tmp_path / "out.rvb", everything=False)
    assert (done.entries, done.left) == (6, 0)
    assert runs_of(tmp_path / "out.rvb") == [(log_of(enrolled), before + 1, before + 6)]
    sealed = [p for p in pieces_of(tmp_path / "out.rvb") if isinstance(p, Sealed)]
    wire = sealed[0].open(server.seal.private_bytes_raw())
    assert (batch.unpack(wire).first, batch.unpack(wire).last) == (before + 1, before + 6)


def last_entry(kiosk: Kiosk) -> object:
    """The entry at the head of the log that goes on."""
    identity = require_identity(kiosk.store)
    return entry_at(kiosk.store.db, identity, status(kiosk).head)


def test_the_last_entry_that_goes_out_says_how_far_the_log_reaches(
    enrolled: Kiosk, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 2)
    clock.advance(FRONTIER_AGAIN_MS)
    before = status(enrolled).head
    done = export(enrolled, tmp_path / "out.rvb", everything=False)
    now = clock.read()
    assert last_entry(enrolled) == Frontier(now.boot, now.mono_ms, now.lead_ms, before)
    assert done.runs[-1].last == before + 1


def test_a_frontier_is_said_anew_once_time_has_passed_or_more_was_recorded(
    enrolled: Kiosk, clock: FakeClock, tmp_path: Path
) -> None:
    def head_after_export() -> int:
        export(enrolled, tmp_path / "out.rvb", everything=False)
        return status(enrolled).head

    first = head_after_export()
    clock.advance(FRONTIER_AGAIN_MS - 1)
    assert head_after_export() == first
    clock.advance(1)
    assert head_after_export() == first + 1
    scans(enrolled, 1)
    assert head_after_export() == first + 3
    clock.reboot()
    assert head_after_export() == first + 5  # the boot, and a frontier of it


def test_everything_once_more_adds_nothing(
    enrolled: Kiosk, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 2)
    clock.advance(FRONTIER_AGAIN_MS)
    head = status(enrolled).head
    export(enrolled, tmp_path / "out.rvb", everything=True)
    assert status(enrolled).head == head


@pytest.mark.parametrize("name", ["SQLITE_FULL", "SQLITE_READONLY"])
def test_a_disk_that_takes_no_entry_more_still_gives_its_file(
    enrolled: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    scans(enrolled, 3)

    def refuse(*_arguments: object) -> Never:
        error = sqlite.OperationalError("no")
        error.sqlite_errorname = name
        raise error

    monkeypatch.setattr("kiosk.reach.appending", refuse)
    assert export(enrolled, tmp_path / "out.rvb", everything=False).entries == 3


def test_everything_is_exported_on_demand_and_after_a_sync_nothing_waits(
    enrolled: Kiosk, server: BundleServer, tmp_path: Path
) -> None:
    scans(enrolled, 3)
    contact(enrolled, server)
    head = status(enrolled).head
    assert export(enrolled, tmp_path / "a.rvb", everything=False).entries == 0
    assert [header.runs for header in headers_of(tmp_path / "a.rvb")] == [()]
    assert export(enrolled, tmp_path / "b.rvb", everything=True).entries == head
    assert runs_of(tmp_path / "b.rvb") == [(log_of(enrolled), 1, head)]


def test_exported_is_never_called_delivered(
    enrolled: Kiosk, server: BundleServer, tmp_path: Path
) -> None:
    scans(enrolled, 4)
    found = status(enrolled)
    assert (found.pending, found.exported, found.exported_ms) == (4, 0, 0)
    export(enrolled, tmp_path / "out.rvb", everything=False)
    scans(enrolled, 1)
    found = status(enrolled)
    assert (found.pending, found.exported) == (6, 5)
    assert found.exported_ms == found.wall_ms
    contact(enrolled, server)
    found = status(enrolled)
    assert (found.pending, found.exported) == (0, 0)


def test_a_kiosk_that_is_not_enrolled_has_nobody_to_seal_to(kiosk: Kiosk, tmp_path: Path) -> None:
    with pytest.raises(Stopped) as caught:
        export(kiosk, tmp_path / "out.rvb", everything=False)
    assert caught.value.code == "not_enrolled"
    assert not list(tmp_path.glob("*.rvb"))


def test_scans_go_on_while_a_moment_is_exported(
    enrolled: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans(enrolled, 5)
    head = status(enrolled).head
    pack = exporting.pack

    def meanwhile(*arguments: object) -> object:
        thread = threading.Thread(target=another_process)
        thread.start()
        thread.join(20)
        return pack(*arguments)  # type: ignore[arg-type] # as they came

    def another_process() -> None:
        store = open_store(enrolled.home)
        scans(replace(enrolled, store=store), 2)
        store.close()

    monkeypatch.setattr(exporting, "pack", meanwhile)
    export(enrolled, tmp_path / "out.rvb", everything=True)
    assert runs_of(tmp_path / "out.rvb") == [(log_of(enrolled), 1, head)]
    assert status(enrolled).head == head + 2


def test_a_long_log_is_cut_into_bundles_that_are_bounded(
    enrolled: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BUNDLE_CUT_BYTES", 300)
    monkeypatch.setattr(exporting, "BATCH_ENTRIES_MAX", 2)
    scans(enrolled, 30)
    head = status(enrolled).head
    done = export(enrolled, tmp_path / "out.rvb", everything=True)
    found = runs_of(tmp_path / "out.rvb")
    assert len(found) > 4
    assert receipts.merged((first, last) for _, first, last in found) == [(1, head)]
    assert done.entries == head
    monkeypatch.setattr(exporting, "OWN_BUNDLES_MAX", 2)
    done = export(enrolled, tmp_path / "out.rvb", everything=True)
    assert (len(headers_of(tmp_path / "out.rvb")), done.entries + done.left) == (2, head)
    assert done.left > 0


def refused(kiosk: Kiosk, file: Path) -> str:
    """The code with which an export fails, having looked that no half file is left."""
    names = {f.name for f in file.parent.iterdir()}
    with pytest.raises(Stopped) as caught:
        export(kiosk, file, everything=True)
    assert {f.name for f in file.parent.iterdir()} == names
    assert status(kiosk).exported == 0
    return caught.value.code


def test_a_full_stick_leaves_the_old_file(enrolled: Kiosk, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "out.rvb").write_bytes(b"the old file")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        code = refused(enrolled, stick / "out.rvb")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == "stick_full"
    assert (stick / "out.rvb").read_bytes() == b"the old file"


def test_a_real_stick_that_is_full_leaves_the_old_file(enrolled: Kiosk, tmp_path: Path) -> None:
    stick = tmp_path / "mounted"
    stick.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={LARGE}", "tmpfs", str(stick)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting needs root")
    try:
        (stick / "filler").write_bytes(bytes(50_000))
        (stick / "out.rvb").write_bytes(b"the old file")
        scans(enrolled, 5)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(exporting, "BATCH_ENTRIES_MAX", 1)
            scans(enrolled, 60)
            assert refused(enrolled, stick / "out.rvb") == "stick_full"
        assert (stick / "out.rvb").read_bytes() == b"the old file"
        (stick / "filler").unlink()
        assert export(enrolled, stick / "out.rvb", everything=True).entries > 60
    finally:
        subprocess.run(["umount", str(stick)], check=True)


def test_a_stick_that_is_pulled_out_half_way_leaves_no_word_of_success(
    enrolled: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()

    def pulled_out(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("kiosk.whole_file.os.fsync", pulled_out)
    assert refused(enrolled, stick / "out.rvb") == "stick_failed"


def test_what_is_read_back_differently_is_not_put_in_place(
    enrolled: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk import whole_file

    written = whole_file._write

    def altered(new: Path, pieces: Iterator[bytes]) -> int:
        size = written(new, pieces)
        data = bytearray(new.read_bytes())
        data[size // 2] ^= 4
        new.write_bytes(data)
        return size

    monkeypatch.setattr(whole_file, "_write", altered)
    assert refused(enrolled, tmp_path / "out.rvb") == "stick_failed"


def test_a_folder_a_link_or_no_folder_is_refused(enrolled: Kiosk, tmp_path: Path) -> None:
    (tmp_path / "folder.rvb").mkdir()
    (tmp_path / "link.rvb").symlink_to(tmp_path / "elsewhere")
    assert refused(enrolled, tmp_path / "folder.rvb") == "wrong_usage"
    assert refused(enrolled, tmp_path / "link.rvb") == "wrong_usage"
    with pytest.raises(Stopped) as caught:
        export(enrolled, tmp_path / "absent" / "out.rvb", everything=True)
    assert caught.value.code == "stick_failed"


def test_exporting_again_is_done_again(enrolled: Kiosk, tmp_path: Path) -> None:
    scans(enrolled, 2)
    first = export(enrolled, tmp_path / "out.rvb", everything=False)
    again = export(enrolled, tmp_path / "out.rvb", everything=False)
    assert (again.runs, again.entries) == (first.runs, first.entries)
