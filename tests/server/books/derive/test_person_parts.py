"""A history is judged part by part: it must mean what it means as a whole."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.books.derive.person_parts import rows_of_parts
from server.reconcile.cuts import REST_MS
from server.reconcile.facts import ScanFact
from server.reconcile.simple import Usuals
from tests.server.reconcile.builders import WHO, Books
from tests.server.reconcile.histories import fallen, histories, tidy_histories

NEVER_MS = 2**62


def rows(scans: list[ScanFact], rest_ms: int) -> list[list[Any]]:
    """Everything that would be written, in an order of its own."""
    in_time = sorted({scan.hash: scan for scan in scans}.values(), key=lambda scan: scan.at_ms)
    numbers = {scan.log: place for place, scan in enumerate(in_time)}
    made, _ = rows_of_parts(WHO, in_time, rest_ms, Usuals(Books()), numbers)
    return [
        sorted(map(repr, kind)) for kind in (made.records, made.parts, made.loose, made.findings)
    ]


@settings(max_examples=4 * settings().max_examples)
@given(st.one_of(tidy_histories(forks=True), histories(), fallen()))
def test_a_history_means_in_parts_what_it_means_as_a_whole(scans: list[ScanFact]) -> None:
    assert rows(scans, REST_MS) == rows(scans, NEVER_MS)
