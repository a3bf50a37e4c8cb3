"""Read moves from a file of JSON lines, one at a time; a line that cannot be read is told, never fatal."""

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from schemas.vocabulary import NUMBER_PATTERN

LINE_BYTES_MAX = 4_096
Number = Annotated[str, Meta(pattern=NUMBER_PATTERN)]
SHANGHAI = timezone(timedelta(hours=8))
_EARLIEST = datetime(2000, 1, 1, tzinfo=SHANGHAI)
_LATEST = datetime(2100, 1, 1, tzinfo=SHANGHAI)


class Move(NamedTuple):
    """Somebody came or left. at_ms: Unix milliseconds. guess: a kiosk guessed the direction, nobody chose it."""

    person: str
    site: str
    kiosk: str
    kind: str
    at_ms: int
    guess: bool


class Unreadable(NamedTuple):
    """A line that is no move."""

    line: int
    reason: str


class _Line(msgspec.Struct):
    person: Number
    site: Number
    kiosk: Annotated[str, Meta(min_length=1, max_length=64)]
    kind: Literal["in", "out"]
    time: Annotated[str, Meta(max_length=40)]
    guess: bool = False


_read_line = msgspec.json.Decoder(_Line).decode


def read_moves(file: Path) -> Iterator[Move | Unreadable]:
    """Give what is in a file (.gz: compressed) line by line. Raise `OSError` or `EOFError` where the file itself is broken."""
    with _open(file) as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LINE_BYTES_MAX + 1), b""), 1):
            if len(line) > LINE_BYTES_MAX:
                _skip_rest(lines)
                yield Unreadable(number, f"over {LINE_BYTES_MAX} bytes")
            elif line.strip():
                yield _move(number, line)


def _open(file: Path) -> IO[bytes]:
    return gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")  # type: ignore[return-value] # it reads bytes


def _skip_rest(lines: IO[bytes]) -> None:
    """Read to the end of a line that is too long, without keeping it."""
    while (piece := lines.readline(LINE_BYTES_MAX)) and not piece.endswith(b"\n"):
        pass


def _move(number: int, line: bytes) -> Move | Unreadable:
    try:
        read = _read_line(line)
        at = datetime.fromisoformat(read.time)
    except (ValueError, RecursionError) as error:  # msgspec's own errors are ValueErrors
        return Unreadable(number, str(error)[:120])
    at = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    if not _EARLIEST <= at < _LATEST:
        return Unreadable(number, "time: outside 2000 to 2099")
    at_ms = int(at.timestamp() * 1000)
    return Move(read.person, read.site, read.kiosk, read.kind, at_ms, read.guess)
