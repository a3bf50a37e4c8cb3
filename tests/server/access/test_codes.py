"""A column within a set of codes, as both databases understand it."""

import pytest
from sqlalchemy import Connection, bindparam, not_, select
from sqlalchemy.dialects import postgresql, sqlite

from server.access.codes import one_of
from server.access.part import NOTHING, Part
from server.models.now import RegionNow, SiteNow, TeamNow
from server.services import Services

HOSTILE = (
    "'",
    '"',
    "a,b",
    "{x}",
    "\\",
    "}",
    "NULL",
    "",
    "[",
    "红马甲",
    "𬭎",
    "%s",
    "?",
    ":p",
    "S1'); --",
)


def is_one_of(connection: Connection, code: str, codes: frozenset[str]) -> bool:
    asked = select(1).where(one_of(bindparam("code", code), codes))
    against = select(1).where(not_(one_of(bindparam("code", code), codes)))
    found = connection.execute(asked).first() is not None
    assert (connection.execute(against).first() is None) is found
    return found


@pytest.mark.both_databases
def test_hostile_codes_are_themselves_and_nothing_else(services: Services) -> None:
    with services.database.read() as connection:
        for code in HOSTILE:
            others = frozenset(HOSTILE) - {code}
            assert is_one_of(connection, code, frozenset(HOSTILE))
            assert is_one_of(connection, code, frozenset({code}))
            assert not is_one_of(connection, code, others)
            assert not is_one_of(connection, code, frozenset())


def test_however_many_codes_there_are_they_are_one_parameter() -> None:
    asked = one_of(SiteNow.code, {f"S{n}" for n in range(3_000)})
    for dialect in (sqlite.dialect(), postgresql.dialect()):  # type: ignore[no-untyped-call] # as SQLAlchemy has it
        assert len(asked.compile(dialect=dialect).params) == 1


def test_a_part_of_sites_alone_asks_for_nothing_else() -> None:
    columns = SiteNow.code, TeamNow.code, RegionNow.code
    asked = str(
        Part(sites=frozenset({"S1", "S2"}))
        .records_within(*columns)
        .compile(dialect=sqlite.dialect())
    )  # type: ignore[no-untyped-call] # as SQLAlchemy has it
    assert asked == "site_now.code IN (SELECT value FROM json_each(?))"
    assert str(NOTHING.records_within(*columns)) == "false"
