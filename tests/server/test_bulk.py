"""Statements at the driver's level fail as all others do."""

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError, IntegrityError

from server import bulk
from server.models.log import Meta
from server.services import Services

pytestmark = pytest.mark.both_databases


def meta() -> Table:
    table = Meta.__table__
    assert isinstance(table, Table)
    return table


def test_a_question_that_the_database_refuses_fails_as_sqlalchemy_says_it(
    services: Services,
) -> None:
    with services.database.read() as connection, pytest.raises(DBAPIError, match="nowhere"):
        bulk.fetch(connection, "SELECT 1 FROM nowhere WHERE id = ?", (1,))


def test_rows_that_are_there_already_fail_as_sqlalchemy_says_it(services: Services) -> None:
    with services.database.read() as connection:
        ((row, *_),) = bulk.stream(connection, meta())
    with services.database.write_facts() as connection, pytest.raises(IntegrityError):
        bulk.load(connection, meta(), [row])


def test_no_value_stands_in_what_is_said_of_a_failure(services: Services) -> None:
    with services.database.read() as connection, pytest.raises(DBAPIError) as failed:
        bulk.fetch(connection, "SELECT 1 FROM nowhere WHERE name = ?", ("张伟",))
    assert "张伟" not in str(failed.value)
