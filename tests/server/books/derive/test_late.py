"""C3: scans whose own time is later than the next contact of their log, as deriving tells them."""

import pytest

from server.books.derive.log_facts import LATE_MS, mark_late
from sync.clock import AnchorMark
from tests.server.reconcile.builders import attest, scan

AT_MS = 1_000_000_000
BOOT = b"\1" * 8


def late_of(raw_ms: int, *anchors: tuple[int, int], seq: int = 5) -> int:
    """Give by how much a scan with this time is late, among anchors as (seq, server's time)."""
    made = scan(AT_MS, "in", seq=seq, raw_ms=raw_ms)
    marks = [AnchorMark(at, BOOT, 0, server_ms, 20) for at, server_ms in anchors]
    (found,) = mark_late([made], marks)
    return found.more.late_ms if found.more else 0


@pytest.mark.parametrize(("late_ms", "told"), [(LATE_MS, 0), (LATE_MS + 1, LATE_MS + 1)])
def test_c3_a_scan_later_than_the_next_anchor_says_by_how_much(late_ms: int, told: int) -> None:
    assert late_of(AT_MS + late_ms, (9, AT_MS)) == told


def test_c3_only_the_next_anchor_of_the_log_counts() -> None:
    assert late_of(AT_MS, (3, AT_MS - 9_999_999)) == 0
    assert late_of(AT_MS, (3, 0), (9, AT_MS + 1), (12, 0)) == 0
    assert late_of(AT_MS, (9, AT_MS - 7_200_000), (12, 0)) == 7_200_000


def test_c3_a_log_without_a_later_anchor_says_nothing() -> None:
    assert late_of(AT_MS) == 0


def test_c3_a_stated_end_has_no_time_of_its_own() -> None:
    stated = attest(AT_MS, seq=5)
    marks = [AnchorMark(9, BOOT, 0, 0, 20)]
    assert mark_late([stated], marks) == [stated]
