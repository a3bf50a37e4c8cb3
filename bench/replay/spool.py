"""Moves on disk, sorted by kiosk and time, and the batches made of them: half a million stays need no memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import sqlcipher3.dbapi2 as sqlite

from bench.replay.moves import Move, Unreadable

_ROWS_AT_A_TIME = 10_000
_TABLES = """
CREATE TABLE move (kiosk TEXT, site TEXT, at_ms INTEGER, line INTEGER, person TEXT, kind TEXT, guess INTEGER);
CREATE TABLE batch (id INTEGER PRIMARY KEY, kiosk INTEGER, first INTEGER, last INTEGER, again INTEGER, wire BLOB);
"""


class Kiosk(NamedTuple):
    """A kiosk of the replay: its name and the site where it stands."""

    name: str
    site: str


class Spool:
    """A file of the replay's own, which it may lose: no journal, one connection."""

    def __init__(self, file: Path) -> None:
        """Make the file."""
        self._db = sqlite.connect(str(file), isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES)
        self.moves = 0

    def fill(self, found: Iterable[Move | Unreadable]) -> Iterator[Unreadable]:
        """Keep all moves; give what could not be read."""
        rows: list[tuple[object, ...]] = []
        for line, move in enumerate(found):
            if isinstance(move, Unreadable):
                yield move
                continue
            rows.append(
                (move.kiosk, move.site, move.at_ms, line, move.person, move.kind, move.guess)
            )
            if len(rows) == _ROWS_AT_A_TIME:
                self._keep(rows)
        self._keep(rows)
        self._db.execute("CREATE INDEX by_kiosk ON move (kiosk, site, at_ms, line)")

    def kiosks(self, *, by_site: bool) -> list[Kiosk]:
        """Give who recorded. by_site: one for each site, whatever the data say; a name at two sites is two kiosks."""
        found = self._db.execute("SELECT DISTINCT kiosk, site FROM move ORDER BY site, kiosk")
        if by_site:
            return [Kiosk("", site) for site in dict.fromkeys(site for _, site in found)]
        return [Kiosk(name, site) for name, site in found]

    def moves_of(self, kiosk: Kiosk) -> Iterator[Move]:
        """Give the moves that a kiosk recorded, in order of time."""
        where, given = ("site = ?", [kiosk.site])
        if kiosk.name:
            where, given = (f"kiosk = ? AND {where}", [kiosk.name, *given])
        rows = self._db.cursor().execute(
            "SELECT person, site, kiosk, kind, at_ms, guess FROM move "  # noqa: S608 # our own text
            f"WHERE {where} ORDER BY at_ms, line",
            given,
        )
        return (Move._make(row) for row in rows)

    def people(self) -> Iterator[str]:
        """Give everybody, in order."""
        return (row[0] for row in self._db.execute("SELECT DISTINCT person FROM move ORDER BY 1"))

    def last_ms(self) -> int:
        """Give when the last move was; 0 if there is none."""
        return int(self._db.execute("SELECT coalesce(max(at_ms), 0) FROM move").fetchone()[0])

    def keep_batch(self, kiosk: int, first: int, last: int, wire: bytes, *, again: int = 0) -> None:
        """Keep a batch of a kiosk's log. again: 1 if it comes from an earlier copy of the kiosk."""
        self._db.execute(
            "INSERT INTO batch (kiosk, first, last, again, wire) VALUES (?, ?, ?, ?, ?)",
            (kiosk, first, last, again, wire),
        )

    def batches(self) -> list[tuple[int, int, int]]:
        """Give (id, kiosk, again) of each batch, copy by copy of each kiosk's log, in order."""
        return list(
            self._db.execute("SELECT id, kiosk, again FROM batch ORDER BY kiosk, again, id")
        )

    def batch(self, batch: int) -> tuple[int, int, bytes]:
        """Give the first and last seq of a batch, and its bytes."""
        query = "SELECT first, last, wire FROM batch WHERE id = ?"
        first, last, wire = self._db.cursor().execute(query, (batch,)).fetchone()
        return int(first), int(last), bytes(wire)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _keep(self, rows: list[tuple[object, ...]]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO move VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.execute("COMMIT")
        self.moves += len(rows)
        rows.clear()
