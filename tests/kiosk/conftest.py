"""What most tests of the kiosk start from."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kiosk import cli
from kiosk.app import Kiosk
from kiosk.device import require_identity
from kiosk.doors import Doors
from kiosk.enrol import enrol
from kiosk.lead import pins
from kiosk.store import open_store
from kiosk.syncer import Synced, sync
from kiosk.transport import Limits, Transport
from sync.enrolment import read as read_code
from tests.kiosk.fakes import FakeClock, FakeServer, listening

PATIENT = Limits(connect_s=5, read_s=20, total_s=40)
"""A busy machine is no fault of the server's."""
SHORT = Limits(connect_s=0.5, read_s=0.2, total_s=0.4)
"""For servers that never answer."""


class Ran(NamedTuple):
    """How a command ended. data: what it printed as JSON."""

    status: int
    data: Any
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="session", autouse=True)
def cost_in_earnest() -> Iterator[int]:
    """Make a PIN as hard to guess as a test needs, and give how hard it is in earnest: a tenth of a second a try."""
    real = pins.COST
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pins, "COST", 2**4)
        yield real


@pytest.fixture
def clock() -> FakeClock:
    """A clock at noon."""
    return FakeClock()


@pytest.fixture
def kiosk(tmp_path: Path, clock: FakeClock) -> Iterator[Kiosk]:
    """A kiosk that nobody enrolled."""
    store = open_store(tmp_path / "home")
    yield Kiosk(store, clock)
    store.close()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[FakeServer]:
    """A server that listens."""
    made = FakeServer(clock)
    with listening(made):
        yield made


@pytest.fixture
def enrolled(kiosk: Kiosk, server: FakeServer) -> Kiosk:
    """A kiosk that is enrolled and has its view."""
    with Transport(server.url, PATIENT) as transport:
        doors = Doors(transport, require_identity(kiosk.store).key)
        enrol(kiosk, doors, read_code(server.code()), url=server.url, post="")
        sync(kiosk, doors)
    return kiosk


@contextmanager
def doors_of(kiosk: Kiosk, server: FakeServer, limits: Limits = PATIENT) -> Iterator[Doors]:
    """Open the doors of a server with the key of the log that goes on."""
    with Transport(server.url, limits) as transport:
        yield Doors(transport, require_identity(kiosk.store).key)


def contact(kiosk: Kiosk, server: FakeServer, limits: Limits = PATIENT) -> Synced:
    """Sync once."""
    with doors_of(kiosk, server, limits) as doors:
        return sync(kiosk, doors)


@pytest.fixture
def run(
    tmp_path: Path,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command with `--json` in a home of its own, with the clock that is set by hand."""
    monkeypatch.setattr("kiosk.app.SystemClock", lambda: clock)
    for name in ("REDVEST_HOME", "REDVEST_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REDVEST_KIOSK_HOME", str(tmp_path / "cli-home"))
    monkeypatch.setenv("REDVEST_LOG_LEVEL", "ERROR")

    def command(*arguments: str, as_json: bool = True) -> Ran:
        with pytest.raises(SystemExit) as ended:
            cli.main([*arguments, *(["--json"] if as_json else [])])
        out, err = capsys.readouterr()
        data = json.loads(out) if as_json and out else None
        return Ran(int(ended.value.code or 0), data, out, err)

    return command
