"""Verify, on both databases: one changed value in any table that matters is found, among facts and among what is derived."""

from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from server.books.verify import verify as verifying
from server.books.verify.verify import verify_derived
from server.intake.revoke_log import Wish, revoke_log
from server.services import Services
from tests.server.books.derive.test_changes import revoke
from tests.server.books.verify.test_verify import COLUMNS, flipped
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS, enrol_at, push, written

pytestmark = pytest.mark.both_databases

FACTS = [*COLUMNS, ("log_revocation", "log", ("log", "entry_hash", "seq", "hash", "from_ms"))]


@pytest.fixture
def kept(services: Services, client: FlaskClient) -> Services:
    """Logs with a gap, a fork and a cut; a revoked badge; all of it derived."""
    one, two, three = written("one", 12), written("two", 6), written("three", 5)
    enrol_at(services, one, "S1", "P1")
    enrol_at(services, two, "S2")
    enrol_at(services, three, "S1")
    other = two.copy()
    two.scan(START_MS + 3 * HOUR_MS)
    other.scan(START_MS + 4 * HOUR_MS)
    three.contact(START_MS + 9 * HOUR_MS, services.signer.keys.identity)
    three.scan(START_MS + 10 * HOUR_MS, "", state="unknown_key", code=b"z")
    for wire in (one.batch(1, 5), one.batch(8), two.batch(), other.batch(), three.batch()):
        assert push(client, wire).status_code == 200
    push(client, b"set aside")
    revoke(services, "V1", START_MS)
    wish = Wish(three.log, START_MS + 9 * HOUR_MS, "stolen", seq=4)
    revoke_log(services.database, services.central, wish)
    derive(services)
    return services


class _Undone(Exception):
    """Ends a transaction without a trace."""


def blames(services: Services, change: str, values: dict[str, Any]) -> bool | None:
    """Tell whether verifying notices a change, which is undone; None where the database does not allow it."""
    found: bool | None = None
    try:
        with services.database.write_facts() as connection:
            if not changed(connection, change, values):
                return None
            found = bool(
                verifying._verify(connection, services.signer.keys, lambda *_: None).troubles
            )
            raise _Undone
    except _Undone:
        return found


def changed(connection: Connection, change: str, values: dict[str, Any]) -> bool:
    try:
        connection.execute(text(change), values)
    except DBAPIError:  # it became the key of another row
        return False
    return True


def test_every_changed_fact_is_found(kept: Services) -> None:
    with kept.database.read() as connection:
        assert not verifying._verify(connection, kept.signer.keys, lambda *_: None).troubles
    tried = 0
    for table, keys, columns in FACTS:
        for column in columns:
            chance = Random(f"{table} {column}")
            with kept.database.read() as connection:
                query = f"SELECT {keys}, {column} FROM {table} ORDER BY {keys}"  # noqa: S608 # names above
                rows = connection.execute(text(query)).all()
            for row in chance.sample(rows, min(len(rows), 2)):
                *key, value = (bytes(v) if isinstance(v, memoryview) else v for v in row)
                names = keys.split(", ")
                where = " AND ".join(f"{name} = :k_{name}" for name in names)
                change = f"UPDATE {table} SET {column} = :value WHERE {where}"  # noqa: S608 # names above
                values = {f"k_{n}": k for n, k in zip(names, key, strict=True)}
                found = blames(kept, change, {**values, "value": flipped(value, chance)})
                assert found is not False, (table, column, key)
                tried += found is True
    assert tried > 50


DERIVED = (
    ("record", "row", ("who", "in_ms", "id", "site", "team", "day", "credited", "facts", "cause")),
    ("loose_scan", "hash", ("who", "facts")),
    ("finding", "digest", ("rule", "severity", "site", "figures", "entries")),
    ("mark", "log, kind, seq, slot", ("at_ms", "fact")),
    ("log_state", "log", ("frontier_ms", "gaps", "enrolled")),
)


def test_every_changed_figure_is_found_and_said_of_whom(kept: Services) -> None:
    assert verify_derived(kept.database, kept.signer.keys, lambda *_: None) == []
    for table, keys, columns in DERIVED:
        for column in columns:
            key, value = some_row(kept, table, keys, column)
            put(kept, table, column, key, flipped(value, Random(column)))
            assert verify_derived(kept.database, kept.signer.keys, lambda *_: None), (table, column)
            put(kept, table, column, key, value, after=flipped(value, Random(column)))
    assert verify_derived(kept.database, kept.signer.keys, lambda *_: None) == []


def some_row(services: Services, table: str, keys: str, column: str) -> tuple[dict[str, Any], Any]:
    query = (
        f"SELECT {keys}, {column} FROM derived.{table} WHERE {column} IS NOT NULL ORDER BY {keys}"  # noqa: S608
    )
    with services.database.read() as connection:
        row = connection.execute(text(query)).all()[0]
    plain = [bytes(v) if isinstance(v, memoryview) else v for v in row]
    return dict(zip(keys.split(", "), plain[:-1], strict=True)), plain[-1]


def put(
    services: Services, table: str, column: str, key: dict[str, Any], value: Any, **was: Any
) -> None:
    found = {**key, **({column: was["after"]} if was and column in key else {})}
    where = " AND ".join(f"{name} = :k_{name}" for name in found)
    change = f"UPDATE derived.{table} SET {column} = :value WHERE {where}"  # noqa: S608 # names above
    with services.database.write_derived() as connection:
        values = {f"k_{name}": one for name, one in found.items()}
        connection.execute(text(change), {**values, "value": value})
