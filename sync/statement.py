"""Signed statements: short texts that one side signs and the other keeps as proof.

A statement is UTF-8 text of lines joined by LF, without a last LF: `redvest/1 NAME`, then `key value` a line, in the order
given for NAME below. Anyone can read it, any language can build it, and there is nothing to canonicalise. The fields of a
statement never change; a new meaning gets a new name (`docs/protocol.md`, 4).
"""

from re import fullmatch

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.limits import SAFE_INTEGER_MAX
from schemas.vocabulary import Code
from sync.errors import Refused

FIELDS: dict[str, tuple[str, ...]] = {
    "head": ("log", "seq", "hash"),
    "hello": ("log", "seq", "hash", "nonce"),
    "time": ("epoch", "log", "nonce", "server_ms"),
    "receipt": ("epoch", "log", "first", "last", "hash", "server_ms"),
    "succeed": ("log", "seq", "hash", "successor"),
    "bundle": ("log", "batches", "digest"),
    "enrol": ("log", "code", "post", "nonce"),
    "keys": ("epoch", "central", "seal", "badges", "server_ms"),
    "pull": (
        *("log", "nonce", "server_ms", "proof"),
        *("channel", "epoch", "number", "staged", "part"),
    ),
    "place": ("epoch", "log", "site", "post", "server_ms"),
    "snapshot": ("epoch", "channel", "number", "part", "parts", "digest", "server_ms"),
    "changes": ("epoch", "channel", "after", "number", "digest", "server_ms"),
    "deposit": ("epoch", "log", "first", "last", "hash", "digest", "server_ms"),
    "neighbour": ("log", "centre", "nonce"),
}


def write(name: str, **fields: object) -> str:
    """Give the text of a statement. The fields must be exactly those of its name: else it is our own mistake."""
    order = FIELDS[name]
    if set(order) != set(fields):
        raise ValueError(f"statement {name} takes {order}, not {tuple(fields)}")
    lines = [f"redvest/1 {name}", *(f"{key} {_plain(fields[key])}" for key in order)]
    return "\n".join(lines)


def read(text: str, name: str) -> dict[str, str]:
    """Give the fields of a statement's text. Raise `Refused(malformed)` on anything but the exact form."""
    order = FIELDS[name]
    lines = text.split("\n")
    if len(lines) != len(order) + 1 or lines[0] != f"redvest/1 {name}":
        raise Refused(Code.MALFORMED, f"not a statement {name}")
    values = {}
    for key, line in zip(order, lines[1:], strict=True):
        found, separator, value = line.partition(" ")
        if found != key or not separator:
            raise Refused(Code.MALFORMED, f"statement {name}: {key} expected")
        values[key] = value
    return values


def integer(value: str) -> int:
    """Read an integer of a statement: decimal digits, no sign, no leading zero. Raise `Refused(malformed)`."""
    if not fullmatch(r"0|[1-9][0-9]{0,15}", value) or int(value) > SAFE_INTEGER_MAX:
        raise Refused(Code.MALFORMED, "an integer expected")
    return int(value)


def octets(value: str, length: int) -> bytes:
    """Read bytes of a statement: lower-case hex of exactly this many bytes. Raise `Refused(malformed)`."""
    if not fullmatch(r"[0-9a-f]*", value) or len(value) != 2 * length:
        raise Refused(Code.MALFORMED, f"{length} bytes in hex expected")
    return bytes.fromhex(value)


def sign(key: Ed25519PrivateKey, text: str) -> bytes:
    """Give the 64-byte Ed25519 signature (RFC 8032) over a statement's text."""
    return key.sign(text.encode())


def is_signed(public_key: bytes, text: str, signature: bytes) -> bool:
    """Tell whether the holder of this key signed this text. Bad keys and lengths are a plain no."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def require_signed(public_key: bytes, text: str, signature: bytes) -> None:
    """Raise `Refused(bad_signature)` unless the holder of this key signed this text."""
    if not is_signed(public_key, text, signature):
        raise Refused(Code.BAD_SIGNATURE, text.partition("\n")[0])


def _plain(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    if "\n" in text:
        raise ValueError("a statement's value is one line")
    return text
