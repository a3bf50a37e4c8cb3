"""The queue of findings: every filter, page by page, within a part, and always by an index."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from schemas.vocabulary import Code
from server import bulk
from server.access.part import EVERYTHING, NOTHING, Part
from server.books.review.count_findings import count_by_rule, count_queue
from server.books.review.open_findings import Queued, find_places, page_query, read_queue
from server.books.review.sought import EVER_MS, Place, Sought, read_place
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


def fits(one: Queued, part: Part, sought: Sought) -> bool:
    """Say what the filters mean, in plain words of Python."""
    found, at_ms = one.found, one.place.at_ms
    exact = (
        (sought.rule, found.rule),
        (sought.severity, found.severity),
        (sought.site, found.site),
        (sought.team, one.team),
    )
    return (
        one.state in sought.states
        and all(asked in ("", is_) for asked, is_ in exact)
        and (not sought.regions or one.region in sought.regions)
        and sought.from_ms <= at_ms < sought.before_ms
        and (sought.people is None or one.place.about in sought.people)
        and (part.is_all or found.site in part.sites or one.team in part.teams or one.region in part.regions)
    )  # fmt: skip


def any_part(chance: Random) -> Part:
    """Sites, teams and regions that overlap, or are not there at all."""
    some = [
        frozenset(f"{kind}{chance.randrange(9)}" for _ in range(chance.randrange(4)))
        for kind in "RST"
    ]
    return EVERYTHING if chance.random() < 0.2 else Part(False, *some)


def any_search(chance: Random) -> Sought:
    def now_and_then(*values: object) -> Any:
        return chance.choice(values) if chance.random() < 0.3 else values[0]

    return Sought(
        state=chance.choice((None, *State)),
        rule=now_and_then("", "B4", "E2"),
        severity=now_and_then("", "hold", "alarm"),
        site=now_and_then("", "S1", "S4"),
        team=now_and_then("", "T2", "T6"),
        regions=now_and_then(frozenset(), frozenset({"R1"}), frozenset({"R0", "R2"})),
        from_ms=now_and_then(-EVER_MS, 9_000),
        before_ms=now_and_then(EVER_MS, 40_000),
        people=now_and_then(None, ("V1", "V2", "V30"), ()),
    )


@pytest.mark.both_databases
def test_whatever_is_sought_in_whatever_part_is_found_and_counted_as_it_is(
    queue: Connection,
) -> None:
    everything = [one for s in State for one in walk(queue, EVERYTHING, Sought(state=s), 600)]
    chance = Random(2)
    for _ in range(40):
        part, sought = any_part(chance), any_search(chance)
        meant = sorted(
            (one for one in everything if fits(one, part, sought)),
            key=lambda q: (q.place.at_ms, q.place.about, q.place.rule, q.place.digest),
        )
        assert walk(queue, part, sought, chance.choice((7, 600))) == meant, (part, sought)
        assert count_queue(queue, part, sought) == len(meant), (part, sought)
        own = [one for one in everything if fits(one, part, Sought(state=one.state))]
        assert counted(own) == {
            (c.rule, c.severity, c.state): (c.count, c.oldest_ms)
            for c in count_by_rule(queue, part, tuple(State))
        }


def counted(found: list[Queued]) -> dict[tuple[str, str, State], tuple[int, int]]:
    times: dict[tuple[str, str, State], list[int]] = {}
    for one in found:
        times.setdefault((one.found.rule, one.found.severity, one.state), []).append(
            one.place.at_ms
        )
    return {key: (len(each), min(each)) for key, each in times.items()}


SEARCHES = (
    (Sought(), EVERYTHING, "state"),
    (Sought(rule="B4"), EVERYTHING, "rule"),
    (Sought(site="S1"), EVERYTHING, "site"),
    (Sought(state=State.DECIDED, team="T1"), EVERYTHING, "team"),
    (Sought(regions=frozenset({"R1"})), EVERYTHING, "region"),
    (Sought(severity="alarm"), EVERYTHING, "alarm"),
    (Sought(people=("V1", "V2")), EVERYTHING, ""),
    (Sought(people=("V1", "V2")), PART, ""),
    (Sought(), Part(sites=frozenset({"S1"})), "site"),
    (Sought(), Part(teams=frozenset({"T1"})), "team"),
)
"""Searches, with the index of what waits that answers them; "" for the key."""


@pytest.mark.both_databases
def test_every_search_is_answered_by_its_index(queue: Connection) -> None:
    is_sqlite = queue.dialect.name == "sqlite"
    if not is_sqlite:
        queue.exec_driver_sql("SET LOCAL enable_seqscan = off")
        queue.exec_driver_sql("SET LOCAL enable_sort = off")  # as if a page were few of many
    place = Place(5_000, "V1", "B4", b"\1")
    for sought, part, named in SEARCHES:
        plan = _plan(queue, page_query(part, sought, place, 50))
        assert "Seq Scan" not in plan, plan
        assert "SCAN finding" not in plan, plan
        key = "PRIMARY KEY (about=?" if is_sqlite else "pk_finding"
        assert (f"ix_derived_finding_{named}" if named else key) in plan, plan


def _plan(connection: Connection, asked: Any) -> str:
    is_sqlite = connection.dialect.name == "sqlite"
    dialect = sqlite.dialect() if is_sqlite else postgresql.dialect()  # type: ignore[no-untyped-call] # as SQLAlchemy has it
    sql = str(asked.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    word = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    return "\n".join(str(row) for row in connection.exec_driver_sql(word + sql.replace("%", "%%")))
