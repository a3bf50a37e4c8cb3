"""Migrations: forward, back and forward again, and what they make is what the models say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from server.database import Database, open_database
from server.migrate import downgrade, upgrade
from server.models import everything
from server.schema import MIGRATIONS, newest, revisions
from tests.postgresql.homes import PostgresqlHomes

both_databases = pytest.mark.both_databases


@pytest.fixture
def fresh(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with nothing in it."""
    url = ""
    if database == "postgresql":
        homes: PostgresqlHomes = request.getfixturevalue("postgresql_homes")
        url = homes.empty()
    opened = open_database(tmp_path / "home", url)
    yield opened
    opened.close()


def tables(database: Database) -> set[tuple[str, str]]:
    with database.read() as connection:
        look = inspect(connection)
        return {
            (schema, name)
            for schema in ("", *(["derived"] if "derived" in look.get_schema_names() else []))
            for name in [
                *look.get_table_names(schema or None),
                *look.get_view_names(schema or None),
            ]
        }


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name in (None, "derived")


def differences(connection: Connection) -> list[object]:
    settings = {"include_schemas": True, "include_name": _ours}
    context = MigrationContext.configure(connection, opts=settings)
    found = compare_metadata(context, list(everything()))  # type: ignore[arg-type] # several, as env.py gives
    dialect = connection.dialect.name
    return [
        one for one in found if not (one[0] == "add_index" and one[1].name in ELSEWHERE[dialect])
    ]


ELSEWHERE = {"sqlite": {"ix_derived_record_began"}, "postgresql": set()}
"""Indexes that the models have on the other database alone (`ddl_if`); Alembic does not look at that."""


def test_revisions_are_those_that_migrations_name_in_their_order() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == tuple(each.revision for each in scripts.walk_revisions())[::-1]
    assert newest() == scripts.get_current_head()


@both_databases
def test_migrations_make_what_the_models_say(fresh: Database) -> None:
    upgrade(fresh)
    assert {("", "log_entry"), ("derived", "record"), ("derived", "posting")} <= tables(fresh)
    with fresh.read() as connection:
        assert differences(connection) == []


@both_databases
def test_migrations_go_back_and_forth(fresh: Database) -> None:
    upgrade(fresh)
    whole = tables(fresh)
    downgrade(fresh, "base")
    assert tables(fresh) == {("", "alembic_version")}
    upgrade(fresh)
    assert tables(fresh) == whole
    upgrade(fresh)  # doing it again changes nothing
    assert tables(fresh) == whole
