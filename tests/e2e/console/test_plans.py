"""What pages ask of PostgreSQL, answered by an index each, as if every table that grows with people or scans were large."""

from collections.abc import Iterator

import pytest

from server import bulk
from server.access.grant import Grant
from server.console import create_console
from server.services import Services, open_services
from tests.e2e.console.conftest import ADMINISTRATOR, CITY, DISTRICT, Console
from tests.e2e.console.test_costs import ADDS_UP, COUNTS_ANEW, LARGE, Asked, listening
from tests.e2e.console.test_walk import pages_of
from tests.postgresql.homes import PostgresqlHomes
from tests.postgresql.plans import pretend_large, read_whole
from tests.server.staff import hire, signed_in


@pytest.fixture(scope="module")
def twin(
    county: Console,
    all_postgresql_homes: PostgresqlHomes,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Console]:
    """The county on PostgreSQL, which is told that its tables are large."""
    home = tmp_path_factory.mktemp("twin") / "home"
    config = all_postgresql_homes.copy(county.services.config.home, home)
    services = open_services(config, county.clock.clock())
    with services.database.write_facts() as connection:
        pretend_large(connection, LARGE)
    yield Console(services, create_console(services), "", county.clock)
    services.database.close()
    all_postgresql_homes.forget()


@pytest.mark.parametrize(
    "grant", [CITY, DISTRICT, ADMINISTRATOR], ids=["city", "district", "administrator"]
)
def test_postgresql_answers_every_page_by_indexes(twin: Console, grant: Grant) -> None:
    name = f"plans.{grant.role}"
    hire(twin.services, name, grant)
    client = signed_in(twin.app, name)
    wrong: dict[str, list[str]] = {}
    walked = set() if grant != ADMINISTRATOR else {one for one, _ in pages_of(twin, CITY)}
    for endpoint, address in pages_of(twin, grant):
        if endpoint in COUNTS_ANEW | ADDS_UP | walked:
            continue
        with listening(twin.services) as asked:
            client.get(address)
        found = [words for one in asked for words in _whole(twin.services, one)]
        if found:
            wrong[endpoint] = found
    assert wrong == {}


def _whole(services: Services, asked: Asked) -> list[str]:
    statement, given = asked
    if not statement.lstrip().startswith(("SELECT", "WITH")):
        return []
    with services.database.read() as connection:
        marked = statement if isinstance(given, dict) else bulk.marked(connection, statement)
        found = read_whole(connection, marked, given, LARGE)
    return [f"{one} in {' '.join(statement.split())[:400]}" for one in found]


def test_a_table_that_is_read_whole_is_found(twin: Console) -> None:
    asked = [
        "SELECT name FROM volunteer_now WHERE name > 'x'",
        "SELECT number FROM volunteer_now ORDER BY name LIMIT 3",
        "SELECT count(*) FROM volunteer_now",
    ]
    assert all(_whole(twin.services, (one, ())) for one in asked)
    good = [
        "SELECT name FROM volunteer_now WHERE number = 'V1'",
        "SELECT number FROM volunteer_now WHERE number > 'V1' ORDER BY number LIMIT 3",
    ]
    assert not any(_whole(twin.services, (one, ())) for one in good)
