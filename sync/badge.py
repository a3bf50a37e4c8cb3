"""Badges: `RV1:` + Base45 of a COSE_Sign1 CWT (RFC 9052, 8392, 9285), EdDSA; verified with no network and no roster.

Protected header: alg (EdDSA) and key id, nothing else. Claims: sub (2) the volunteer number, exp (4), iat (6), cti (7) the
serial as two big-endian bytes, nothing else. At most 120 bytes, so that the code fits QR version 8 at level M. This form
never changes; another gets another prefix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from re import fullmatch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.limits import BADGE_BYTES_MAX, SERIAL_MAX
from schemas.vocabulary import NUMBER_PATTERN, Code
from sync.cose import has_claims, read_signed, sign_claims
from sync.errors import Refused

PREFIX = "RV1:"
_SUB, _EXP, _IAT, _CTI = 2, 4, 6, 7
_CLAIM_KEYS = [(_SUB, int), (_EXP, int), (_IAT, int), (_CTI, int)]
_SECONDS_MAX = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says. issued_s, expires_s: Unix seconds. key: the 4-byte id of the key that signed it."""

    number: str
    serial: int
    issued_s: int
    expires_s: int
    key: bytes


def issue(
    key: Ed25519PrivateKey, *, number: str, serial: int, issued_s: int, expires_s: int
) -> str:
    """Give the text of a badge. The same arguments give the same text (Ed25519 is deterministic)."""
    if not fullmatch(NUMBER_PATTERN, number) or not 1 <= serial <= SERIAL_MAX:
        raise Refused(Code.BAD_FIELD, "number or serial")
    if not 0 <= issued_s <= expires_s <= _SECONDS_MAX:
        raise Refused(Code.BAD_FIELD, "issue or expiry")
    claims = {_SUB: number, _EXP: expires_s, _IAT: issued_s, _CTI: serial.to_bytes(2, "big")}
    return sign_claims(key, PREFIX, claims)


def verify(text: str, keys: Mapping[bytes, bytes]) -> Badge:
    """Read a badge and check it against the known keys (key id to 32-byte public key).

    Raise `Refused`: `bad_base45`, `malformed`, `too_large`, `unknown_key` or `bad_signature`. Expiry is not judged here: a
    kiosk whose clock is wrong turns nobody away.
    """
    claims, key_id = read_signed(text, PREFIX, BADGE_BYTES_MAX, keys)
    if not isinstance(claims, dict) or not has_claims(claims, _CLAIM_KEYS):
        raise Refused(Code.MALFORMED, "claims")
    number, expires, issued, serial = claims.values()
    sound = (
        isinstance(number, str)
        and fullmatch(NUMBER_PATTERN, number) is not None
        and type(issued) is type(expires) is int
        and 0 <= issued <= expires <= _SECONDS_MAX
        and isinstance(serial, bytes)
        and len(serial) == 2
        and any(serial)
    )
    if not sound:
        raise Refused(Code.MALFORMED, "claims")
    return Badge(number, int.from_bytes(serial, "big"), issued, expires, key_id)
