"""People whose records must be derived again, because reference data about them changed."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert

from server.models.log import PersonQueue

EVERYONE = ""


def queue_people(connection: Connection, people: Iterable[str] | None) -> None:
    """Queue these people, or everyone (None), in the caller's transaction."""
    rows = [{"who": EVERYONE}] if people is None else [{"who": who} for who in sorted(set(people))]
    if rows:
        connection.execute(insert(PersonQueue), rows)
