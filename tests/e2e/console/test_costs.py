"""What a page costs the database: few questions, and each by an index, whatever the page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from server import bulk
from server.access.grant import Grant
from server.services import Services
from tests.e2e.console.conftest import ADMINISTRATOR, CITY, DISTRICT, Console
from tests.e2e.console.test_walk import pages_of
from tests.server.staff import hire, signed_in

QUERIES_MAX = 12
LARGE = frozenset(
    {
        "adjustment", "assignment", "badge", "finding", "frozen_posting", "frozen_record", "log_entry", "loose_scan", "mark",
        "posting_part", "reading", "record", "said", "volunteer", "volunteer_now", "volunteer_word",
    }
)  # fmt: skip
"""Tables with a row a person, a scan or more: nobody reads one of them from end to end for a page."""

COUNTS_ANEW = frozenset({"bulletins.rows", "periods.close", "stars.new"})
"""Pages that do for show what is then done in earnest: they work through a month, and ask as often as that takes."""

ADDS_UP = frozenset({"reports.browse", "reports.plots"})
"""Pages that add up every record of their dates, however many there are: they read on, and ask no more for it."""

Asked = tuple[str, Any]


@contextmanager
def listening(services: Services) -> Iterator[list[Asked]]:
    """Gather what is asked of the database."""
    asked: list[Asked] = []

    def note(_c: object, _k: object, statement: str, given: Any, _x: object, many: bool) -> None:
        if not many and not statement.startswith("BEGIN"):
            asked.append((statement, given))

    def fetch(connection: Connection, sql: str, params: tuple[Any, ...] = ()) -> list[Any]:
        asked.append((sql, params))
        return bulk_fetch(connection, sql, params)

    bulk_fetch = bulk.fetch  # goes past SQLAlchemy, to the driver's own cursor
    engines = {services.database.facts, services.database.derived}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    with patch("server.bulk.fetch", fetch):
        yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "grant", [CITY, DISTRICT, ADMINISTRATOR], ids=["city", "district", "administrator"]
)
def test_every_page_asks_little_and_by_an_index(county: Console, grant: Grant) -> None:
    name = f"costs.{grant.role}"
    hire(county.services, name, grant)
    client = signed_in(county.app, name)
    wrong: dict[str, object] = {}
    for endpoint, address in pages_of(county, grant):
        asked = _asked(county.services, client, address)
        if len(asked) > QUERIES_MAX:  # what is kept by the process is read by now, and not again
            asked = _asked(county.services, client, address)
        slow = [found for one in asked for found in _scans(county.services, one)]
        if endpoint in COUNTS_ANEW:
            continue
        slow = [] if endpoint in ADDS_UP else slow
        if slow or len(asked) > QUERIES_MAX:
            wrong[endpoint] = (len(asked), slow)
    assert wrong == {}


def _asked(services: Services, client: FlaskClient, address: str) -> list[Asked]:
    with listening(services) as asked:
        client.get(address)
    return asked


def _scans(services: Services, asked: Asked) -> list[str]:
    """Say which large table is read from end to end; reading on in order of a key, up to a limit, is no such thing."""
    statement, given = asked
    if not re.match(r"\s*(SELECT|WITH)", statement, re.IGNORECASE):
        return []
    with services.database.read() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
    plan = [str(row[-1]) for row in rows]
    is_sorted = not any("TEMP B-TREE" in step for step in plan)
    if is_sorted and " LIMIT " in statement.upper().replace("\n", " "):
        return []
    names = _aliases(statement)
    scanned = [m.group(1) for step in plan if (m := re.match(r"SCAN (\w+)", step))]
    return [f"{s}: {statement[:300]}" for s in scanned if names.get(s, s) in LARGE]


def _aliases(statement: str) -> dict[str, str]:
    """Give the tables behind their short names."""
    found = re.findall(r"(?:FROM|JOIN)\s+(?:derived\.)?(\w+)\s+(?:AS\s+)?(\w+)", statement)
    return {alias: table for table, alias in found}
