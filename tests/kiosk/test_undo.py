"""Ten seconds to take a scan back or turn it round; nothing is ever deleted."""

import pytest

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.limits import UNDO_MS_MAX
from kiosk.log import entry_at, read_head
from kiosk.scan import Recorded, scan
from kiosk.undo import Target, turn, undo
from kiosk.verify import verify
from schemas.entry import Scan, Void
from schemas.vocabulary import Direction
from tests.kiosk.fakes import FakeClock


def go(kiosk: Kiosk, who: str = "V1", direction: Direction | None = None) -> Recorded:
    """Record a typed number."""
    return scan(kiosk, who, direction=direction, is_typed=True)


def target(recorded: Recorded) -> Target:
    """Name a scan as the screen does."""
    return Target(recorded.log, recorded.head.seq, recorded.head.hash)


def test_an_undone_scan_stays_and_no_longer_counts(enrolled: Kiosk, clock: FakeClock) -> None:
    first = go(enrolled)
    clock.advance(UNDO_MS_MAX)
    head = undo(enrolled, target(first))
    identity = device.require_identity(enrolled.store)
    void = entry_at(enrolled.store.db, identity, head.seq)
    assert isinstance(void, Void)
    assert (void.seq, void.hash, void.by) == (first.head.seq, first.head.hash, "")
    assert isinstance(entry_at(enrolled.store.db, identity, first.head.seq), Scan)
    again = go(enrolled)
    assert (again.scan.direction, again.repeats) == ("in", None)
    assert not verify(enrolled, lambda *_: None).faults


def test_undoing_twice_is_once(enrolled: Kiosk, clock: FakeClock) -> None:
    first = go(enrolled)
    head = undo(enrolled, target(first))
    clock.advance(UNDO_MS_MAX * 2)
    assert undo(enrolled, target(first)) == head
    assert read_head(enrolled.store.db, device.require_identity(enrolled.store)) == head


def test_after_ten_seconds_it_is_too_late(enrolled: Kiosk, clock: FakeClock) -> None:
    first = go(enrolled)
    clock.advance(UNDO_MS_MAX + 1)
    for act in (undo, turn):
        with pytest.raises(Stopped, match="too_late"):
            act(enrolled, target(first))
    assert go(enrolled).repeats is not None


def test_a_wall_clock_that_jumps_changes_nothing_about_the_ten_seconds(
    enrolled: Kiosk, clock: FakeClock
) -> None:
    first = go(enrolled)
    clock.wall_ms += 10**12
    undo(enrolled, target(first))


def test_what_the_last_boot_recorded_cannot_be_undone(enrolled: Kiosk, clock: FakeClock) -> None:
    first = go(enrolled)
    clock.reboot(1)
    with pytest.raises(Stopped, match="too_late"):
        undo(enrolled, target(first))


@pytest.mark.parametrize("wrong", ["log", "hash", "seq", "void"])
def test_only_a_scan_that_is_there_can_be_undone(enrolled: Kiosk, wrong: str) -> None:
    there = target(go(enrolled))
    void = undo(enrolled, target(go(enrolled, "V2")))
    named = {
        "log": Target("a" * 32, there.seq, there.hash),
        "hash": Target(there.log, there.seq, bytes(32)),
        "seq": Target(there.log, 10**6, there.hash),
        "void": Target(there.log, void.seq, void.hash),
    }[wrong]
    with pytest.raises(Stopped, match="not_there"):
        undo(enrolled, named)


def test_a_turn_is_a_void_and_a_chosen_scan_the_other_way(enrolled: Kiosk) -> None:
    first = go(enrolled)
    turned = turn(enrolled, target(first))
    assert (turned.head.seq, turned.scan.direction, turned.scan.chosen) == (
        first.head.seq + 2,
        "out",
        1,
    )
    assert (turned.scan.who, turned.repeats) == ("V1", None)
    with pytest.raises(Stopped, match="not_there"):
        turn(enrolled, target(first))
    back = turn(enrolled, target(turned))
    assert (back.scan.direction, back.repeats) == ("in", None)


def test_a_scan_out_knows_how_long_the_stay_was(enrolled: Kiosk, clock: FakeClock) -> None:
    assert go(enrolled).stay_ms is None
    clock.advance(4 * 3_600_000)
    assert go(enrolled).stay_ms == 4 * 3_600_000


def test_a_stay_beyond_a_day_is_not_told(enrolled: Kiosk, clock: FakeClock) -> None:
    go(enrolled)
    clock.advance(24 * 3_600_000 + 1)
    assert go(enrolled, direction=Direction.OUT).stay_ms is None


def test_an_undone_sign_out_leaves_the_stay_open(enrolled: Kiosk, clock: FakeClock) -> None:
    go(enrolled)
    clock.advance(3_600_000)
    out = go(enrolled)
    undo(enrolled, target(out))
    assert (go(enrolled).scan.direction, out.scan.direction) == ("out", "out")
