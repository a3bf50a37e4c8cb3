"""Where a request comes from, for what is counted by source: an address, of IPv6 the network that one subscriber has."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import Request

_OF_ONE_SUBSCRIBER = 64


def source_of(request: Request) -> str:
    """Name the source of a request.

    A proxy on this machine says whom it speaks for, last in `X-Forwarded-For`; from anywhere else the header means nothing.
    """
    source = _address(request.remote_addr or "")
    if source is not None and source.is_loopback:
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        source = _address(said) or source
    if isinstance(source, IPv6Address):
        return str(ip_network((source, _OF_ONE_SUBSCRIBER), strict=False))
    return str(source)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
