"""What whoever derives and the processes that help say to each other: frames of msgpack, one answer to each."""

from collections.abc import Callable
from typing import IO, Any

import msgspec

from server.books.derive.stored import KioskLog
from server.reconcile.facts import ScanFact
from sync.clock import AnchorMark

_LENGTH_BYTES = 4

Row = tuple[Any, ...]
"""Of a table, whatever columns it has."""

RecordTuple = tuple[
    str, int, bytearray, str, str, str, str, int, int,
    int | None, int, int, int, int, str, bytearray, str,
]  # fmt: skip
"""A row of `derived.record`."""


class Begin(msgspec.Struct, tag=True, array_like=True, gc=False):
    """To begin with: which database, and where scans are put aside: in so many buckets, or (0) in a file a window.

    writer: the number of this process among those that write there.
    """

    home: str
    url: str
    folder: str
    buckets: int
    writer: int


class Window(msgspec.Struct, tag=True, array_like=True, gc=False):
    """Entries `first` to `last` of an unforked log, to be read, understood, timed and put aside. Answered with `Understood`.

    marks: the anchors among them, those at its ends included. held: how many entries there have to be. known: seqs
    that were derived before: of people who scanned at them nothing is made ahead (`server.books.derive.ahead`).
    """

    kiosk: KioskLog
    marks: list[AnchorMark]
    first: int
    last: int
    held: int
    known: list[tuple[int, int]]


class Flush(msgspec.Struct, tag=True, array_like=True, gc=False):
    """All windows have been given: let everybody read what was put aside."""


class People(msgspec.Struct, tag=True, array_like=True, gc=False):
    """A bucket whose people are to be reconciled, all but these. Answered with `Derived`."""

    bucket: int
    but: list[str]


class Rest(msgspec.Struct, tag=True, array_like=True, gc=False):
    """There is nothing more to do. Answered, and then the process ends."""


Job = Begin | Window | Flush | People | Rest


class Done(msgspec.Struct, tag=True, array_like=True, gc=False):
    """There is nothing to say."""


class Understood(msgspec.Struct, tag=True, array_like=True, gc=False):
    """What a window says of its log, as `LogFacts`. span_ms: how long it is. aside: the file of its scans, where it has one.

    is_left: nothing was put aside, because it takes whoever asked: somebody said something about people, or more came since.
    """

    marks: list[tuple[int, str, int, int, int, bytes]]
    is_left: bool
    span_ms: int
    aside: str = ""
    abouts: list[tuple[str, bytes, str, bytes]] = []


class Derived(msgspec.Struct, tag=True, array_like=True, gc=False):
    """Rows of the tables, in the order of their columns, of these people. left: scans of those who were left out.

    Bytes of a record are read as the driver takes them soonest (`server.bulk.blob`).
    """

    people: list[str]
    records: list[RecordTuple]
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
