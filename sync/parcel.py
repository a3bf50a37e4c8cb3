"""Parcels: the server's signed words with what they speak of, each one byte string that any courier may carry.

On the wire: gzip over msgpack `["parcel", 1, statement, signature, content]`. The statement is signed by the server and holds the
SHA-256 of the content. Its name says what the parcel is: a page of a snapshot or of changes of a channel, a place, or a batch
of the central log, sealed. This form never changes; another form gets another number in place of the 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from re import fullmatch
from typing import Any

import msgspec

from schemas.limits import (
    PARCEL_INFLATED_BYTES_MAX,
    PARCEL_ROWS_MAX,
    PARCEL_WIRE_BYTES_MAX,
    SNAPSHOT_PARTS_MAX,
)
from schemas.vocabulary import END, NUMBER_PATTERN, Code
from sync import statement
from sync.errors import Refused
from sync.gzip import deflate, inflate
from sync.ids import EntryHash, LogId

ALL, CENTRAL = "all", "central"
"""Channels that every kiosk follows; the third is its site's."""
_FORM = 1
_CHANNEL = rf"all|central|site:[0-9A-Za-z-]{{1,20}}{END}"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, int, str, bytes, bytes]).decode
Field = str | int | bytes
Group = tuple[str, list[list[Field]], list[str]]
"""Rows of one kind: the kind, the rows that are in the view now (key first), the keys of those that left."""
_decode_groups = msgspec.msgpack.Decoder(list[tuple[str, list[list[Any]], list[str]]]).decode


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a channel: all of them, in parts, as they were at `number`; or those that changed after `after` up to `number`.

    after: -1 for a part of a snapshot. part, parts: 1 and 1 for changes.
    """

    epoch: str
    channel: str
    after: int
    number: int
    part: int
    parts: int
    server_ms: int
    groups: list[Group]

    @property
    def is_snapshot(self) -> bool:
        """Tell whether this is a part of a snapshot."""
        return self.after < 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log belongs. post: "" for none."""

    epoch: str
    log: LogId
    site: str
    post: str
    server_ms: int


@dataclass(frozen=True, slots=True)
class Deposit:
    """A batch of a central log, sealed to the centre: kiosks keep it and give it back to a server that has forgotten it.

    signed: its statement, and the signature.
    """

    epoch: str
    log: LogId
    first: int
    last: int
    hash: EntryHash
    server_ms: int
    sealed: bytes
    signed: tuple[str, bytes]


Word = Page | Place | Deposit


def pack(text: str, signature: bytes, content: bytes) -> bytes:
    """Give the wire bytes of a parcel. The statement must hold the content's digest."""
    return deflate(_encode(("parcel", _FORM, text, signature, content)))


def pack_groups(groups: Sequence[tuple[str, Sequence[object], Sequence[str]]]) -> bytes:
    """Give the content of a page. Rows may be lists, or bytes that are encoded already (`msgspec.Raw`)."""
    return _encode(list(groups))


def digest(content: bytes) -> bytes:
    """Give what a statement says of its content."""
    return sha256(content).digest()


def site_channel(site: str) -> str:
    """Name the channel of a site."""
    return f"site:{site}"


def unpack(wire: bytes, *, server_key: bytes) -> Word:
    """Read and check a parcel that this server signed.

    Raise `Refused`: `too_large`, `not_gzip`, `malformed`, `not_canonical`, `bad_signature`.
    """
    if len(wire) > PARCEL_WIRE_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {PARCEL_WIRE_BYTES_MAX} bytes on the wire")
    raw = inflate(wire, PARCEL_INFLATED_BYTES_MAX)
    try:
        fields = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Code.MALFORMED, "not a parcel") from error
    if _encode(fields) != raw:
        raise Refused(Code.NOT_CANONICAL, "not in shortest form")
    name, form, text, signature, content = fields
    if name != "parcel" or form != _FORM:
        raise Refused(Code.MALFORMED, "not a parcel of a form known here")
    return read(text, signature, content, server_key=server_key)


def read(text: str, signature: bytes, content: bytes, *, server_key: bytes) -> Word:
    """Read what this server signed, with its content (empty for a place). Raise `Refused` as `unpack` does."""
    statement.require_signed(server_key, text, signature)
    what = text.partition("\n")[0].removeprefix("redvest/1 ")
    match what:
        case "snapshot" | "changes":
            return _page(text, what, content)
        case "place":
            return _place(text, content)
        case "deposit":
            return _deposit(text, signature, content)
        case _:
            raise Refused(Code.MALFORMED, "nothing that travels in a parcel")


def _page(text: str, what: str, content: bytes) -> Page:
    fields = statement.read(text, what)
    if fullmatch(_CHANNEL, fields["channel"]) is None:
        raise Refused(Code.MALFORMED, "not a channel")
    whole = what == "snapshot"
    after = -1 if whole else statement.integer(fields["after"])
    number = statement.integer(fields["number"])
    part, parts = (statement.integer(fields[key]) if whole else 1 for key in ("part", "parts"))
    if not 1 <= part <= parts <= SNAPSHOT_PARTS_MAX or after > number:
        raise Refused(Code.MALFORMED, "parts or numbers out of range")
    groups = _groups(fields, content)
    server_ms = statement.integer(fields["server_ms"])
    return Page(fields["epoch"], fields["channel"], after, number, part, parts, server_ms, groups)


def _groups(fields: dict[str, str], content: bytes) -> list[Group]:
    _require_content(fields, content)
    try:
        groups = _decode_groups(content)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Code.MALFORMED, "not the rows of a page") from error
    if sum(len(come) + len(gone) for _, come, gone in groups) > PARCEL_ROWS_MAX:
        raise Refused(Code.TOO_LARGE, f"over {PARCEL_ROWS_MAX} rows")
    return groups


def _place(text: str, content: bytes) -> Place:
    fields = statement.read(text, "place")
    if content or not fullmatch(NUMBER_PATTERN, fields["site"]):
        raise Refused(Code.MALFORMED, "not a place")
    if fields["post"] and not fullmatch(NUMBER_PATTERN, fields["post"]):
        raise Refused(Code.MALFORMED, "not a place")
    server_ms = statement.integer(fields["server_ms"])
    return Place(fields["epoch"], LogId(fields["log"]), fields["site"], fields["post"], server_ms)


def _deposit(text: str, signature: bytes, content: bytes) -> Deposit:
    fields = statement.read(text, "deposit")
    _require_content(fields, content)
    first, last = statement.integer(fields["first"]), statement.integer(fields["last"])
    if not 1 <= first <= last:
        raise Refused(Code.MALFORMED, "no entries")
    head = EntryHash(statement.octets(fields["hash"], 32))
    server_ms = statement.integer(fields["server_ms"])
    log, signed = LogId(fields["log"]), (text, signature)
    return Deposit(fields["epoch"], log, first, last, head, server_ms, content, signed)


def _require_content(fields: dict[str, str], content: bytes) -> None:
    if statement.octets(fields["digest"], 32) != digest(content):
        raise Refused(Code.BAD_SIGNATURE, "the content is not what was signed")
