"""Kiosks of one centre on one network: loopback, each listening for itself, all in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.app import Kiosk
from kiosk.deliver import Delivered, deliver
from kiosk.device import require_identity
from kiosk.enrol import enrol
from kiosk.neighbours.listener import Listener
from kiosk.neighbours.me import Me, read_me
from kiosk.neighbours.porch import Porch
from kiosk.neighbours.rounds import Round, go_round
from kiosk.neighbours.setting import turn_on
from kiosk.scan import scan
from kiosk.store import open_store
from kiosk.syncer import sync
from sync.enrolment import read as read_code
from tests.kiosk.carriers import BundleServer
from tests.kiosk.conftest import doors_of
from tests.kiosk.fakes import FakeClock, listening


class Neighbour:
    """A kiosk that deals with neighbours, with its listener."""

    def __init__(self, kiosk: Kiosk, server: BundleServer) -> None:
        self.kiosk, self.server = kiosk, server
        self.porch = Porch(lambda: kiosk.clock.read().mono_ms, kiosk.chance, self.me)
        self.listener = Listener("127.0.0.1", 0, self.porch, kiosk.home)
        self.listener.start()

    @property
    def me(self) -> Me:
        found = read_me(self.kiosk)
        assert found is not None
        return found

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.listener.port}"

    @property
    def log(self) -> str:
        return require_identity(self.kiosk.store).log

    def scans(self, *numbers: str) -> None:
        """Record typed numbers."""
        for number in numbers:
            scan(self.kiosk, number, direction=None, is_typed=True)

    def calls(self, *others: "Neighbour") -> Round:
        """Go one round to these, some time after the one before."""
        clock = self.kiosk.clock
        assert isinstance(clock, FakeClock)
        clock.advance(60_000)
        return go_round(self.kiosk, [other.address for other in others])

    def delivers(self) -> Delivered:
        """Meet the centre, and bring it what is carried."""
        with doors_of(self.kiosk, self.server) as doors:
            sync(self.kiosk, doors)
            return deliver(self.kiosk, doors)

    def close(self) -> None:
        self.listener.stop()
        self.kiosk.store.close()


MakeNeighbour = Callable[[str], Neighbour]


@pytest.fixture
def server(clock: FakeClock) -> Iterator[BundleServer]:
    """A centre that takes bundles, too."""
    made = BundleServer(clock)
    with listening(made):
        yield made


@pytest.fixture
def neighbour(server: BundleServer, clock: FakeClock, tmp_path: Path) -> Iterator[MakeNeighbour]:
    """Make a kiosk of a name, enrolled and dealing with neighbours."""
    made: list[Neighbour] = []

    def make(name: str) -> Neighbour:
        kiosk = Kiosk(open_store(tmp_path / name), clock)
        with doors_of(kiosk, server) as doors:
            enrol(kiosk, doors, read_code(server.code()), url=server.url, post="")
            turn_on(kiosk)
            sync(kiosk, doors)
        made.append(Neighbour(kiosk, server))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def a(neighbour: MakeNeighbour) -> Neighbour:
    """One kiosk."""
    return neighbour("a")


@pytest.fixture
def b(neighbour: MakeNeighbour) -> Neighbour:
    """Another."""
    return neighbour("b")
