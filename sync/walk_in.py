"""A walk-in's temporary number, its code, and the details that are sealed to the centre (`docs/protocol.md`, 9.4 and 9.5).

These formats must not change: codes are on paper and in phones, details in entries. Details may gain keys.
"""

import json
from collections.abc import Mapping
from re import fullmatch

from schemas.limits import SEALED_BYTES_MAX
from schemas.vocabulary import END, Code
from sync import seal
from sync.errors import Refused

PREFIX = "RVT:"
DETAILS_INFO = b"redvest-walk-in-1"
CHANCE_BYTES = 7
"""What a temporary number is drawn from: 50 of its 56 bits, so that no two of a year meet."""
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32: nothing that is read as something else."""
_NUMBER = rf"^T[{_SIGNS}]{{6}}-[{_SIGNS}]{{4}}{END}"


def temporary_number(chance: bytes) -> str:
    """Make a number of random bytes: `T`, six signs, a dash, and the four that people call it by."""
    left, signs = int.from_bytes(chance[:CHANCE_BYTES]), ""
    for _ in range(10):
        left, at = divmod(left, 32)
        signs += _SIGNS[at]
    return f"T{signs[:6]}-{signs[6:]}"


def short_number(number: str) -> str:
    """Give the part that people call a temporary number by."""
    return number.rpartition("-")[2]


def code_of(number: str) -> str:
    """Give what the QR code of a temporary number says."""
    return PREFIX + number


def number_of(text: str) -> str:
    """Give the number that a code names; "" if it is no code of a walk-in. Small letters are as good."""
    found = text.upper()
    number = found.removeprefix(PREFIX)
    is_one = found.startswith(PREFIX) and fullmatch(_NUMBER, number) is not None
    return number if is_one else ""


def seal_details(public_key: bytes, details: Mapping[str, str]) -> bytes:
    """Seal what a walk-in gave of themselves. Raise `Refused(too_large)` for more than an entry holds."""
    plain = json.dumps(dict(details), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    octets = plain.encode()
    if len(octets) + seal.SEAL_EXTRA_BYTES > SEALED_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, "details")
    return seal.seal(public_key, octets, DETAILS_INFO)


def open_details(private_key: bytes, sealed: bytes) -> dict[str, str]:
    """Open them again, at the centre. Raise `Refused(malformed)` for what is not sealed to this key, or not such details."""
    plain = seal.unseal(private_key, sealed, DETAILS_INFO)
    try:
        found = json.loads(plain)
    except ValueError as error:
        raise Refused(Code.MALFORMED, "details") from error
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Refused(Code.MALFORMED, "details")
    return found
