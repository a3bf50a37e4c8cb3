"""The exact bytes of an entry, and their strict reading.

The encoding is msgpack with every value in its shortest form, restricted to integers, byte strings, text strings and
arrays. One value has one encoding, so bytes can be compared, hashed and signed as they came (`docs/protocol.md`, 2).
"""

from dataclasses import dataclass

import msgspec

from schemas.entry import Entry
from schemas.limits import ENTRY_BYTES_MAX, ENTRY_DEPTH_MAX, SAFE_INTEGER_MAX
from schemas.vocabulary import Code
from sync.errors import Refused

_encoder = msgspec.msgpack.Encoder()
_typed: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)
_plain = msgspec.msgpack.Decoder()


@dataclass(frozen=True, slots=True)
class Strange:
    """An entry that cannot be understood here: kept raw, alone, and carried on."""

    code: Code
    detail: str


def encode(entry: Entry) -> bytes:
    """Give an entry's bytes. Raise `Refused(entry_too_large | bad_field)`: nobody writes what the centre could not understand."""
    try:
        body = _encoder.encode(entry)
        _typed.decode(body)
    except (msgspec.ValidationError, OverflowError, TypeError, UnicodeEncodeError) as error:
        raise Refused(Code.BAD_FIELD, type(entry).__name__) from error
    if len(body) > ENTRY_BYTES_MAX:
        raise Refused(Code.ENTRY_TOO_LARGE, f"{len(body)} bytes")
    return body


def understand(body: bytes) -> Entry | Strange:
    """Read an entry's bytes strictly, or say why it is strange. Never raises: a strange entry is kept alone (I3)."""
    try:
        entry: Entry = _typed.decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _why_strange(body)
    if _encoder.encode(entry) == body:  # the common case: canonical, and exactly the fields we know
        return entry
    if _is_shorter(body, entry):  # by older software, which leaves out the last fields
        return entry
    strange = _not_canonical(body)
    return strange if strange is not None else entry


def _is_shorter(body: bytes, entry: Entry) -> bool:
    """Tell whether this is the canonical form of an entry without some of its last fields: its types were checked already."""
    value = _plain.decode(body)
    return len(value) <= len(entry.__struct_fields__) and _encoder.encode(value) == body


def _why_strange(body: bytes) -> Strange:
    """Tell broken bytes from a kind we do not know and from a known kind with a bad field."""
    strange = _not_canonical(body)
    if strange is not None:
        return strange
    items = _plain.decode(body)
    if items[0] in _KINDS:
        return Strange(Code.BAD_FIELD, str(items[0]))
    return Strange(Code.UNKNOWN_KIND, items[0][:32].encode("unicode_escape").decode())


def _not_canonical(body: bytes) -> Strange | None:
    """Check the rules that hold for every entry of any kind, now and later."""
    try:
        value = _plain.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        return Strange(Code.MALFORMED, "not one msgpack value")
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        return Strange(Code.MALFORMED, "not an array that begins with its kind")
    if not _plain_values(value, ENTRY_DEPTH_MAX):
        return Strange(Code.MALFORMED, "other than integers, bytes, text and arrays")
    if _encoder.encode(value) != body:
        return Strange(Code.NOT_CANONICAL, "not in shortest form")
    return None


def _plain_values(value: object, depth: int) -> bool:
    if isinstance(value, list):
        return depth > 0 and all(_plain_values(item, depth - 1) for item in value)
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return -SAFE_INTEGER_MAX <= value <= SAFE_INTEGER_MAX
    return isinstance(value, str | bytes)


_KINDS = frozenset(str(kind.__struct_config__.tag) for kind in Entry.__args__)
