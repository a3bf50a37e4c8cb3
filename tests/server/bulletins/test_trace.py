"""Every figure of a bulletin leads to its rows as they were, and says what became of them."""

import pytest
from sqlalchemy import text

from server.access.part import EVERYTHING, NOTHING
from server.bulletins import issue as issuing
from server.bulletins import rows as kept
from server.bulletins import trace as tracing
from server.bulletins.figures import Figure
from server.bulletins.issue import Wish
from server.bulletins.trace import HEADER, Traced, every_row, shown, trace
from server.services import Services
from sync.errors import Refused
from tests.server.bulletins.town import WEEK, content_of, write

pytestmark = pytest.mark.both_databases
SUMS = {"credited", "held", "refused", "low"}


@pytest.fixture(autouse=True)
def _figures_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "_papers", lambda *_: {})
    monkeypatch.setattr(kept, "ROWS_A_PIECE", 10)


def follow(services: Services, figure: str) -> Traced:
    with services.database.read() as connection:
        return trace(connection, 1, figure, EVERYTHING)


def test_every_figure_is_what_its_rows_come_to(town: Services) -> None:
    write(town, Wish("R0", WEEK))
    for section in content_of(town, 1).sections:
        for figure, value in section.figures.items():
            found = follow(town, f"{section.key}.{figure}")
            rows = found.rows
            counts = {
                "people": len({row.who for row in rows}),
                "sites": len({row.site for row in rows}),
                "high": sum(row.credited + row.held + row.may_come for row in rows),
            }
            name = "credited" if figure == "low" else figure
            added = sum(getattr(row, name) for row in rows) if figure in SUMS else len(rows)
            assert (counts.get(figure, added), found.now) == (value, value), (section.key, figure)
            assert found.value == value
            assert found.since.changed == found.since.gone == found.since.new == 0


def test_more_rows_than_are_listed_are_counted_and_all_can_be_had(
    town: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "BULLETIN_TRACE_LISTED_MAX", 3)
    write(town, Wish("R0", WEEK))
    found = follow(town, "R1.records")
    with town.database.read() as connection:
        rows = list(every_row(connection, 1, "R1.records", EVERYTHING))
    assert (len(found.rows), found.count) == (3, len(rows))
    assert rows[:3] == found.rows
    assert found.value == len(rows)


def test_what_became_of_the_rows_since_is_told(town: Services) -> None:
    write(town, Wish("R0", WEEK))
    before = follow(town, "R1.records")
    with town.database.write_derived() as connection:
        for query in (
            "UPDATE derived.record SET team = 'T9' WHERE who = 'V1' AND region = 'R1'",
            "DELETE FROM derived.record WHERE who = 'V2' AND region = 'R1'",
            "UPDATE derived.record SET who = 'V99' WHERE who = 'V3' AND region = 'R1'",
        ):
            connection.execute(text(query))
    after = follow(town, "R1.records")
    assert after.rows == before.rows
    of = [sum(row.who == who for row in before.rows) for who in ("V1", "V2", "V3")]
    since = after.since
    assert (since.changed, since.gone, since.new) == (of[0], of[1] + of[2], of[2])
    assert since.same == after.count - sum(of)
    assert (after.value, after.now) == (before.value, before.value - of[1])
    assert follow(town, "R2.records").since.same == follow(town, "R2.records").count


@pytest.mark.parametrize(
    "figure", ["all.none", "R9.people", "people", "all.", "", "all.credited.x"]
)
def test_a_figure_that_is_not_there_is_refused_with_those_that_are(
    town: Services, figure: str
) -> None:
    write(town, Wish("R1", WEEK))
    with pytest.raises(Refused, match=r"not_found.*all \. people"):
        follow(town, figure)


def test_nobody_traces_what_lies_outside_their_part(town: Services) -> None:
    write(town, Wish("R0", WEEK))
    with town.database.read() as connection, pytest.raises(Refused, match="not_found"):
        trace(connection, 1, "all.people", NOTHING)


def test_rows_are_told_as_other_commands_take_them(town: Services) -> None:
    write(town, Wish("R0", WEEK))
    row = shown(follow(town, f"all.{Figure.CREDITED}").rows[0])
    assert (row.region, row.day[:7], len(row.record)) == ("R1", "2026-11", 64)
    assert len(HEADER) == len(row.__slots__)
