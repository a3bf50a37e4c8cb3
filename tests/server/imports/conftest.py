from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql.homes import PostgresqlHomes
from tests.server.imports.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Desk]:
    url = ""
    if database == "postgresql":
        homes: PostgresqlHomes = request.getfixturevalue("postgresql_homes")
        url = homes.empty()
    opened = open_desk(tmp_path, url)
    yield opened
    opened.database.close()
