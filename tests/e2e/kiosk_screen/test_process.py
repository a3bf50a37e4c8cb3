"""The screen as a process: how it ends, what it says when it cannot begin, and that it syncs by itself."""

import signal
import socket

import pytest

from kiosk.app import Kiosk
from kiosk.clock import SystemClock
from kiosk.device import SyncState, write
from kiosk.scan import scan
from kiosk.store import open_store
from tests.e2e.kiosk_screen.conftest import MakeKiosk
from tests.e2e.processes import run, wait_until
from tests.kiosk.fakes import FakeServer


@pytest.mark.parametrize(("number", "ends_with"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it(make_kiosk: MakeKiosk, number: signal.Signals, ends_with: int) -> None:
    screen = make_kiosk("ends").start()
    assert screen.process is not None
    screen.process.send_signal(number)
    assert screen.process.wait(10) == ends_with


def test_a_port_that_is_taken_is_said(make_kiosk: MakeKiosk) -> None:
    screen = make_kiosk("taken")
    with socket.create_server(("127.0.0.1", screen.port)):
        ran = run("kiosk", {"REDVEST_KIOSK_HOME": screen.home}, "run", "--port", str(screen.port))
    assert (ran.status, ran.data["error"]["code"]) == (1, "port_taken")


def test_it_listens_on_this_machine_alone(make_kiosk: MakeKiosk) -> None:
    screen = make_kiosk("alone").start()
    with socket.socket() as other:
        other.settimeout(2)
        assert other.connect_ex(("127.0.0.2", screen.port)) != 0


def test_what_waits_is_delivered_without_anybody_asking(
    make_kiosk: MakeKiosk, centre: FakeServer
) -> None:
    screen = make_kiosk("by-itself")
    kiosk = Kiosk(open_store(screen.home), SystemClock())
    recorded = scan(kiosk, "V0001", direction=None, is_typed=True)
    with kiosk.store.write() as db:
        write(db, "sync", SyncState())  # as if it had never met the centre
    kiosk.store.close()
    screen.start()
    wait_until(lambda: len(centre.entries(recorded.log)) >= recorded.head.seq, 40)
