"""The queue of findings: every filter, page by page, within a part, and always by an index."""

from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from schemas.vocabulary import Code
from server import bulk
from server.access.part import EVERYTHING, NOTHING, Part
from server.books.review.open_findings import (
    Place,
    Queued,
    Sought,
    count_by_rule,
    count_queue,
    find_places,
    page_query,
    read_place,
    read_queue,
)  # fmt: skip
from server.books.review.standing import State
from server.models.derived import FindingRow
from server.services import Services
from sync.errors import Refused

ROWS = 600
PART = Part(sites=frozenset({"S1", "S2"}), teams=frozenset({"T3"}))


@pytest.fixture
def queue(services: Services) -> Iterator[Connection]:
    """Some hundred findings of every kind."""
    chance = Random(1)
    rows = []
    for number in range(ROWS):
        state = chance.choice(("open", "open", "changed", "decided", "kiosk", None))
        rule, site, team = chance.choice(("B4", "B6", "E2")), f"S{number % 5}", f"T{number % 7}"
        at_ms = 1_000 * chance.randrange(50)  # many at the same time
        severity = chance.choice(("hold", "alarm"))
        about, digest = f"V{number % 40}", number.to_bytes(16)
        rows.append(
            (about, at_ms, rule, digest, severity, site, b"r", b"", "a=1", state, team, f"R{number % 3}")
        )  # fmt: skip
    with services.database.write_derived() as connection:
        bulk.insert(connection, FindingRow, rows)
    with services.database.read() as connection:
        yield connection


def walk(connection: Connection, part: Part, sought: Sought, limit: int = 7) -> list[Queued]:
    found: list[Queued] = []
    while page := read_queue(connection, part, sought, found[-1].place if found else None, limit):
        found += page
    return found


def inside(one: Queued) -> bool:
    return one.found.site in PART.sites or one.team in PART.teams


@pytest.mark.both_databases
def test_pages_show_each_finding_once_in_order_of_time_and_only_within_the_part(
    queue: Connection,
) -> None:
    found = walk(queue, EVERYTHING, Sought())
    assert (
        len({one.place for one in found}) == len(found) == count_queue(queue, EVERYTHING, Sought())
    )
    assert [one.place.at_ms for one in found] == sorted(one.place.at_ms for one in found)
    assert {one.state for one in found} == {State.OPEN, State.CHANGED}
    mine = walk(queue, PART, Sought())
    assert mine
    assert [one.place for one in mine] == [one.place for one in found if inside(one)]
    assert count_queue(queue, PART, Sought()) == len(mine)
    assert sum(c.count for c in count_by_rule(queue, PART)) == len(mine)
    assert walk(queue, NOTHING, Sought()) == []


@pytest.mark.parametrize(
    ("sought", "fits"),
    [
        (Sought(state=State.DECIDED), lambda q: q.state is State.DECIDED),
        (Sought(rule="B6"), lambda q: q.found.rule == "B6"),
        (Sought(severity="alarm"), lambda q: q.found.severity == "alarm"),
        (Sought(site="S3", team="T1"), lambda q: (q.found.site, q.team) == ("S3", "T1")),
        (Sought(regions=frozenset({"R1"})), lambda q: q.region == "R1"),
        (Sought(from_ms=9_000, before_ms=20_000), lambda q: 9_000 <= q.place.at_ms < 20_000),
        (Sought(people=("V3", "V9")), lambda q: q.place.about in ("V3", "V9")),
    ],
)
def test_a_filter_leaves_what_fits_and_nothing_else(
    queue: Connection, sought: Sought, fits: object
) -> None:
    every = [
        *walk(queue, EVERYTHING, Sought()),
        *walk(queue, EVERYTHING, Sought(state=State.DECIDED)),
    ]
    meant = {q.place for q in every if q.state in sought.states and fits(q)}  # type: ignore[operator] # a function
    found = walk(queue, EVERYTHING, sought)
    assert meant
    assert {one.place for one in found} == meant
    assert count_queue(queue, EVERYTHING, sought) == len(meant)


@pytest.mark.both_databases
def test_chosen_findings_are_given_only_within_the_part(queue: Connection) -> None:
    found = walk(queue, EVERYTHING, Sought())
    there, elsewhere = next(q for q in found if inside(q)), next(q for q in found if not inside(q))
    chosen = [there.place, elsewhere.place, Place(0, "V1", "B4", b"")]
    assert find_places(queue, PART, chosen) == [there]
    assert read_place(there.place.text()) == there.place


@pytest.mark.parametrize("text", ["x", "!!", "AAAA", "k" * 300, "红马甲"])
def test_a_place_that_nobody_wrote_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_place(text)
    assert caught.value.code == Code.BAD_FIELD


SEARCHES = (
    Sought(),
    Sought(rule="B4", site="S1"),
    Sought(state=State.DECIDED, team="T1"),
    Sought(people=("V1", "V2")),
)


@pytest.mark.both_databases
def test_every_search_is_answered_by_an_index(queue: Connection) -> None:
    is_sqlite = queue.dialect.name == "sqlite"
    dialect = sqlite.dialect() if is_sqlite else postgresql.dialect()  # type: ignore[no-untyped-call] # as SQLAlchemy has it
    if not is_sqlite:
        queue.exec_driver_sql("SET LOCAL enable_seqscan = off")
    place = Place(5_000, "V1", "B4", b"\1")
    for sought in SEARCHES:
        for part in (EVERYTHING, PART):
            query = page_query(part, sought, place, 50)
            sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
            plan = _plan(queue, sql)
            assert "Seq Scan" not in plan, plan
            assert "SCAN finding" not in plan, plan
            named = "pk_finding" if sought.people else "ix_derived_finding_state"
            assert named in plan or (is_sqlite and "PRIMARY KEY (about=?" in plan), plan


def _plan(connection: Connection, sql: str) -> str:
    word = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return "\n".join(str(row) for row in connection.exec_driver_sql(word + sql.replace("%", "%%")))
