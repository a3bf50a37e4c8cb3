"""Finding neighbours: who announces itself is a hint, within bounds; two kiosks on one network find each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network
from types import SimpleNamespace
from typing import Any

import pytest
from zeroconf import Zeroconf

from kiosk.limits import NEIGHBOURS_MAX
from kiosk.neighbours.found import KIND, Finder, nearest, own_addresses, own_networks
from kiosk.neighbours.setting import is_local
from tests.e2e.processes import wait_until

CENTRE, OTHER = b"c" * 10, b"x" * 10


def me(name: str, centre: bytes = CENTRE) -> Any:
    """Who announces itself: only log and centre are."""
    return SimpleNamespace(log=name * 32, centre=centre)


def begin(who: Any, port: int) -> Finder:
    """Announce a kiosk on the loopback, from a thread of its own as the screen does: a browser's loop runs in that of tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(Finder, who, "127.0.0.1", port).result()


@pytest.fixture
def finder() -> Iterator[Finder]:
    """A kiosk on the loopback."""
    try:
        made = begin(me("a"), 8711)
    except OSError as error:  # a machine that lets nobody multicast
        pytest.skip(f"no multicast here: {error}")
    yield made
    made.close()


def test_two_kiosks_of_one_centre_find_each_other_and_no_other(finder: Finder) -> None:
    second, stranger = begin(me("b"), 8712), begin(me("d", OTHER), 8713)
    try:
        wait_until(lambda: bool(finder.found()) and bool(second.found()), 10)
        assert finder.found() == ["127.0.0.1:8712"]
        assert second.found() == ["127.0.0.1:8711"]
        assert stranger.found() == []
    finally:
        second.close()
        stranger.close()
    wait_until(lambda: not finder.found(), 10)


class Net:
    """A network on which somebody announces this."""

    def __init__(self, addresses: list[str], port: int = 8711, centre: bytes = CENTRE) -> None:
        properties = {b"centre": centre.hex().encode()}
        self.info = SimpleNamespace(properties=properties, port=port, parsed_addresses=lambda _v: addresses)  # fmt: skip

    def get_service_info(self, *_: object, **__: object) -> Any:
        return self.info


def heard(finder: Finder, name: str, net: Net) -> list[str]:
    """What is found once somebody has announced itself."""
    finder.add_service(net, KIND, f"{name}.{KIND}")  # type: ignore[arg-type] # has what is used
    return finder.found()


def test_what_is_announced_is_taken_for_a_local_address_or_not_at_all(finder: Finder) -> None:
    assert heard(finder, "1", Net(["8.8.8.8"])) == []
    assert heard(finder, "2", Net([])) == []
    assert heard(finder, "3", Net(["192.168.1.9"], port=0)) == []
    assert heard(finder, "4", Net(["192.168.1.9"], centre=OTHER)) == []
    assert heard(finder, "5", Net(["8.8.8.8", "192.168.1.9"])) == ["192.168.1.9:8711"]
    assert heard(finder, "5", Net(["192.168.1.10"], port=9)) == ["192.168.1.10:9"]
    finder.remove_service(Zeroconf, KIND, f"5.{KIND}")  # type: ignore[arg-type] # not looked at
    assert finder.found() == []
    for number in range(3 * NEIGHBOURS_MAX):
        heard(finder, f"n{number}", Net([f"10.0.0.{number + 1}"]))
    assert len(finder.found()) == NEIGHBOURS_MAX


def test_of_a_neighbour_in_two_networks_the_address_in_ours_is_taken() -> None:
    ours = [IPv4Network("10.77.0.0/24")]
    assert nearest(["192.168.1.9", "10.77.0.9"], ours) == "10.77.0.9"
    assert nearest(["192.168.1.9", "10.0.0.9"], ours) == "192.168.1.9"


def test_own_addresses_are_local_and_not_loopback() -> None:
    assert all(is_local(address) and not address.startswith("127.") for address in own_addresses())
    assert all(
        any(IPv4Address(address) in net for net in own_networks()) for address in own_addresses()
    )
