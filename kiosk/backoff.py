"""When to try again: full jitter, so that a thousand kiosks that come back at once are spread out. Pure."""

BASE_MS = 5_000
WAIT_MS_MAX = 15 * 60_000
_DOUBLINGS_MAX = 16


def wait_ms(failures: int, *, chance: bytes, at_least_ms: int = 0) -> int:
    """Give how long to wait after so many failures in a row.

    chance: random bytes that place the wait between nothing and the ceiling, which doubles each time up to `WAIT_MS_MAX`.
    at_least_ms: what the server asked for; it is kept, and spread as well.
    """
    ceiling = min(WAIT_MS_MAX, BASE_MS << min(failures, _DOUBLINGS_MAX))
    return at_least_ms + int.from_bytes(chance) * ceiling // (1 << 8 * len(chance))
