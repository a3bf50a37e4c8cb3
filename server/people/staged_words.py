"""Words of volunteers that wait to be written in one pass, in their own order: neighbours in the index are written together.

Written as people come, each of a person's words lies at another place of a table that grows with millions of them, and nearly
every row costs a page of its own. Sorted by the database itself, a pass reads and writes each page once.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, text

from server import bulk
from server.limits import WORDS_STAGED_MAX
from server.models.now import VolunteerWord
from server.people.words import Word


class StagedWords:
    """Words that are to be in `volunteer_word` once `flush` was called, in the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        """Make room for them: a table of this connection alone."""
        self._connection = connection
        self._count = 0
        is_sqlite = connection.dialect.name == "sqlite"
        self._as_kept = "" if is_sqlite else ' COLLATE "C"'
        bulk.make_temporary(connection, "staged_word", _COLUMNS)

    def add(self, words: Sequence[Word]) -> None:
        """Let these be written; beyond `WORDS_STAGED_MAX` those that wait are, so that sorting has a bound."""
        bulk.insert(self._connection, VolunteerWord, words, into="staged_word")
        self._count += len(words)
        if self._count >= WORDS_STAGED_MAX:
            self.flush()

    def forget(self, words: Collection[Word]) -> None:
        """Take these away, also where they only wait."""
        if words:
            self.flush()
            bulk.execute_many(self._connection, FORGET, sorted(words))

    def flush(self) -> None:
        """Write what waits."""
        if self._count:
            self._connection.exec_driver_sql(_MOVE.format(as_kept=self._as_kept))
            self._connection.execute(text("DELETE FROM staged_word"))
            self._count = 0


_COLUMNS = "kind SMALLINT, word TEXT, number VARCHAR(20), team VARCHAR(20), region VARCHAR(20)"
_MOVE = (
    "INSERT INTO volunteer_word (kind, word, number, team, region) "
    "SELECT kind, word, number, team, region FROM staged_word "
    "ORDER BY kind, word{as_kept}, number, team, region ON CONFLICT DO NOTHING"
)
FORGET = "DELETE FROM volunteer_word WHERE kind = ? AND word = ? AND number = ? AND team = ? AND region = ?"
