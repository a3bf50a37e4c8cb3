"""Scans of everybody, put aside on disk by person, so that a rebuild holds a part of the people at a time."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from server.reconcile.facts import ScanFact

SCANS_A_BUCKET = 50_000
BUCKETS_MAX = 512
"""Open files at most. Beyond `SCANS_A_BUCKET` times as many scans, buckets grow."""
_LENGTH_BYTES = 4
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[ScanFact]).decode


class Buckets:
    """Files without a name, that go when they are closed. Whoever is in a bucket is in no other."""

    def __init__(self, scans: int, folder: Path | None = None) -> None:
        """Make room for about so many scans."""
        count = min(BUCKETS_MAX, scans // SCANS_A_BUCKET + 1)
        self._files: list[IO[bytes]] = [
            tempfile.TemporaryFile(prefix="redvest-", dir=folder)  # noqa: SIM115 # closed on exit
            for _ in range(count)
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
        """Put scans aside."""
        count = len(self._files)
        parts: list[list[ScanFact]] = [[] for _ in self._files]
        for scan in scans:
            parts[hash(scan.who) % count].append(scan)
        for file, part in zip(self._files, parts, strict=True):
            if part:
                packed = _pack(part)
                file.write(len(packed).to_bytes(_LENGTH_BYTES, "big"))
                file.write(packed)

    def read(self) -> Iterator[list[ScanFact]]:
        """Give everybody's scans, a bucket at a time."""
        for file in self._files:
            file.seek(0)
            scans: list[ScanFact] = []
            while head := file.read(_LENGTH_BYTES):
                scans += _unpack(file.read(int.from_bytes(head, "big")))
            yield scans
