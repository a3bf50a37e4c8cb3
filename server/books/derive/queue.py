"""People whose records must be derived again, because reference data about them changed."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from server import bulk
from server.models.log import PersonQueue

EVERYONE = ""


def queue_people(connection: Connection, people: Iterable[str] | None) -> None:
    """Queue these people, or everyone (None), in the caller's transaction."""
    rows = [(EVERYONE,)] if people is None else [(who,) for who in sorted(set(people))]
    if rows:
        if connection.dialect.name == "postgresql":
            # Numbers must become visible in their order, or a reader passes one by that is committed late (I8).
            connection.execute(text("LOCK TABLE person_queue IN SHARE ROW EXCLUSIVE MODE"))
        bulk.insert(connection, PersonQueue, rows)
