"""What a rebuild and the processes that help it say to each other: frames of msgpack, one answer to each."""

from collections.abc import Callable
from typing import IO, Any

import msgspec

from server.books.stored import KioskLog
from server.reconcile.facts import ScanFact
from sync.clock import AnchorMark

_LENGTH_BYTES = 4

Raw = tuple[int, int, bytes, bytes]
"""As `server.books.timeline.Raw`."""
Row = tuple[Any, ...]
"""Of a table, whatever columns it has."""


class Begin(msgspec.Struct, tag=True, array_like=True, gc=False):
    """To begin with: which database, and where buckets are. writer: the number of this process among those that write them."""

    home: str
    url: str
    folder: str
    buckets: int
    writer: int


class BeginLog(msgspec.Struct, tag=True, array_like=True, gc=False):
    """The windows that follow are of this log. marks: its anchors around them."""

    kiosk: KioskLog
    marks: list[AnchorMark]


class Window(msgspec.Struct, tag=True, array_like=True, gc=False):
    """Entries to be understood, timed and put aside. Answered with `Understood`."""

    rows: list[Raw]


class Flush(msgspec.Struct, tag=True, array_like=True, gc=False):
    """All windows have been given: let everybody read what was put aside."""


class People(msgspec.Struct, tag=True, array_like=True, gc=False):
    """A bucket whose people are to be reconciled, all but these. Answered with `Derived`."""

    bucket: int
    but: list[str]


Job = Begin | BeginLog | Window | Flush | People


class Done(msgspec.Struct, tag=True, array_like=True, gc=False):
    """There is nothing to say."""


class Understood(msgspec.Struct, tag=True, array_like=True, gc=False):
    """What a window says of its log, as `LogFacts`. Where is_said nothing was put aside. span_ms: how long it is."""

    marks: list[tuple[int, str, int, int, int, bytes]]
    is_said: bool
    span_ms: int


class Derived(msgspec.Struct, tag=True, array_like=True, gc=False):
    """Rows of the tables, in the order of their columns, of these people. left: scans of those who were left out.

    Bytes of a record are read as the driver takes them soonest (`server.bulk.blob`).
    """

    people: list[str]
    records: list[
        tuple[
            str, int, bytearray, str, str, str, str, int, int,
            int | None, int, int, int, int, str, bytearray, str,
        ]
    ]  # fmt: skip
    loose: list[Row]
    parts: list[Row]
    findings: list[Row]
    left: list[ScanFact]


Answer = Done | Understood | Derived

_encode = msgspec.msgpack.Encoder().encode
read_job: Callable[[bytes], Job] = msgspec.msgpack.Decoder(Job).decode
read_answer: Callable[[bytes], Answer] = msgspec.msgpack.Decoder(Answer).decode


def send(pipe: IO[bytes], word: Job | Answer) -> None:
    """Write one frame."""
    frame = _encode(word)
    pipe.write(len(frame).to_bytes(_LENGTH_BYTES, "big"))
    pipe.write(frame)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Read one frame, b"" at the end."""
    head = pipe.read(_LENGTH_BYTES)
    return pipe.read(int.from_bytes(head, "big")) if head else b""
