"""A kiosk becomes a demo's when its store is made, or never; nothing ends it; it meets servers of its own kind alone."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import device, view
from kiosk.app import Kiosk, open_kiosk
from kiosk.demo import mark
from kiosk.doors import Doors
from kiosk.enrol import enrol
from kiosk.errors import Stopped
from kiosk.log import bodies, entry_at
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import open_store
from kiosk.transport import Transport
from schemas.entry import Boot
from schemas.vocabulary import Code
from sync.demo import BANNER, MARK, DemoClock, Device, mark_text
from sync.enrolment import read as read_code
from sync.errors import Refused
from tests.kiosk.conftest import PATIENT, Run, contact
from tests.kiosk.fakes import FakeClock, FakeServer

BEGAN_MS = 1_786_752_000_000
HOUR_MS = 3_600_000


def set_clock(folder: Path, **fields: object) -> Path:
    made = DemoClock(**({"name": "t", "began_ms": BEGAN_MS, "now_ms": BEGAN_MS} | fields))  # type: ignore[arg-type]
    file = folder / "clock.json"
    file.write_text(made.text(), encoding="utf-8")
    return file


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Kiosk]:
    """A kiosk of a demo."""
    mark(tmp_path / "k", set_clock(tmp_path))
    opened = open_kiosk(tmp_path / "k")
    yield opened
    opened.store.close()


def join(kiosk: Kiosk, server: FakeServer) -> None:
    with Transport(server.url, PATIENT) as transport:
        doors = Doors(transport, device.require_identity(kiosk.store).key)
        enrol(kiosk, doors, read_code(server.code()), url=server.url, post="")


def test_its_time_is_the_demo_clocks_and_moves_at_once(demo: Kiosk, tmp_path: Path) -> None:
    before = demo.clock.read()
    set_clock(tmp_path, now_ms=BEGAN_MS + HOUR_MS, devices={"k": Device(-1_000, 1, BEGAN_MS)})
    after = demo.clock.read()
    assert before.wall_ms == BEGAN_MS
    assert (after.mono_ms - before.mono_ms, after.wall_ms - before.wall_ms) == (
        HOUR_MS,
        HOUR_MS - 1_000,
    )
    assert after.boot == before.boot


def test_it_says_so(demo: Kiosk, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(demo).demo
    monkeypatch.setenv("REDVEST_KIOSK_HOME", str(demo.home))
    for words in (("status",), ("verify",), ("doctor",)):
        ran = run(*words)
        assert BANNER in ran.err, words
        assert BANNER not in ran.out or words == ("doctor",)


def test_its_log_says_so(demo: Kiosk, server: FakeServer) -> None:
    server.epoch, server.is_demo = "demo-1", True
    join(demo, server)
    scan(demo, "V1", direction=None, is_typed=True)
    first = entry_at(demo.store.db, device.require_identity(demo.store), 1)
    assert isinstance(first, Boot)
    assert first.clock == "demo"


def test_a_home_in_use_cannot_be_marked(kiosk: Kiosk, tmp_path: Path) -> None:
    clock = set_clock(tmp_path)
    with pytest.raises(Stopped) as stopped:
        mark(kiosk.home, clock)
    assert stopped.value.code == Code.DEMO_ONLY
    assert not (kiosk.home / MARK).exists()


def test_a_mark_put_into_a_real_home_moves_no_clock(
    kiosk: Kiosk, clock: FakeClock, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(tmp_path)
    (kiosk.home / MARK).write_text(mark_text("../clock.json"))
    opened = open_kiosk(kiosk.home)
    assert not opened.is_demo
    assert opened.clock.read().wall_ms == clock.wall_ms
    opened.store.close()
    monkeypatch.setenv("REDVEST_KIOSK_HOME", str(kiosk.home))
    ran = run("doctor")
    assert [c["ok"] for c in ran.data["checks"] if c["name"] == "no_stray_mark"] == [False]
    assert BANNER not in ran.err


def test_a_demo_without_its_mark_does_not_open(demo: Kiosk) -> None:
    (demo.home / MARK).unlink()
    with pytest.raises(Stopped, match=Code.DEMO_ONLY):
        open_kiosk(demo.home)


def test_without_its_clock_nothing_is_recorded(
    demo: Kiosk, server: FakeServer, tmp_path: Path
) -> None:
    server.epoch, server.is_demo = "demo-1", True
    join(demo, server)
    before = bodies(demo.store.db, device.require_identity(demo.store), 1, 99)
    (tmp_path / "clock.json").write_text("{}")
    with pytest.raises(Refused, match=Code.DEMO_CLOCK):
        scan(demo, "V1", direction=None, is_typed=True)
    (tmp_path / "clock.json").unlink()
    with pytest.raises(Stopped, match=Code.DEMO_CLOCK):
        scan(demo, "V1", direction=None, is_typed=True)
    assert bodies(demo.store.db, device.require_identity(demo.store), 1, 99) == before


def test_a_store_made_real_stays_so_when_its_file_is_moved_into_a_demos_home(
    kiosk: Kiosk, demo: Kiosk
) -> None:
    demo.store.close()
    kiosk.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("kiosk.db", "kiosk.key"):
        shutil.copy(kiosk.home / name, demo.home / name)
    for left in demo.home.glob("kiosk.db-*"):
        left.unlink()
    opened = open_kiosk(demo.home)
    assert not opened.is_demo
    opened.store.close()


def test_no_setting_switches_it(kiosk: Kiosk, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDVEST_DEMO", "1")
    assert run("status").status == 2


def test_a_demo_kiosk_enrols_with_no_real_server(demo: Kiosk, server: FakeServer) -> None:
    with pytest.raises(Refused, match=Code.DEMO_ONLY):
        join(demo, server)
    assert device.read_enrolment(demo.store.db) is None


def test_a_real_kiosk_enrols_with_no_demo_server(kiosk: Kiosk, server: FakeServer) -> None:
    server.epoch = "demo-1"
    with pytest.raises(Refused, match=Code.DEMO_ONLY):
        join(kiosk, server)
    assert device.read_enrolment(kiosk.store.db) is None


def test_a_server_that_lies_about_its_kind_cannot_open_what_is_sealed(
    kiosk: Kiosk, server: FakeServer
) -> None:
    """The kiosk was told that the server is real; the server opens with a demo's word."""
    server.is_demo = True
    with pytest.raises(Stopped):
        join(kiosk, server)
    assert device.read_enrolment(kiosk.store.db) is None


def test_an_enrolled_kiosk_takes_no_time_of_a_demo(enrolled: Kiosk, server: FakeServer) -> None:
    own = device.require_identity(enrolled.store)
    before = bodies(enrolled.store.db, own, 1, 99)
    server.epoch = "demo-1"
    with pytest.raises(Stopped, match=Code.NOT_OUR_SERVER):
        contact(enrolled, server)
    assert bodies(enrolled.store.db, own, 1, 99) == before


def test_a_whole_demo_syncs(demo: Kiosk, server: FakeServer, tmp_path: Path) -> None:
    server.epoch, server.is_demo = "demo-1", True
    join(demo, server)
    contact(demo, server)
    assert view.is_filled(demo.store.db)
    assert status(demo).pending == 0


def test_the_command_marks_only_an_empty_folder(
    run: Run, server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.epoch, server.is_demo = "demo-1", True
    home, clock = tmp_path / "cli-demo", set_clock(tmp_path)
    monkeypatch.setenv("REDVEST_KIOSK_HOME", str(home))
    words = ("enrol", server.code(), "--server", server.url, "--demo", str(clock))
    assert run(*words).status == 0
    assert run(*words).status == 0, "doing it again is fine"
    assert json.loads((home / MARK).read_text())["clock"] == "../clock.json"
    monkeypatch.setenv("REDVEST_KIOSK_HOME", str(tmp_path / "real"))
    open_store(tmp_path / "real").close()
    refused = run(*words)
    assert (refused.status, refused.data["error"]["code"]) == (5, Code.DEMO_ONLY)
    assert not (tmp_path / "real" / MARK).exists()
