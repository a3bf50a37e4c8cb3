"""The setting: whether this kiosk deals with neighbours, where it listens, and which were typed. Off until a lead says so.

Each change is a note in the log.
"""

from dataclasses import dataclass, field, replace
from ipaddress import AddressValueError, IPv4Address

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.notes import SETTING, note
from kiosk.limits import NEIGHBOURS_MAX
from kiosk.log import appending
from kiosk.neighbours import EVERYWHERE, PORT
from kiosk.store import Database

_NAME = "neighbours"


@dataclass(frozen=True, slots=True)
class Setting:
    """host, port: where it listens. addresses: of neighbours that a lead typed, as `ADDRESS:PORT`."""

    is_on: bool = False
    host: str = EVERYWHERE
    port: int = PORT
    addresses: list[str] = field(default_factory=list)


def read_setting(db: Database) -> Setting:
    """Read the setting."""
    return device.read(db, _NAME, Setting) or Setting()


def turn_on(kiosk: Kiosk, *, host: str = EVERYWHERE, port: int = PORT, by: str = "") -> None:
    """Deal with neighbours from now on. Raise `Stopped`: `not_enrolled`, `wrong_usage`."""
    if host != EVERYWHERE:
        host = _local(host)
    _change(kiosk, f"neighbours on {host}:{port}", by, is_on=True, host=host, port=port)


def turn_off(kiosk: Kiosk, *, by: str = "") -> None:
    """Deal with them no more. What is kept for others stays, until it is delivered or exported. Raise `Stopped(not_enrolled)`."""
    _change(kiosk, "neighbours off", by, is_on=False)


def add_address(kiosk: Kiosk, typed: str, *, by: str = "") -> str:
    """Call the neighbour at a typed address, too; give the address. Raise `Stopped`: `not_enrolled`, `wrong_usage`."""
    address = check_address(typed)
    there = read_setting(kiosk.store.db).addresses
    if address not in there:
        if len(there) >= NEIGHBOURS_MAX:
            raise Stopped(Trouble.WRONG_USAGE, f"over {NEIGHBOURS_MAX}")
        _change(kiosk, f"neighbours add {address}", by, addresses=[*there, address])
    return address


def remove_address(kiosk: Kiosk, typed: str, *, by: str = "") -> str:
    """Call it no more; give the address. Raise `Stopped`: `not_enrolled`, `wrong_usage`, `not_there`."""
    address = check_address(typed)
    there = read_setting(kiosk.store.db).addresses
    if address not in there:
        raise Stopped(Trouble.NOT_THERE, address)
    rest = [one for one in there if one != address]
    _change(kiosk, f"neighbours remove {address}", by, addresses=rest)
    return address


def check_address(typed: str) -> str:
    """Give `ADDRESS:PORT` of a typed IPv4 address of a local network, with or without a port. Raise `Stopped(wrong_usage)`."""
    host, _, port = typed.strip().partition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
        raise Stopped(Trouble.WRONG_USAGE, "address")
    return f"{_local(host)}:{int(port) if port else PORT}"


def is_local(host: str) -> bool:
    """Tell whether an address is one of a local network or of this machine, and of one device alone."""
    try:
        address = IPv4Address(host)
    except AddressValueError:
        return False
    is_near = address.is_private or address.is_link_local
    return is_near and not (address.is_multicast or address.is_unspecified or address.is_reserved)


def _local(host: str) -> str:
    if not is_local(host):
        raise Stopped(Trouble.WRONG_USAGE, "address")
    return str(IPv4Address(host))


def _change(kiosk: Kiosk, text: str, by: str, **changes: object) -> None:
    with appending(kiosk.store, kiosk.clock) as log:
        device.require_enrolment(log.db)
        before = read_setting(log.db)
        after = replace(before, **changes)  # type: ignore[arg-type] # of its fields, by name
        if after != before:
            device.write(log.db, _NAME, after)
            note(log, SETTING, text, by=by)
