"""Sealing to the centre: whoever holds a kiosk cannot read back what it sealed (HPKE, RFC 9180, base mode).

Suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM; the output is the encapsulated key, then the ciphertext. The
one place in this package where chance is not an argument: the standard's own library draws the ephemeral key, because
drawing it twice the same would break the seal.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from schemas.vocabulary import Code
from sync.errors import Refused

CODE_INFO = b"redvest-code-1"
"""The `info` for codes that a kiosk could not read as a badge."""

SEAL_EXTRA_BYTES = 48
"""How much longer than the plain text the sealed one is: the encapsulated key, and the tag."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


def seal(public_key: bytes, plain: bytes, info: bytes) -> bytes:
    """Seal to an X25519 key (32 bytes). Raise `Refused(malformed)` for one that keeps nothing secret."""
    try:
        return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public_key), info=info)
    except (InvalidTag, ValueError) as error:
        raise Refused(Code.MALFORMED, "not a key to seal to") from error


def can_seal(public_key: bytes) -> bool:
    """Tell whether this is a key to which something can be sealed: some keep nothing secret."""
    try:
        seal(public_key, b"", b"")
    except Refused:
        return False
    return True


def unseal(private_key: bytes, sealed: bytes, info: bytes) -> bytes:
    """Open what was sealed to this key. Raise `Refused(malformed)` if it was not, or was altered."""
    key = X25519PrivateKey.from_private_bytes(private_key)
    try:
        return _SUITE.decrypt(sealed, key, info=info)
    except (InvalidTag, ValueError) as error:
        raise Refused(Code.MALFORMED, "not sealed to this key") from error
