"""Lists of records: each page costs the same, and an index answers it."""

import pytest
from sqlalchemy import event

from server.access.part import EVERYTHING, Part
from server.books.hours import Span
from server.books.review.browse_records import Which, browse_records
from server.services import Services

PART = Part(regions=frozenset({"R1"}), sites=frozenset({"S1"}), teams=frozenset({"T1"}))


@pytest.mark.parametrize("part", [EVERYTHING, PART])
@pytest.mark.parametrize("which", [Which("S1", "", Span()), Which("", "V1", Span())])
def test_a_page_behind_a_place_begins_there_in_an_index(
    services: Services, which: Which, part: Part
) -> None:
    asked = []
    engine = services.database.derived
    event.listen(engine, "before_cursor_execute", lambda _c, _u, sql, given, *_: asked.append((sql, given)))  # fmt: skip
    with services.database.read() as connection:
        browse_records(connection, part, which, (5, b"x"), 51)
        [(sql, given)] = [each for each in asked if "FROM derived.record" in each[0]]
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all())
    assert "in_ms>?" in plan
    assert "SCAN record" not in plan
