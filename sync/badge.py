"""Badges: `RV1:` + Base45 of a COSE_Sign1 CWT (RFC 9052, 8392, 9285), EdDSA; verified with no network and no roster.

Protected header: alg (EdDSA) and key id, nothing else. Claims: sub (2) the volunteer number, exp (4), iat (6), cti (7) the
serial as two big-endian bytes, nothing else. At most 120 bytes, so that the code fits QR version 8 at level M. This form
never changes; another gets another prefix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from re import fullmatch

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cwt import COSE, COSEKey
from cwt.cose_key_interface import COSEKeyInterface

from schemas.limits import BADGE_BYTES_MAX, SERIAL_MAX
from schemas.vocabulary import NUMBER_PATTERN, Code
from sync.errors import Refused
from sync.ids import badge_key_id

PREFIX = "RV1:"
_ALG, _KID, _EDDSA = 1, 4, -8
_SUB, _EXP, _IAT, _CTI = 2, 4, 6, 7
_CLAIM_KEYS = [
    (_SUB, int),
    (_EXP, int),
    (_IAT, int),
    (_CTI, int),
]  # in CBOR, 1.0 and true are other keys than 1
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
    public = key.public_key().public_bytes_raw()
    if not fullmatch(NUMBER_PATTERN, number) or not 1 <= serial <= SERIAL_MAX:
        raise Refused(Code.BAD_FIELD, "number or serial")
    if not 0 <= issued_s <= expires_s <= _SECONDS_MAX:
        raise Refused(Code.BAD_FIELD, "issue or expiry")
    claims = {_SUB: number, _EXP: expires_s, _IAT: issued_s, _CTI: serial.to_bytes(2, "big")}
    payload = cbor2.dumps(claims, canonical=True)
    signer = COSEKey.new(
        {1: 1, 2: badge_key_id(public), 3: _EDDSA, -1: 6, -2: public, -4: key.private_bytes_raw()}
    )
    protected = {_ALG: _EDDSA, _KID: badge_key_id(public)}
    message = _cose().encode(payload, signer, protected=protected, unprotected={})
    text: str = base45.b45encode(message).decode()
    return PREFIX + text


def verify(text: str, keys: Mapping[bytes, bytes]) -> Badge:
    """Read a badge and check it against the known keys (key id to 32-byte public key).

    Raise `Refused`: `bad_base45`, `malformed`, `too_large`, `unknown_key` or `bad_signature`. Expiry is not judged here: a
    kiosk whose clock is wrong turns nobody away.
    """
    message = _decode_text(text)
    key_id = _key_id(message)
    public = keys.get(key_id)
    if public is None:
        raise Refused(Code.UNKNOWN_KEY, key_id.hex())
    payload: bytes
    try:
        payload = bytes(_cose().decode(message, _verifier(public)))
    except Exception as error:  # the library raises many kinds; each is the same plain no
        raise Refused(Code.BAD_SIGNATURE, "not signed by that key") from error
    return _claims(payload, key_id)


@lru_cache(maxsize=1)
def _cose() -> COSE:
    cose: COSE = COSE.new()
    return cose


@lru_cache(maxsize=64)
def _verifier(public: bytes) -> COSEKeyInterface:
    return COSEKey.new({1: 1, 2: badge_key_id(public), 3: _EDDSA, -1: 6, -2: public})


def _decode_text(text: str) -> bytes:
    if not text.startswith(PREFIX):
        raise Refused(Code.MALFORMED, "no RV1: in front")
    if len(text) > len(PREFIX) + BADGE_BYTES_MAX * 3 // 2:
        raise Refused(Code.TOO_LARGE, f"over {BADGE_BYTES_MAX} bytes")
    body = text[len(PREFIX) :]
    try:
        message: bytes = base45.b45decode(body)
    except ValueError as error:
        raise Refused(Code.BAD_BASE45, "not Base45") from error
    if base45.b45encode(message).decode() != body:
        raise Refused(Code.BAD_BASE45, "not in canonical form")
    return message


def _key_id(message: bytes) -> bytes:
    """Read the protected header strictly: exactly EdDSA and a key id, nothing unprotected."""
    value = _one_cbor_value(message)
    if not isinstance(value, cbor2.CBORTag) or value.tag != 18:
        raise Refused(Code.MALFORMED, "not a COSE_Sign1")
    parts = value.value
    if not isinstance(parts, list) or [type(part) for part in parts] != [bytes, dict, bytes, bytes]:
        raise Refused(Code.MALFORMED, "not a COSE_Sign1")
    if parts[1]:
        raise Refused(Code.MALFORMED, "unprotected header")
    key_id: bytes = parts[0][-4:]
    if parts[0] != cbor2.dumps({_ALG: _EDDSA, _KID: key_id}, canonical=True):
        raise Refused(Code.MALFORMED, "protected header")
    return key_id


def _claims(payload: bytes, key_id: bytes) -> Badge:
    claims = _one_cbor_value(payload)
    if not isinstance(claims, dict) or [(key, type(key)) for key in claims] != _CLAIM_KEYS:
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


def _one_cbor_value(data: bytes) -> object:
    """Decode one value and demand its only encoding: no duplicate keys, no long integers, nothing behind it (RFC 8949, 4.2)."""
    try:
        value = cbor2.loads(data)
        again = cbor2.dumps(value, canonical=True)
    except Exception as error:  # the library raises many kinds; each is the same plain no
        raise Refused(Code.MALFORMED, "not CBOR") from error
    if again != data:
        raise Refused(Code.MALFORMED, "CBOR not in deterministic form")
    return value
