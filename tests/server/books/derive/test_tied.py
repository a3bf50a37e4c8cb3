"""What decisions tie together, so that no cut of a history goes through it."""

from server.books.derive.tied import Tied, tie, within
from server.reconcile.cuts import Span, Window
from server.reconcile.facts import Decision
from server.reconcile.policy import MINUTE_MS

RECORD, OTHER = b"record", b"other"
STAYS = {RECORD: Span(600_000, 1_200_000), OTHER: Span(9_000_000, 9_600_000)}


def decision(order: int, record: bytes = RECORD, **fields: object) -> Decision:
    plain = Decision(order, b"decision %d" % order, "V1", record, "S1", (), b"", "staff")
    return plain._replace(**fields)  # type: ignore[arg-type]


def spans(*decisions: Decision, fresh: set[bytes] | None = None) -> list[Span]:
    return [tied.span for tied in tie(decisions, STAYS, fresh or set())]


def test_a_decision_speaks_of_its_record_and_of_the_others_that_it_looked_at() -> None:
    assert spans(decision(1)) == [Span(600_000, 1_200_000)]
    assert spans(decision(1, others=(OTHER,))) == [Span(600_000, 9_600_000)]


def test_a_decision_speaks_of_the_minutes_that_it_settles_wherever_they_are() -> None:
    far = ((2, 3, "credited"), (400, 500, "refused"))
    assert spans(decision(1, intervals=far)) == [Span(2 * MINUTE_MS, 500 * MINUTE_MS)]


def test_a_counter_decision_speaks_of_what_it_takes_back() -> None:
    made = decision(1, others=(OTHER,))
    undone = decision(2, undoes=made.hash)
    again = decision(3, undoes=undone.hash)
    assert spans(again, undone, made) == [Span(600_000, 9_600_000)] * 3


def test_nothing_is_cut_where_a_decision_names_what_is_no_record_or_comes_in_just_now() -> None:
    assert spans(decision(1), decision(2, b"a repeat")) == []
    assert spans(decision(1), decision(2, others=(b"unknown",))) == []
    assert spans(decision(1), fresh={b"a scan"}) != []
    assert spans(decision(1), fresh={RECORD}) == []
    assert spans(decision(1, others=(OTHER,)), fresh={OTHER}) == []


def test_a_decision_belongs_to_the_part_that_it_lies_in() -> None:
    one, two = decision(1), decision(2)
    tied = [Tied(one, Span(0, 10)), Tied(two, Span(20, 30))]
    assert within(tied, Window(0, 20)) == [one]
    assert within(tied, Window(20, 40)) == [two]
