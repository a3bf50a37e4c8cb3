"""A made-up city in PostgreSQL, as large as the largest there is: people, records and findings, written by the database itself.

Rows are cloned from a few that were really derived: lists, searches and sums find as much as in earnest, while the evidence
behind a clone is that of its original. Nothing here is a fact: such a database is for measuring alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, text

from server.models.derived import FindingRow, LogState, RecordRow
from server.models.log import Enrolment, Log
from server.models.volunteer import Volunteer
from server.people.now import refill
from server.services import Services

_SURNAMES, _GIVEN = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗",
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉",
)

_WAITING = ("B3", "B4", "B5", "B6", "B8", "C2", "D4", "E2")
"""Rules of the findings that wait."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large. open_records: how many of the records have no sign-out; findings: how many wait for a person."""

    people: int = 2_500_000
    records: int = 5_000_000
    open_records: int = 20_000
    findings: int = 100_000
    teams: int = 16_000
    districts: int = 16
    towns: int = 320
    sites: int = 3_000


def fill(services: Services, size: Size, day: int) -> None:
    """Fill the database of a home in which a few records and findings were derived. day: the local date that it is today."""
    with services.database.write_facts() as connection:
        _people(connection, size)
        _kiosks(connection, size)
        refill(connection, day)
    with services.database.write_derived() as connection:
        _records(connection, size, day)
        _findings(connection, size, day)
    with services.database.derived.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _people(connection: Connection, size: Size) -> None:
    name = f"substr('{_SURNAMES}', (1 + n % {len(_SURNAMES)})::int, 1)" + "".join(
        f" || substr('{_GIVEN}', (1 + (n / {step}) % {len(_GIVEN)})::int, 1)" for step in (20, 500)
    )
    own = {
        "number": "'C' || lpad(n::text, 9, '0')",
        "name": name,
        "phone": "'139' || lpad((n * 7919 % 100000000)::text, 8, '0')",
        "team": f"'T' || lpad((n % {size.teams})::text, 5, '0')",
        "region": f"'R' || lpad((n % {size.towns})::text, 4, '0')",
        "born": "NULL",
        "categories": "''",
        "skills": "''",
        "valid_from": "0",
        "entered": "1",
    }
    _clone(connection, _table(Volunteer), own, size.people, source="")
    connection.execute(text("ANALYZE volunteer"))  # as PostgreSQL does by itself in time


def _kiosks(connection: Connection, size: Size) -> None:
    """Enrol a kiosk at every site, each as far as the first; those that were really enrolled stay."""
    name = "translate(md5('kiosk' || n), '0189', 'wxyz')"
    own = {"name": name, "public_key": "sha256(('kiosk' || n)::bytea)", "id": "1000 + n"}
    _clone(connection, _table(Log), own, size.sites, source="kind = 'kiosk'")
    place = {"log": name, "site": "'S' || (n - 1)", "post": "''"}
    _clone(connection, _table(Enrolment), place, size.sites, source="true")
    state = {"log": "1000 + n"}
    _clone(connection, _table(LogState), state, size.sites, source="frontier_ms IS NOT NULL")


def _records(connection: Connection, size: Size, day: int) -> None:
    since = f"({day} - n % 60)"
    start = f"({since}::bigint * 86400000 + (n % 600) * 60000)"
    is_open = f"n <= {size.open_records}"
    own = {
        "who": f"'C' || lpad((n * 7919 % {size.people})::text, 9, '0')",
        "in_ms": f"CASE WHEN {is_open} THEN {day}::bigint * 86400000 + (n % 600) * 6000 ELSE {start} END",
        "id": "sha256(('record' || n)::bytea)",
        "site": f"'S' || (n % {size.sites})",
        "team": f"'T' || lpad((n % {size.teams})::text, 5, '0')",
        "region": f"'R' || lpad((n % {size.towns})::text, 4, '0')",
        "day": since,
        "last_day": since,
        "out_ms": f"CASE WHEN {is_open} THEN NULL ELSE {start} + 14400000 END",
    }
    _clone(connection, _table(RecordRow), own, size.records, source="credited > 0")


def _findings(connection: Connection, size: Size, day: int) -> None:
    """Let findings of several rules wait, some of them alarms, some changed since somebody decided; the region is the site's."""
    own = {
        "rule": f"(ARRAY{list(_WAITING)})[1 + n / 16 % {len(_WAITING)}]",
        "severity": "CASE WHEN n % 500 = 0 THEN 'alarm' ELSE 'hold' END",
        "state": "CASE WHEN n % 300 = 0 THEN 'changed' ELSE 'open' END",
        "about": f"'C' || lpad((n * 7919 % {size.people})::text, 9, '0')",
        "at_ms": f"({day} - n % 60)::bigint * 86400000 + n % 36000000",
        "digest": "sha256(('finding' || n)::bytea)",
        "site": f"'S' || (n % {size.sites})",
        "team": f"'T' || lpad((n % {size.teams})::text, 5, '0')",
        "region": f"'R' || lpad((n % {size.sites} % {size.towns})::text, 4, '0')",
    }
    _clone(connection, _table(FindingRow), own, size.findings, source="state IS NOT NULL")


def _clone(
    connection: Connection, table: Table, own: Mapping[str, str], rows: int, *, source: str
) -> None:
    """Insert rows numbered n: each column as `own` says, or as in the first row that meets the condition `source`."""
    columns = [c.name for c in table.columns if c.name != "row"]
    asked = ", ".join(own.get(name, f"s.{name}") for name in columns)
    one = f", (SELECT * FROM {table.fullname} WHERE {source} LIMIT 1) s" if source else ""  # noqa: S608 # our own words
    numbered = f"FROM generate_series(1::bigint, {rows}) n{one}"
    clone = f"INSERT INTO {table.fullname} ({', '.join(columns)}) SELECT {asked} {numbered}"  # our own words
    connection.exec_driver_sql(
        clone.replace("%", "%%")
    )  # the driver takes a single one for its own


def _table(model: type) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined] # a mapped class has one
    return table
