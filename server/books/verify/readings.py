"""Verify who read what: rows that were sealed are as they were, and every seal of the central log has its rows."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from schemas.central_entry import Seal
from schemas.entry import Entry
from server.access.audit import digest_of
from server.models.staff import Reading
from sync.canonical import Strange


class Seals:
    """Gathers what central logs say was sealed, to be compared with the rows."""

    def __init__(self, current: int) -> None:
        """current: row of the log that is written now; rows of older ones may have been lost with a restore."""
        self._current = current
        self._said: dict[int, set[bytes]] = {}
        self._owed: set[int] = set()

    def hear(self, log: int, entry: Entry | Strange) -> None:
        """Take an entry in, if it is a seal."""
        if isinstance(entry, Seal):
            self._said.setdefault(entry.number, set()).add(entry.digest)
            if log == self._current:
                self._owed.add(entry.number)

    def troubles(self, connection: Connection) -> Iterator[str]:
        """Say what is not as it was sealed."""
        numbers = select(Reading.seal).where(Reading.seal > 0).distinct()
        there = set(connection.scalars(numbers))
        for number in sorted(there):
            if digest_of(connection, number) not in self._said.get(number, ()):
                yield f"readings of seal {number} are not as they were sealed"
        for number in sorted(self._owed - there):
            yield f"readings of seal {number} are gone"
