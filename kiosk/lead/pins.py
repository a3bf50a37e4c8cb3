"""A PIN and the key that it wraps. Pure but for the chance that is handed in; a PIN itself is never kept, nor any hash of it.

The key of names is sealed (AES-256-GCM) under a key that scrypt (RFC 7914) makes of the PIN: a PIN is right if that opens.
A thief with the whole device can try PINs at the cost of scrypt, a tenth of a second each: six digits last about a day, eight
characters of any kind much longer. So what lies under it is little and short-lived (`kiosk/lead/names.py`).
"""

from dataclasses import dataclass
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kiosk.errors import Stopped, Trouble
from kiosk.limits import LEAD_PIN_CHARS_MAX, LEAD_PIN_CHARS_MIN

KEY_BYTES, SALT_BYTES, NONCE_BYTES = 32, 16, 12
COST, BLOCK, PARALLEL = 2**15, 8, 1
"""32 MiB and a tenth of a second on the machine that this was measured on."""
_KNOWN_KEY = b"redvest-lead-1"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The key of names under one PIN: salt of scrypt, nonce, and the sealed key."""

    salt: bytes
    nonce: bytes
    sealed: bytes


def require_strong(pin: str) -> None:
    """Raise `Stopped(weak_pin)` for a PIN that is too short or too long, or that somebody would try first."""
    is_sized = LEAD_PIN_CHARS_MIN <= len(pin) <= LEAD_PIN_CHARS_MAX
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    if not is_sized or not pin.isprintable() or len(steps) < 2:
        raise Stopped(Trouble.WEAK_PIN)


def wrap(pin: str, who: str, key: bytes, chance: bytes) -> Wrapped:
    """Seal the key of names under this PIN of this lead. chance: `SALT_BYTES + NONCE_BYTES` random bytes."""
    salt, nonce = chance[:SALT_BYTES], chance[SALT_BYTES:]
    sealed = AESGCM(_derive(pin, salt)).encrypt(nonce, key, _KNOWN_KEY + who.encode())
    return Wrapped(salt, nonce, sealed)


def unwrap(pin: str, who: str, wrapped: Wrapped) -> bytes:
    """Give the key of names. Raise `Stopped(wrong_pin)`."""
    if len(pin) > LEAD_PIN_CHARS_MAX:
        raise Stopped(Trouble.WRONG_PIN)
    key = AESGCM(_derive(pin, wrapped.salt))
    try:
        return key.decrypt(wrapped.nonce, wrapped.sealed, _KNOWN_KEY + who.encode())
    except InvalidTag as error:
        raise Stopped(Trouble.WRONG_PIN) from error


def _derive(pin: str, salt: bytes) -> bytes:
    scrypt = Scrypt(salt=salt, length=KEY_BYTES, n=COST, r=BLOCK, p=PARALLEL)
    return scrypt.derive(pin.encode("utf-8", "surrogatepass"))
