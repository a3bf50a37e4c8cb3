"""Signed claims in a QR code: a prefix, then Base45 of a COSE_Sign1 CWT (RFC 9052, 8392, 9285), EdDSA, read strictly.

Protected header: alg (EdDSA) and the 4-byte id of a badge key, nothing else; nothing unprotected. All CBOR is deterministic.
Badges and certificates share this form and differ in prefix, claims and bound; it never changes (`docs/protocol.md`, 8, 19).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cwt import COSE, COSEKey
from cwt.cose_key_interface import COSEKeyInterface

from schemas.vocabulary import Code
from sync.errors import Refused
from sync.ids import badge_key_id

_ALG, _KID, _EDDSA = 1, 4, -8


def sign_claims(key: Ed25519PrivateKey, prefix: str, claims: Mapping[int, object]) -> str:
    """Give the text of these claims. The same arguments give the same text (Ed25519 is deterministic)."""
    public = key.public_key().public_bytes_raw()
    payload = cbor2.dumps(dict(claims), canonical=True)
    signer = COSEKey.new(
        {1: 1, 2: badge_key_id(public), 3: _EDDSA, -1: 6, -2: public, -4: key.private_bytes_raw()}
    )
    protected = {_ALG: _EDDSA, _KID: badge_key_id(public)}
    message = _cose().encode(payload, signer, protected=protected, unprotected={})
    text: str = base45.b45encode(message).decode()
    return prefix + text


def read_signed(
    text: str, prefix: str, bytes_max: int, keys: Mapping[bytes, bytes]
) -> tuple[object, bytes]:
    """Give the claims of a text and the id of the key that signed them. keys: key id to 32-byte public key.

    Raise `Refused`, in this order: `malformed` for another prefix, `too_large`, `bad_base45`, `malformed`, `unknown_key`,
    `bad_signature`, `malformed` for claims that are no deterministic CBOR.
    """
    message = _decode_text(text, prefix, bytes_max)
    key_id = _key_id(message)
    public = keys.get(key_id)
    if public is None:
        raise Refused(Code.UNKNOWN_KEY, key_id.hex())
    payload: bytes
    try:
        payload = bytes(_cose().decode(message, _verifier(public)))
    except Exception as error:  # the library raises many kinds; each is the same plain no
        raise Refused(Code.BAD_SIGNATURE, "not signed by that key") from error
    return _one_cbor_value(payload), key_id


def has_claims(claims: object, expected: Sequence[tuple[int, type]]) -> bool:
    """Tell whether these are exactly the expected keys, in order: in CBOR, 1.0 and true are other keys than 1."""
    return isinstance(claims, dict) and [(key, type(key)) for key in claims] == list(expected)


@lru_cache(maxsize=1)
def _cose() -> COSE:
    cose: COSE = COSE.new()
    return cose


@lru_cache(maxsize=64)
def _verifier(public: bytes) -> COSEKeyInterface:
    return COSEKey.new({1: 1, 2: badge_key_id(public), 3: _EDDSA, -1: 6, -2: public})


def _decode_text(text: str, prefix: str, bytes_max: int) -> bytes:
    if not text.startswith(prefix):
        raise Refused(Code.MALFORMED, f"no {prefix} in front")
    if len(text) > len(prefix) + bytes_max * 3 // 2:
        raise Refused(Code.TOO_LARGE, f"over {bytes_max} bytes")
    body = text[len(prefix) :]
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
