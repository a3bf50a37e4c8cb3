"""Kiosks of the same centre on one local network, which carry each other's sealed bundles: off unless a lead turns it on."""

PORT = 8711
"""Where a kiosk listens for them, unless told otherwise."""

EVERYWHERE = "0.0.0.0"  # noqa: S104 - of this machine; who calls from beyond a local network is not answered
