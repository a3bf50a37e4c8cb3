"""A kiosk with a network as courier for one without: what it carries goes out behind its own sync, replies come back with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import carried
from kiosk.accept import accept
from kiosk.app import Kiosk
from kiosk.deliver import Delivered, deliver
from kiosk.export import export
from kiosk.status import status
from tests.kiosk.carriers import BundleServer, held_by
from tests.kiosk.conftest import Run, doors_of
from tests.kiosk.fakes import Answer, Dropped, problem
from tests.kiosk.test_accept import other, scans, server

__all__ = ["other", "server"]


@pytest.fixture
def courier(enrolled: Kiosk, other: Kiosk, tmp_path: Path) -> Kiosk:
    """A kiosk that carries another's bundle."""
    scans(other, 5)
    export(other, tmp_path / "other.rvb", everything=False)
    accept(enrolled, tmp_path / "other.rvb")
    return enrolled


def delivered(kiosk: Kiosk, server: BundleServer) -> Delivered:
    """Deliver once."""
    with doors_of(kiosk, server) as doors:
        return deliver(kiosk, doors)


def test_what_is_carried_is_delivered_and_its_receipts_come_home(
    courier: Kiosk, other: Kiosk, server: BundleServer, tmp_path: Path
) -> None:
    assert delivered(courier, server) == Delivered(bundles=1)
    assert delivered(courier, server) == Delivered()
    assert len(held_by(server, other)) == status(other).head
    export(courier, tmp_path / "home.rvb", everything=False)
    assert accept(other, tmp_path / "home.rvb").proved == 6
    assert status(other).pending == 0


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda: Answer(200, b"<html>", "text/html"), "not_an_answer"),
        (lambda: Answer(200, b"{}", "application/json"), "not_an_answer"),
        (lambda: Answer(200, b"redvest/1 bu", "application/vnd.redvest.bundle"), "truncated"),
        (lambda: problem(503, "try_later"), "try_later"),
        (lambda: problem(400, "malformed"), "malformed"),
    ],
)
def test_only_a_whole_reply_lets_a_bundle_go(
    courier: Kiosk, server: BundleServer, answer: Callable[[], Answer], code: str
) -> None:
    server.fault = lambda _path, _honest: answer()
    assert delivered(courier, server) == Delivered(left=1, problem=code)
    server.fault = None
    assert delivered(courier, server) == Delivered(bundles=1)


def test_a_reply_that_was_lost_is_asked_for_again(
    courier: Kiosk, other: Kiosk, server: BundleServer
) -> None:
    def lost(_path: str, honest: Callable[[], Answer]) -> Answer:
        honest()
        raise Dropped

    server.fault = lost
    assert delivered(courier, server).problem == "unreachable"
    server.fault = None
    assert delivered(courier, server).bundles == 1
    assert len(held_by(server, other)) == status(other).head


def test_a_sync_delivers_behind_its_own(
    run: Run, other: Kiosk, server: BundleServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scans(other, 3)
    export(other, tmp_path / "other.rvb", everything=False)
    capsys.readouterr()  # log lines of the other kiosk, which no command has silenced
    assert run("enrol", server.code(), "--server", server.url).status == 0
    assert run("accept", str(tmp_path / "other.rvb")).data["kept"] == 1
    assert run("status").data["carried"] == 1
    done = run("sync")
    assert (done.status, done.data["carried"]) == (0, {"bundles": 1, "left": 0, "problem": ""})
    ran = run("export", str(tmp_path / "home.rvb"))
    assert (ran.status, ran.data["entries"], ran.data["carried"]) == (0, 0, 1)
    assert accept(other, tmp_path / "home.rvb").proved == 4
    assert not carried.parts(other.home)


def test_the_commands_say_how_they_end(run: Run, server: BundleServer, tmp_path: Path) -> None:
    assert run("export", str(tmp_path / "x.rvb")).status == 5
    run("enrol", server.code(), "--server", server.url)
    scanned = run("scan", "V1", "--typed")
    assert scanned.status == 0
    ran = run("export", str(tmp_path / "x.rvb"))
    assert (ran.status, ran.data["entries"]) == (0, 2)
    found = run("status").data
    assert (found["pending"], found["exported"]) == (2, 2)
    assert "exported, no receipt yet: 2" in run("status", as_json=False).out
    (tmp_path / "y.rvb").write_bytes(server.take((tmp_path / "x.rvb").read_bytes()))
    ran = run("accept", str(tmp_path / "y.rvb"))
    assert (ran.status, ran.data["proved"]) == (0, 2)
    assert run("status").data["exported"] == 0
    assert run("accept", str(tmp_path / "absent")).data["error"]["code"] == "not_found"
    ran = run("export", str(tmp_path / "no" / "x.rvb"))
    assert (ran.status, ran.data["error"]["code"]) == (1, "stick_failed")
    (tmp_path / "z.rvb").write_bytes((tmp_path / "x.rvb").read_bytes()[:-3])
    ran = run("accept", str(tmp_path / "z.rvb"))
    assert (ran.status, ran.data["error"]["code"]) == (5, "truncated")
    assert "不完整" in ran.err
