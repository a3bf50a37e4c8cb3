"""How a post was covered over a day: gaps, overlaps beyond a hand-over, nights, and what nobody can know yet."""

from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.access.part import EVERYTHING, Part
from server.books.dates import DAY_MS, day_end_ms, local_day
from server.now.coverage import Kind, Piece, PostDay, Stay, pieces_of, read_coverage
from server.now.ground import PostHere
from server.now.shifts import Expected
from server.services import Services
from tests.server.builders import HOUR_MS, MINUTE_MS, START_MS
from tests.server.conftest import import_text
from tests.server.now.desk import EIGHT, begin, bring, plan
from tests.server.statements import asked_of

DAY = local_day(START_MS)
END = START_MS + DAY_MS
P1 = PostHere("P1", "S1", "登记", 2)


def hours(pieces: list[Piece]) -> list[tuple[float, float, str]]:
    return [
        ((p.start_ms - START_MS) / HOUR_MS, (p.end_ms - START_MS) / HOUR_MS, p.kind) for p in pieces
    ]


def stay(first: float, last: float) -> Stay:
    return Stay("P1", START_MS + int(first * HOUR_MS), START_MS + int(last * HOUR_MS))


def shift(first: float, last: float, needed: int = 1) -> Expected:
    return Expected("P1", START_MS + int(first * HOUR_MS), START_MS + int(last * HOUR_MS), needed)


def cut(stays: list[Stay], shifts: list[Expected], now_ms: int = END) -> list[Piece]:
    return pieces_of(stays, shifts, (START_MS, END), now_ms, 30 * MINUTE_MS)


def test_pieces_fill_the_day_without_holes_whatever_happens() -> None:
    for stays in ([], [stay(-5, 30)], [stay(1, 2), stay(1, 2), stay(2, 2)]):
        pieces = cut(stays, [shift(-3, 2), shift(20, 27)], START_MS + 7)
        assert pieces[0].start_ms == START_MS
        assert pieces[-1].end_ms == END
        assert all(a.end_ms == b.start_ms for a, b in pairwise(pieces))


def test_two_who_alternate_leave_a_gap_and_overlap_at_hand_over() -> None:
    pieces = cut([stay(8, 12.25), stay(12, 15), stay(15.5, 20)], [shift(8, 20)])
    assert hours(pieces) == [
        (0, 8, "free"),
        (8, 12, "covered"),
        (12, 12.25, "covered"),  # a hand-over of a quarter of an hour is none too long
        (12.25, 15, "covered"),
        (15, 15.5, "gap"),
        (15.5, 20, "covered"),
        (20, 24, "free"),
    ]
    assert [p[2] for p in hours(cut([stay(8, 13), stay(12, 20)], [shift(8, 20)]))][2] == "overlap"


def test_a_long_overlap_stays_one_though_its_number_changes() -> None:
    pieces = cut([stay(8, 20), stay(9, 9.3), stay(9.2, 9.6)], [shift(8, 20)])
    assert {p.kind for p in pieces if p.people > 1} == {Kind.OVERLAP}
    united = PostDay(P1, tuple(pieces), (), 0).of(Kind.OVERLAP)
    assert [(p.start_ms, p.end_ms, p.people) for p in united] == [
        (START_MS + int(9 * HOUR_MS), START_MS + int(9.6 * HOUR_MS), 3)
    ]


def test_people_outside_shifts_are_no_overlap_and_the_future_is_no_gap() -> None:
    pieces = cut([stay(1, 2)], [shift(8, 20)], START_MS + 10 * HOUR_MS)
    assert [p[2] for p in hours(pieces)] == ["free", "beyond", "free", "gap", "ahead", "ahead"]


@pytest.mark.both_databases
def test_a_night_is_on_both_days_and_one_who_never_left_covers_nothing(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    plan(services, tmp_path)
    one = begin(services, "one", "S1", "P1")
    one.scan(EIGHT, "V2")  # and never out
    one.scan(START_MS + 22 * HOUR_MS, "V1")
    one.scan(START_MS + 30 * HOUR_MS, "V1", "out")
    bring(services, client, one)
    now = START_MS + 40 * HOUR_MS
    with services.database.read() as connection:
        first, second = (
            read_coverage(connection, EVERYTHING, [P1], DAY + n, now)[0] for n in (0, 1)
        )
        nothing = read_coverage(connection, Part(sites=frozenset({"S2"})), [P1], DAY, now)[0]
    assert (first.open, second.open) == (1, 0)
    assert [(p.start_ms, p.end_ms) for p in first.of(Kind.COVERED)] == [
        (START_MS + 22 * HOUR_MS, END)
    ]
    assert [p.end_ms for p in second.of(Kind.COVERED)] == [END + 6 * HOUR_MS]
    assert len(first.of(Kind.GAP)) == 1
    assert {p.people for p in nothing.pieces} == {0}


@pytest.mark.both_databases
def test_a_shift_that_was_moved_counts_as_it_stands_and_a_policy_sets_the_hand_over(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    plan(services, tmp_path)
    moved = "code,post,start,end,needed\nD,P1,2026-11-02T12:00,2026-11-02T16:00,1\n"
    import_text(services, tmp_path, "shifts", moved)
    policy = f"region,site,from,key,value\nR1,,2026-01-01,hand_over_ms,{2 * HOUR_MS}\n"
    import_text(services, tmp_path, "policies", policy)
    one = begin(services, "one", "S1", "P1")
    for who, first, last in (("V1", 12, 15), ("V2", 14, 16)):
        one.scan(START_MS + first * HOUR_MS, who)
        one.scan(START_MS + last * HOUR_MS, who, "out")
    bring(services, client, one)
    with services.database.read() as connection:
        [day] = read_coverage(connection, EVERYTHING, [P1], DAY, END)
    assert [s.start_ms for s in day.shifts] == [
        START_MS + 12 * HOUR_MS,
        START_MS + 22 * HOUR_MS,
    ]
    assert day.of(Kind.OVERLAP) == []
    assert day_end_ms(DAY) == END


@pytest.mark.both_databases
def test_coverage_asks_little_and_by_index(services: Services, tmp_path: Path) -> None:
    plan(services, tmp_path)
    with asked_of(services.database) as asked, services.database.read() as connection:
        read_coverage(connection, EVERYTHING, [P1], DAY, END)
    assert asked.read_whole() == []
    assert len([sql for sql, _ in asked.all if sql.startswith("SELECT")]) <= 5
