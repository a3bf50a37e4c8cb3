"""A slip: one entry with its author's signature, admissible ahead of its chain, short enough for a QR code.

Text: Base64 for URLs (RFC 4648, 5, no padding) of msgpack `["slip", 1, key, seq, previous, entry, signature]`. The signature
is the log's over the statement `head` of this very entry: through the hash it covers what stands before and the entry itself.
So a slip means what a batch of this one entry means. The form never changes; another gets another number in place of the 1.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.limits import SLIP_BYTES_MAX
from schemas.vocabulary import Code
from sync import statement
from sync.batch import Batch, prove
from sync.chain import link
from sync.errors import Refused
from sync.ids import log_id

_FORM = 1
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, int, bytes, int, bytes, bytes, bytes]).decode


def write_slip(key: Ed25519PrivateKey, *, seq: int, previous: bytes, body: bytes) -> str:
    """Give the slip of the entry `body` with this seq, behind the hash `previous`."""
    public = key.public_key().public_bytes_raw()
    text = statement.write("head", log=log_id(public), seq=seq, hash=link(previous, body))
    fields = ("slip", _FORM, public, seq, previous, body, statement.sign(key, text))
    return urlsafe_b64encode(_encode(fields)).rstrip(b"=").decode()


def read_slip(text: str) -> Batch:
    """Read and check a slip; it is a batch of one.

    Raise `Refused`: `too_large`, `bad_base64`, `malformed`, `not_canonical`, `bad_sequence`, `entry_too_large`,
    `bad_signature`.
    """
    raw = _decode_text(text)
    try:
        fields = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Code.MALFORMED, "not a slip") from error
    if _encode(fields) != raw:
        raise Refused(Code.NOT_CANONICAL, "not in shortest form")
    name, form, key, seq, previous, body, signature = fields
    if name != "slip" or form != _FORM or len(key) != 32 or len(previous) != 32:
        raise Refused(Code.MALFORMED, "not a slip of a form known here")
    return prove(key, first=seq, previous=previous, bodies=[body], signature=signature)


def slip_link(url: str, slip: str) -> str:
    """Give the address that opens the centre's page with this slip: behind `#`, which no browser sends and no server logs."""
    return f"{url}/s#{slip}"


def _decode_text(text: str) -> bytes:
    if len(text) > (SLIP_BYTES_MAX * 4 + 2) // 3:
        raise Refused(Code.TOO_LARGE, f"over {SLIP_BYTES_MAX} bytes")
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise Refused(Code.BAD_BASE64, "not Base64 for URLs") from error
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise Refused(Code.BAD_BASE64, "not in canonical form")
    return raw
