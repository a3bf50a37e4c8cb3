"""Whose records are about to be derived again: what is shown of them is a moment old."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from server.models.derived import PersonDone
from server.models.log import PersonQueue
from server.people.roster import in_parts


def waiting_among(connection: Connection, people: Collection[str]) -> set[str]:
    """Give those of these numbers about whom something was settled that is not derived yet."""
    done = select(PersonDone.queue).where(PersonDone.id == 1).scalar_subquery()
    behind = select(PersonQueue.who).where(PersonQueue.id > done)
    found: set[str] = set()
    for some in in_parts(people):
        found.update(connection.scalars(behind.where(PersonQueue.who.in_(some))))
    return found
