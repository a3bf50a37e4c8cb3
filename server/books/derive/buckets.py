"""Scans of everybody, put aside on disk by person, so that a rebuild holds a part of the people at a time."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO
from zlib import crc32

import msgspec

from server.reconcile.facts import ScanFact

SCANS_A_BUCKET = 50_000
BUCKETS_MAX = 512
"""Open files at most, of a process. Beyond `SCANS_A_BUCKET` times as many scans, buckets grow."""
_LENGTH_BYTES = 4
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[ScanFact]).decode


def how_many(scans: int) -> int:
    """Give how many buckets so many scans take."""
    return min(BUCKETS_MAX, scans // SCANS_A_BUCKET + 1)


class Buckets:
    """Files of one writer in a folder that several share. Whoever is in a bucket is in no other, whoever wrote it."""

    def __init__(self, folder: Path, count: int, writer: int = 0) -> None:
        """Write behind what others write. writer: a number of its own for each of them."""
        self.count = count
        self._files: list[IO[bytes]] = [
            (folder / f"{number}-{writer}").open("wb") for number in range(count)
        ]

    def __enter__(self) -> "Buckets":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files:
            file.close()

    def add(self, scans: Iterable[ScanFact]) -> None:
        """Put scans aside. By a checksum of the number: every process must find the same bucket."""
        parts: list[list[ScanFact]] = [[] for _ in self._files]
        for scan in scans:
            parts[crc32(scan.who.encode()) % self.count].append(scan)
        for file, part in zip(self._files, parts, strict=True):
            if part:
                packed = _pack(part)
                file.write(len(packed).to_bytes(_LENGTH_BYTES, "big"))
                file.write(packed)

    def flush(self) -> None:
        """Let others read what was put aside."""
        for file in self._files:
            file.flush()


def read_bucket(folder: Path, number: int) -> list[ScanFact]:
    """Give the scans of a bucket, whoever wrote them."""
    scans: list[ScanFact] = []
    for path in sorted(folder.glob(f"{number}-*")):
        with path.open("rb") as file:
            while head := file.read(_LENGTH_BYTES):
                scans += _unpack(file.read(int.from_bytes(head, "big")))
    return scans
