"""Three kiosks on one network, one of them with the centre in reach: nothing is lost, whatever is killed or burns.

Kiosks and centre in one process, with clocks set by hand and faults drawn by seed; then with real processes and kill -9.
"""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kiosk.app import Kiosk
from kiosk.deliver import deliver
from kiosk.device import require_identity
from kiosk.doors import Doors
from kiosk.enrol import enrol
from kiosk.neighbours.listener import Listener
from kiosk.neighbours.me import read_me
from kiosk.neighbours.porch import Porch, Said, ask_centre
from kiosk.neighbours.rounds import go_round
from kiosk.neighbours.setting import turn_on
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import open_store
from kiosk.syncer import sync
from kiosk.transport import Transport
from schemas.vocabulary import Direction
from server.books.hours import By, Span, read_hours
from server.config import Config
from server.intake.enrol import make_code
from server.services import Services, open_services
from tests.e2e.kiosk_screen.screen import Screen
from tests.e2e.processes import Centre, Ran, free_port, wait_until
from tests.e2e.processes import Kiosk as Device
from tests.e2e.test_stick_only import morning_home, network
from tests.kiosk.conftest import PATIENT
from tests.kiosk.fakes import FakeClock
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS, ServerClock

__all__ = ["morning_home"]

MINUTE_MS = 60_000
MORNING = START_MS + 7 * HOUR_MS
NAMES = ("wired", "near", "lone")
PEOPLE = ("V1", "V2", "V3")


class Cut(Porch):
    """A neighbour whose answers get lost on the way, as often as chance will have it."""

    chance_of: Callable[[], bool] = staticmethod(lambda: False)

    def answer(self, door: str, source: str, token: str, body: Any) -> Said:
        said = super().answer(door, source, token, body)
        if self.chance_of():
            raise OSError("the network went away")
        return said


@dataclass
class Place:
    """A kiosk at its post. loss: of answers; url: where the centre is just now."""

    home: Path
    clock: FakeClock
    random: Random
    kiosk: Kiosk = field(init=False)
    listener: Listener | None = None
    is_burned: bool = False
    loss: float = 0.2
    url: str = "http://127.0.0.1:1"

    def open(self) -> None:
        """Open the store, and listen."""
        self.kiosk = Kiosk(open_store(self.home), self.clock, self.random.randbytes)
        me = read_me(self.kiosk)
        if me is not None:
            porch = Cut(lambda: self.clock.mono_ms, self.random.randbytes, me)
            porch.ask_centre = lambda _url, hello: ask_centre(self.url, hello)
            porch.chance_of = lambda: self.random.random() < self.loss
            self.listener = Listener("127.0.0.1", 0, porch, self.home)
            self.listener.start()

    def close(self) -> None:
        """End, as a process that is killed does."""
        if self.listener is not None:
            self.listener.stop()
            self.listener = None
        with suppress(AttributeError):
            self.kiosk.store.close()

    @property
    def address(self) -> list[str]:
        return [] if self.listener is None else [f"127.0.0.1:{self.listener.port}"]


@dataclass
class Network:
    """Three kiosks on one network; only the first reaches the centre."""

    services: Services
    clock: ServerClock
    places: dict[str, Place]
    random: Random

    def advance(self, milliseconds: int) -> None:
        self.clock.now_ms += milliseconds
        for place in self.places.values():
            place.clock.advance(milliseconds)

    def scan(self, name: str, who: str, direction: Direction) -> None:
        scan(self.places[name].kiosk, who, direction=direction, is_typed=True)

    def call(self, name: str) -> None:
        """Let a kiosk call the others."""
        others = [one for key, one in self.places.items() if key != name and not one.is_burned]
        go_round(self.places[name].kiosk, [address for one in others for address in one.address])

    def kill(self, name: str) -> None:
        """Kill a kiosk and start it again."""
        self.places[name].close()
        self.places[name].open()

    def meet(self, url: str) -> None:
        """Let the first kiosk meet the centre, and reach it from then on."""
        self.places["wired"].url = url
        kiosk = self.places["wired"].kiosk
        with Transport(url, PATIENT) as transport:
            doors = Doors(transport, require_identity(kiosk.store).key)
            sync(kiosk, doors)
            deliver(kiosk, doors)

    def stir(self) -> None:
        """Let something happen that may go wrong."""
        name = self.random.choice([n for n in NAMES if not self.places[n].is_burned])
        self.random.choice((self.call, self.call, self.call, self.kill))(name)
        self.advance(self.random.randrange(MINUTE_MS))


@pytest.fixture
def clock() -> ServerClock:
    """The centre's clock."""
    return ServerClock(MORNING)


@pytest.fixture
def services(morning_home: Path, tmp_path: Path, clock: ServerClock) -> Iterator[Services]:
    """A centre whose clock goes with those of the kiosks."""
    home = Path(shutil.copytree(morning_home, tmp_path / "centre"))
    opened = open_services(Config(home), clock.clock())
    yield opened
    opened.database.close()


@pytest.fixture
def world(services: Services, clock: ServerClock, tmp_path: Path) -> Iterator[Network]:
    """Three kiosks, enrolled in the morning."""
    random = Random(20)
    places = {name: Place(tmp_path / name, FakeClock(MORNING), random) for name in NAMES}
    with network(services) as url, Transport(url, PATIENT) as transport:
        for place in places.values():
            place.open()
            doors = Doors(transport, require_identity(place.kiosk.store).key)
            code = make_code(services.database, services.signer, "S1")
            enrol(place.kiosk, doors, code, url=url, post="")
            turn_on(place.kiosk)
            sync(place.kiosk, doors)
            place.close()
            place.open()
    yield Network(services, clock, places, random)
    for place in places.values():
        place.close()


def minutes(services: Services) -> dict[str, int]:
    """Credited minutes by volunteer."""
    derive(services)
    with services.database.read() as connection:
        rows = read_hours(connection, By.VOLUNTEER, Span())
    return {row["volunteer"]: row["minutes_credited"] for row in rows if row["records"]}


@pytest.mark.parametrize("seed", range(2))
def test_faults_of_the_network_and_kills_lose_nothing_and_hours_are_right(
    world: Network, seed: int
) -> None:
    world.random.seed(seed)
    for name, who in zip(NAMES, PEOPLE, strict=True):
        world.scan(name, who, Direction.IN)
        world.stir()
    started = {name: world.places[name].clock.wall_ms for name in NAMES}
    world.advance(2 * HOUR_MS)
    for name, who in zip(NAMES, PEOPLE, strict=True):
        world.scan(name, who, Direction.OUT)
        world.stir()
    while status(world.places["lone"].kiosk).neighbours == [] or not _is_kept(world, "lone"):
        world.advance(MINUTE_MS)
        world.call("lone")
    world.places["lone"].close()
    shutil.rmtree(world.places["lone"].home)
    world.places["lone"].is_burned = True
    with network(world.services) as url:
        for _ in range(60):
            world.stir()
            world.meet(url)
            if set(minutes(world.services)) == set(PEOPLE) and not _pending(world, "near"):
                break
    found = minutes(world.services)
    assert set(found) == set(PEOPLE), f"seed {seed}"
    assert all(120 <= credited <= 130 for credited in found.values()), (seed, found, started)
    assert [_pending(world, name) for name in ("wired", "near")] == [0, 0]


def test_kiosks_without_a_network_that_are_off_at_night_have_hours_and_complete_dates(
    world: Network,
) -> None:
    """Without a neighbour these hours would be held: nothing bounds the clock of a boot without a contact (C2)."""
    for place in world.places.values():
        place.loss = 0.0
    for _day in range(2):
        for name, place in world.places.items():
            place.clock.reboot(0)
            world.kill(name)
        with network(world.services) as url:
            world.meet(url)
            for name in ("near", "lone"):
                world.call(name)
        for name, who in (("near", "V2"), ("lone", "V3")):
            world.scan(name, who, Direction.IN)
        world.advance(3 * HOUR_MS)
        for name, who in (("near", "V2"), ("lone", "V3")):
            world.scan(name, who, Direction.OUT)
        world.advance(HOUR_MS)
        with network(world.services) as url:
            for name in ("wired", "near", "lone", "wired", "near", "lone"):
                world.advance(MINUTE_MS)
                if name == "wired":
                    world.meet(url)
                else:
                    world.call(name)
        world.advance(20 * HOUR_MS - 6 * MINUTE_MS)
    assert minutes(world.services) == {"V2": 360, "V3": 360}
    with world.services.database.read() as connection:
        days = [row["complete"] for row in read_hours(connection, By.DAY, Span())]
    assert days == [True, False]


def _is_kept(world: Network, name: str) -> bool:
    found = status(world.places[name].kiosk)
    return max((one.holds for one in found.neighbours), default=0) == found.pending


def _pending(world: Network, name: str) -> int:
    return status(world.places[name].kiosk).pending


@contextmanager
def forwarded(port: int) -> Iterator[int]:
    """Forward connections to a port of this machine while the block lasts; give where."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def pass_on(one: socket.socket, other: socket.socket) -> None:
            with suppress(OSError):
                while data := one.recv(65_536):
                    other.sendall(data)
            for end in (one, other):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _ = server.accept()
                    far = socket.create_connection(("127.0.0.1", port))
                    for ends in ((near, far), (far, near)):
                        threading.Thread(target=pass_on, args=ends, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def test_kill_9_in_the_middle_and_a_fire_lose_nothing(centre: Centre, tmp_path: Path) -> None:
    centre.start("--no-scheduler")
    devices = {name: Device(tmp_path / name) for name in NAMES}
    ports = {name: free_port() for name in NAMES}
    with forwarded(centre.port) as cut_off:  # what the two without network were enrolled through
        for name, device in devices.items():
            code = centre.command("enrolment-code", "S1").data["code"]
            url = centre.url if name == "wired" else f"http://127.0.0.1:{cut_off}"
            device.done("enrol", code, "--server", url)
            device.done("neighbours", "on", "--host", "127.0.0.1", "--port", str(ports[name]))
    screens = {name: Screen(tmp_path / name).start() for name in NAMES}
    try:
        _until_they_listen(ports)
        acknowledged = _work_and_kill(devices, screens, ports)
        screens["lone"].kill()
        shutil.rmtree(tmp_path / "lone")
        wired = f"127.0.0.1:{ports['wired']}"
        assert asked(devices["near"], "neighbours", "call", wired).status in (
            0,
            3,
        )  # the burned one is gone
        assert asked(devices["wired"], "sync").status == 0
        back = asked(devices["near"], "sync", "--neighbour", wired)
        assert (back.status, back.data["error"]["code"]) == (4, "unreachable")
        assert devices["near"].done("verify")["clean"] is True
        assert devices["near"].done("status")["pending"] == 0
    finally:
        for screen in screens.values():
            screen.kill()
    rows = centre.command("hours").data
    assert {row["volunteer"]: row["records"] for row in rows if row["records"]} == acknowledged


def asked(device: Device, *arguments: str) -> Ran:
    """Run a command once the background of the screen lets it: one sync at a time."""
    found: list[Ran] = []

    def is_done() -> bool:
        found.append(device.command(*arguments))
        return (found[-1].data or {}).get("error", {}).get("code") != "sync_running"

    wait_until(is_done)
    return found[-1]


def _until_they_listen(ports: dict[str, int]) -> None:
    def is_there(port: int) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    for port in ports.values():
        wait_until(lambda port=port: is_there(port))  # type: ignore[misc] # bound now


def _work_and_kill(
    devices: dict[str, Device], screens: dict[str, Screen], ports: dict[str, int]
) -> dict[str, int]:
    """Scan at the two without network, and kill the neighbour's screen while a round goes on; give records by volunteer."""
    lone, near = devices["lone"], devices["near"]
    for who in ("V1", "V2"):
        lone.done("scan", who, "--typed", "--direction", "in")
        lone.done("scan", who, "--typed", "--direction", "out")
    near.done("scan", "V3", "--typed", "--direction", "in")
    near.done("scan", "V3", "--typed", "--direction", "out")
    killer = threading.Timer(0.4, screens["near"].kill)
    killer.start()
    asked(lone, "neighbours", "call", f"127.0.0.1:{ports['near']}")
    killer.join()
    screens["near"].start()
    _until_they_listen(ports)
    done = asked(lone, "sync", "--neighbour", f"127.0.0.1:{ports['near']}")
    assert (done.status, done.data["error"]["code"]) == (4, "unreachable")
    kept = {one["address"]: one["entries"] for one in done.data["neighbours"]}
    assert kept[f"127.0.0.1:{ports['near']}"] == lone.done("status")["pending"] > 0
    return {"V1": 1, "V2": 1, "V3": 1}
