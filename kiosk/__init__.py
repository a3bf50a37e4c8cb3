"""The kiosk: records scans with no network, syncs later. An edge on `sync/`; meets `server/` only over the wire."""

VERSION = "0.1.0"
