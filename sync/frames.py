"""The bundle file: frames between a first line and a closing frame, read and written piece by piece in flat memory.

File: the line `redvest/1 bundle`, then frames: one byte for the kind, four for the length (big-endian), the body. The last
frame closes the file with the SHA-256 of everything before it, so that a copy cut off or altered anywhere is noticed before
anything in it is believed. Whether what is inside is true, the parts prove by themselves. This form never changes; another
gets another first line (`docs/protocol.md`, 16).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from schemas.limits import (
    BATCH_WIRE_BYTES_MAX,
    BUNDLE_FILE_BYTES_MAX,
    BUNDLE_HEADER_BYTES_MAX,
    BUNDLE_WORDS_BYTES_MAX,
    PARCEL_WIRE_BYTES_MAX,
    REPLY_HEAD_BYTES_MAX,
)
from schemas.vocabulary import Code
from sync.errors import Refused
from sync.seal import SEAL_EXTRA_BYTES

FIRST_LINE = b"redvest/1 bundle\n"
_LENGTH_BYTES = 4

Read = Callable[[int], bytes]
"""Gives up to that many next bytes; none at the end."""


class Kind(Enum):
    """Kinds of frames."""

    HEADER = b"H"
    WORDS = b"W"
    DEPOSIT = b"D"
    BATCH = b"B"
    END = b"E"
    REPLY = b"R"
    PAGE = b"P"
    CLOSING = b"Z"


_BYTES_MAX = {
    Kind.HEADER: BUNDLE_HEADER_BYTES_MAX,
    Kind.WORDS: BUNDLE_WORDS_BYTES_MAX + SEAL_EXTRA_BYTES,
    Kind.DEPOSIT: PARCEL_WIRE_BYTES_MAX + SEAL_EXTRA_BYTES,
    Kind.BATCH: BATCH_WIRE_BYTES_MAX + SEAL_EXTRA_BYTES,
    Kind.END: 64,
    Kind.REPLY: REPLY_HEAD_BYTES_MAX,
    Kind.PAGE: PARCEL_WIRE_BYTES_MAX + SEAL_EXTRA_BYTES,
    Kind.CLOSING: 32,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame, and where in its file it lies: from byte `start` to before `stop`."""

    kind: Kind
    body: bytes
    start: int
    stop: int

    @property
    def wire(self) -> bytes:
        """Give its bytes as they stand in the file."""
        return pack(self.kind, self.body)


def pack(kind: Kind, body: bytes) -> bytes:
    """Give the bytes of a frame."""
    return kind.value + len(body).to_bytes(_LENGTH_BYTES) + body


def enclose(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Give the bytes of a file with these frames, piece by piece."""
    digest = sha256(FIRST_LINE)
    yield FIRST_LINE
    for frame in frames:
        digest.update(frame)
        yield frame
    yield pack(Kind.CLOSING, digest.digest())


def read_frames(read: Read) -> Iterator[Frame]:
    """Give the frames of a file in order, up to the closing one, which is checked and not given.

    Raise `Refused`: `not_a_bundle` (another kind of file, or none), `truncated`, `altered`, `too_large`.
    """
    _read_first_line(read)
    digest, at = sha256(FIRST_LINE), len(FIRST_LINE)
    while True:
        frame = _read_frame(read, at)
        if frame.kind is Kind.CLOSING:
            break
        digest.update(frame.wire)
        at = frame.stop
        if at > BUNDLE_FILE_BYTES_MAX:
            raise Refused(Code.TOO_LARGE, f"over {BUNDLE_FILE_BYTES_MAX} bytes")
        yield frame
    if frame.body != digest.digest() or read(1):
        raise Refused(Code.ALTERED, "not the bytes that were written")


def require_whole(read: Read) -> None:
    """Read a file to its end. Raise `Refused` as `read_frames` does: only then is it worth while to look inside."""
    for _ in read_frames(read):
        pass


def _read_first_line(read: Read) -> None:
    found = _up_to(read, len(FIRST_LINE))
    if found and found != FIRST_LINE and FIRST_LINE.startswith(found):
        raise Refused(Code.TRUNCATED, "cut off in its first line")
    if found != FIRST_LINE:
        raise Refused(Code.NOT_A_BUNDLE, "not a bundle file" if found else "empty")


def _read_frame(read: Read, at: int) -> Frame:
    head = _exactly(read, 1 + _LENGTH_BYTES)
    try:
        kind = Kind(head[:1])
    except ValueError as error:
        raise Refused(Code.ALTERED, "a frame of no known kind") from error
    length = int.from_bytes(head[1:])
    if length > _BYTES_MAX[kind]:
        raise Refused(Code.ALTERED, "a frame longer than its kind can be")
    return Frame(kind, _exactly(read, length), at, at + len(head) + length)


def _exactly(read: Read, count: int) -> bytes:
    found = _up_to(read, count)
    if len(found) != count:
        raise Refused(Code.TRUNCATED, "cut off")
    return found


def _up_to(read: Read, count: int) -> bytes:
    """Read so many bytes, or what there is before the end; a source may give less at a time."""
    found = read(count)
    while len(found) < count:
        more = read(count - len(found))
        if not more:
            break
        found += more
    return found
