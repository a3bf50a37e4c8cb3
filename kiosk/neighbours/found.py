"""Find neighbours by multicast DNS (RFC 6762, 6763): announce this kiosk, and note who else does. A hint, never trusted.

What is announced: that there is a kiosk, at this address and port, of the centre with this fingerprint, and the beginning of its
log's id. Who answers there has to show more (`visit.py`).
"""

import threading
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import ifaddr
from zeroconf import IPVersion, NonUniqueNameException, ServiceBrowser, ServiceInfo, Zeroconf

from kiosk.limits import NEIGHBOURS_MAX
from kiosk.neighbours import EVERYWHERE
from kiosk.neighbours.me import Me
from kiosk.neighbours.setting import is_local

KIND = "_redvest._tcp.local."
_NAME_SIGNS = 16
_ASK_MS = 1_500


class Finder:
    """Announces and listens, until closed."""

    def __init__(self, me: Me, host: str, port: int) -> None:
        """Begin. host: one address of this machine, or everywhere. Raise `OSError`."""
        self.addresses = own_addresses() if host == EVERYWHERE else [host]
        self._name = f"{me.log[:_NAME_SIGNS]}.{KIND}"
        self._centre = me.centre.hex().encode()
        self._found: dict[str, str] = {}
        self._turn = threading.Lock()
        self._net = Zeroconf(interfaces=self.addresses, ip_version=IPVersion.V4Only)
        try:
            self._announce(port)
            self._browser = ServiceBrowser(self._net, KIND, listener=self)  # type: ignore[arg-type] # has its methods
        except BaseException:
            self._net.close()
            raise

    def found(self) -> list[str]:
        """Give the addresses of neighbours that announce themselves now, as `HOST:PORT`."""
        with self._turn:
            return sorted(set(self._found.values()))

    def close(self) -> None:
        """Announce no more."""
        self._net.close()

    def add_service(self, net: Zeroconf, kind: str, name: str) -> None:
        """Note who announces itself; the library calls this in a thread of its own."""
        if name == self._name or len(self._found) >= NEIGHBOURS_MAX:
            return
        info = net.get_service_info(kind, name, timeout=_ASK_MS)
        address = None if info is None else self._address(info)
        with self._turn:
            if address is None:
                self._found.pop(name, None)
            else:
                self._found[name] = address

    update_service = add_service

    def remove_service(self, _net: Zeroconf, _kind: str, name: str) -> None:
        """Forget who has gone."""
        with self._turn:
            self._found.pop(name, None)

    def _announce(self, port: int) -> None:
        packed = [IPv4Address(address).packed for address in self.addresses]
        said = {b"centre": self._centre, b"v": b"1"}
        info = ServiceInfo(KIND, self._name, port=port, addresses=packed, properties=said)
        with suppress(NonUniqueNameException):  # this kiosk, before it was restarted
            self._net.register_service(info, cooperating_responders=True)

    def _address(self, info: Any) -> str | None:
        """Give where a neighbour of our centre is, or None: another centre's, not a local address, or this machine's own."""
        if info.properties.get(b"centre") != self._centre or not info.port:
            return None
        there = [one for one in info.parsed_addresses(IPVersion.V4Only) if is_local(one)]
        return f"{nearest(there, own_networks())}:{info.port}" if there else None


def nearest(addresses: Sequence[str], networks: Sequence[IPv4Network]) -> str:
    """Choose of a neighbour's addresses the one in a network of ours; the first where there is none."""
    within = (one for one in addresses if any(IPv4Address(one) in net for net in networks))
    return next(within, addresses[0])


def own_networks() -> list[IPv4Network]:
    """Give the local networks in which this machine has an address, loopback left out."""
    ips = [ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    near = [ip for ip in ips if is_local(str(ip.ip)) and not str(ip.ip).startswith("127.")]
    return [IPv4Network(f"{ip.ip}/{ip.network_prefix}", strict=False) for ip in near]


def own_addresses() -> list[str]:
    """Give this machine's addresses in local networks, loopback left out."""
    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    near = [str(ip) for ip in ips if is_local(str(ip))]
    return sorted(ip for ip in near if not ip.startswith("127."))
