"""Totals of every report agree with `hours` and with each other, before and after a close and an adjustment (F6)."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from schemas.vocabulary import Action
from server.books import hours
from server.books.dates import iso_date
from server.books.hours import Span, read_hours
from server.books.periods.adjust import read_adjustments
from server.reports.figures import Figures, Row, State
from server.reports.query import By, Query
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.conftest import Open
from tests.server.reports.asking import read

pytestmark = pytest.mark.both_databases

MONDAY = START_MS // DAY_MS + 1
DECEMBER_H = 29 * 24
STAYS = st.lists(
    st.tuples(
        st.sampled_from(("V1", "V2", "V3", "V4")),
        st.integers(0, 4 * 60),
        st.none() | st.integers(0, 45),
        st.sampled_from(("card", "typed")),
    ),
    min_size=1,
    max_size=8,
)
_names = count()
TYPED = {"how": "typed", "state": "typed", "key": b"", "serial": 0, "expires_s": 0}


def summed(rows: list[Row], name: str) -> int:
    return sum(getattr(row.now, name) for row in rows)


def as_hours_say(row: Row, by: By) -> dict[str, object]:
    now = row.now
    return {
        by.value: iso_date(int(row.key)) if by is By.DAY else row.key,
        "people": now.people,
        "records": now.records,
        "minutes_credited": now.credited,
        "minutes_held": now.held,
        "minutes_refused": now.refused,
        "minutes_low": now.low,
        "minutes_high": now.high,
        "as_of": now.as_of,
    }


def require_same_as_hours(connection: Connection, span: Span) -> None:
    for by in hours.By:
        ours, _ = read(connection, Query(By(by.value), span))
        theirs = read_hours(connection, by, span)
        keys = as_hours_say(ours[0], By(by.value)) if ours else {}
        assert [as_hours_say(row, By(by.value)) for row in ours] == [
            {key: row[key] for key in keys} for row in theirs
        ]
        for row, told in zip(ours, theirs, strict=True):
            if row.now.state is not State.FINAL:
                assert (row.now.state is State.COMPLETE) == told["complete"]


def require_agreement(connection: Connection, span: Span) -> Figures:
    """Compare all reports of a span; give the total."""
    totals = set()
    theirs = read_hours(connection, hours.By.VOLUNTEER, span)
    for by in By:
        rows, total = read(connection, Query(by, span))
        totals.add(total.now)
        for name in ("records", "credited", "held", "refused"):
            assert summed(rows, name) == getattr(total.now, name), (by, name)
        assert all(sum(row.now[5:10]) == row.now.credited for row in rows)
        assert all(row.now.low <= row.now.credited <= row.now.high for row in rows)
        if by is By.DAY:
            assert all(span.first <= int(row.key) <= span.last for row in rows)
    assert len(totals) == 1
    (total_now,) = totals
    assert total_now.records == sum(int(str(row["records"])) for row in theirs)
    for name in ("credited", "held", "refused"):
        told = sum(int(str(row[f"minutes_{name}"])) for row in theirs)
        assert getattr(total_now, name) == told, name
    assert total_now.people == len({row["volunteer"] for row in theirs if row["records"]})
    return total_now


def look(desk: Desk, spans: list[Span]) -> list[Figures]:
    with desk.services.database.read() as connection:
        for span in (Span(), *spans):
            require_same_as_hours(connection, span)
        return [require_agreement(connection, span) for span in spans]


def booked(desk: Desk) -> int:
    frozen = sum(row[0] for row in desk.rows("SELECT minutes FROM frozen_posting"))
    with desk.services.database.read() as connection:
        return frozen + sum(row.minutes for row in read_adjustments(connection))


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stays=STAYS, first=st.integers(0, 2), length=st.integers(0, 2))
def test_every_report_agrees_with_hours_before_and_after_a_close_and_an_adjustment(
    open_home: Open,
    stays: list[tuple[str, int, int | None, str]],
    first: int,
    length: int,
) -> None:
    clock = ServerClock()
    desk = make_desk(open_home(f"agree{next(_names)}", clock=clock), clock)
    for who, came, long, how in sorted(stays, key=lambda stay: stay[1]):
        fields: dict[str, Any] = TYPED if how == "typed" else {}
        desk.stay(who, came / 4, None if long is None else (came + long) / 4, **fields)
    desk.stay("V5", 70, 71)
    spans = [Span(), Span(MONDAY + first, MONDAY + first + length)]
    desk.sync(72)
    provisional = look(desk, spans)
    desk.sync(DECEMBER_H + 1)
    complete = look(desk, spans)
    assert [each[:5] for each in provisional] == [each[:5] for each in complete]
    desk.close()
    assert [each[:5] for each in look(desk, spans)] == [each[:5] for each in complete]
    desk.late("V1", 66, 67)
    desk.decide("V5", Action.REFUSE)
    after = look(desk, spans)
    assert after[0].presented == booked(desk)
    assert after[0].refused >= 60
