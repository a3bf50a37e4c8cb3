"""Who there is. Numbers are for everyone, kiosks included; names are for the centre alone (I9)."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, select

from server import bulk
from server.models.volunteer import Volunteer

Value = TypeVar("Value")

FEW = 100
"""People who are looked for in a table without asking first whether it holds anybody: one question, and not two."""

ASKED_AT_A_TIME = 5_000
"""Values in one `IN (…)`; both databases allow several times as many."""


def numbers(connection: Connection) -> Iterator[str]:
    """Give every volunteer number, in order of code points on SQLite; no names."""
    asked = select(Volunteer.number).where(Volunteer.valid_from == 0).distinct()
    ordered = asked.order_by(Volunteer.number).execution_options(yield_per=10_000)
    for (number,) in connection.execute(ordered):
        yield number


def names(connection: Connection, people: Collection[str] | None = None) -> dict[str, str]:
    """Give the newest names of these volunteers, or of all (None). Unknown numbers are left out."""
    newest = select(Volunteer.number, Volunteer.name).order_by(
        Volunteer.valid_from, Volunteer.entered
    )
    if people is None:
        return {row.number: row.name for row in connection.execute(newest)}
    found: dict[str, str] = {}
    for some in in_parts(people):
        rows = connection.execute(newest.where(Volunteer.number.in_(some)))
        found.update((row.number, row.name) for row in rows)
    return found


def known(connection: Connection, people: Iterable[str]) -> set[str]:
    """Give those of these numbers that are a volunteer's."""
    found: set[str] = set()
    for some in in_parts(people):
        asked = select(Volunteer.number).where(Volunteer.number.in_(some)).distinct()
        found.update(connection.scalars(asked))
    return found


def is_worth_asking(connection: Connection, people: Collection[str], some: str) -> bool:
    """Tell whether to look for people in a table: where they are many, only if `some` gives any row of it at all."""
    return bool(people) and (len(people) <= FEW or bool(bulk.fetch(connection, some)))


def in_parts(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Cut a question about many values into parts that one statement can hold."""
    rest = iter(values)
    while part := list(islice(rest, ASKED_AT_A_TIME)):
        yield part
