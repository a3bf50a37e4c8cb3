"""Kiosks of the same centre on one local network, which carry each other's sealed bundles: off unless a lead turns it on."""
