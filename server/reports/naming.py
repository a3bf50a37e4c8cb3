"""What rows are called. Names of people are masked, unless their reading was noted."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection

from server.people.mask import masked
from server.people.roster import names
from server.people.titles import titles
from server.reports.figures import Row
from server.reports.query import By

AT_A_TIME = 2_000
"""Rows whose people are looked up at once."""


class Names:
    """Names the rows of a report."""

    def __init__(self, connection: Connection, by: By, *, masks: bool) -> None:
        """Read the names that are few at once; those of people as their rows come."""
        self._connection = connection
        self._by = by
        self._masks = masks
        self._titles = {} if by is By.VOLUNTEER else titles(connection, by.value)

    def given_to(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Give the rows with their names."""
        while some := list(islice(rows, AT_A_TIME)):
            called = self._people(some) if self._by is By.VOLUNTEER else self._titles
            for row in some:
                yield row._replace(name=called.get(str(row.key), ""))

    def _people(self, rows: list[Row]) -> dict[str, str]:
        found = names(self._connection, {str(row.key) for row in rows})
        if not self._masks:
            return found
        return {number: masked(name) for number, name in found.items()}
