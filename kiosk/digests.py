"""The last few hundred digests, in a small file: parts that are done with, so that nobody has to bring them again.

Losing the file costs nothing but a part that comes once more. So it is put in place whole, and not made durable.
"""

from pathlib import Path

from kiosk.limits import DIGESTS_KEPT_MAX

DIGEST_BYTES = 32


def read_digests(file: Path) -> list[bytes]:
    """Give them, oldest first."""
    try:
        data = file.read_bytes()
    except OSError:
        return []
    ends = range(DIGEST_BYTES, len(data) + 1, DIGEST_BYTES)
    return [data[end - DIGEST_BYTES : end] for end in ends][-DIGESTS_KEPT_MAX:]


def remember(file: Path, digest: bytes) -> None:
    """Add one, and let the oldest go beyond the bound."""
    known = [one for one in read_digests(file) if one != digest]
    new = file.with_name(f".{file.name}.part")
    new.write_bytes(b"".join([*known, digest][-DIGESTS_KEPT_MAX:]))
    new.replace(file)


def digest_of(file: Path) -> bytes:
    """Give the digest with which a bundle file that was checked once ends. Raise `OSError`."""
    with file.open("rb") as opened:
        opened.seek(-DIGEST_BYTES, 2)
        return opened.read(DIGEST_BYTES)
