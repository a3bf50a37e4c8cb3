"""Every bound of the kiosk itself, named with its unit. `docs/limits.md` lists them; a test compares."""

UNDO_MS_MAX = 10_000
"""How long after a scan anybody may take it back (RULES, Void)."""

SCREEN_BODY_BYTES_MAX = 65_536
"""What the screen may send at a time."""

SCREEN_THREADS = 4
"""Requests of the screen that are answered at once; each thread keeps the store open."""

SEARCH_ROWS_MAX = 12
"""Numbers of the roster that a search shows."""

DUTY_SHOWN_MAX = 200
"""Numbers on duty that the screen is told; the count is always whole."""

SYNC_SOON_MS = 60_000
"""How long after a sync the next one begins while entries wait."""

SYNC_IDLE_MS = 900_000
"""How long after a sync the next one begins while nothing waits: for keys, revocations, and the time."""

SYNC_RUN_S_MAX = 3_600
"""How long one sync in the background may run before it is ended; what it proved stays, the next goes on."""

RETRY_AFTER_MS_MAX = 86_400_000
"""The longest wait that a server may ask for."""

WORKER_LOOK_S = 1.0
"""How often the background looks whether a sync is due."""

OWN_BUNDLES_MAX = 32
"""Bundles of its own that a kiosk writes into one file: some four million entries."""

CARRIED_PARTS_MAX = 64
"""Bundles and replies that a kiosk carries for others."""

SLIP_LOOK_ENTRIES = 1_000
"""Entries looked through, from the last one back, for a scan to show as a slip."""

CARRIED_BYTES_MAX = 268_435_456
"""What these may take on the kiosk's disk, all together."""
