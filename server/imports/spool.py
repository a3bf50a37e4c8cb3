"""Checked rows on their way to the database: kept aside until the whole file is read, so that nobody waits for a slow file.

Small files stay in memory; more goes to a nameless temporary file that vanishes with the process.
"""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

import msgspec

from server.imports.columns import Row
from server.limits import IMPORT_CHUNK_ROWS, IMPORT_SPOOL_BYTES

_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(tuple[list[int], list[Row]]).decode
_LENGTH_BYTES = 4


class Spool:
    """Takes rows one by one, gives them back in chunks."""

    def __init__(self) -> None:
        """Begin empty."""
        self._file = SpooledTemporaryFile(max_size=IMPORT_SPOOL_BYTES)  # noqa: SIM115 # closed by __exit__
        self._lines: list[int] = []
        self._rows: list[Row] = []

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        """Let the file go."""
        self._file.close()

    def add(self, line: int, row: Row) -> None:
        """Keep a row, and the line on which it begins."""
        self._lines.append(line)
        self._rows.append(row)
        if len(self._rows) == IMPORT_CHUNK_ROWS:
            self._flush()

    def chunks(self) -> Iterator[tuple[list[int], list[Row]]]:
        """Give all rows with their lines, in order, a chunk at a time."""
        self._flush()
        self._file.seek(0)
        while length := self._file.read(_LENGTH_BYTES):
            yield _unpack(self._file.read(int.from_bytes(length)))

    def _flush(self) -> None:
        if self._rows:
            body = _pack((self._lines, self._rows))
            self._file.write(len(body).to_bytes(_LENGTH_BYTES) + body)
            self._lines.clear()
            self._rows.clear()
