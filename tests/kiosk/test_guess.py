"""Which way a scan goes when nobody chose, and what counts as the same scan again (RULES, 4 and B1)."""

import pytest

from kiosk.app import Kiosk
from kiosk.scan import scan
from schemas.vocabulary import Direction
from tests.kiosk.fakes import FakeClock, FakeServer

MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
def gate(enrolled: Kiosk) -> Kiosk:
    """A kiosk at work."""
    return enrolled


def go(kiosk: Kiosk, direction: Direction | None = None, who: str = "V1") -> tuple[str, bool]:
    """Let somebody pass; give the direction and whether it was a repeat."""
    recorded = scan(kiosk, who, direction=direction, is_typed=True)
    assert recorded.scan.chosen == (direction is not None)
    return recorded.scan.direction, recorded.repeats is not None


def test_a_guess_goes_in_first_and_out_later(gate: Kiosk, clock: FakeClock) -> None:
    assert go(gate) == ("in", False)
    clock.advance(4 * HOUR)
    assert go(gate) == ("out", False)
    clock.advance(HOUR)
    assert go(gate) == ("in", False)


def test_a_guess_right_after_is_a_repeat_not_a_way_out(gate: Kiosk, clock: FakeClock) -> None:
    go(gate)
    clock.advance(120_000)
    assert go(gate) == ("in", True)
    clock.advance(1)
    assert go(gate) == ("out", False)


def test_a_repeat_does_not_lengthen_the_window(gate: Kiosk, clock: FakeClock) -> None:
    assert go(gate, Direction.IN) == ("in", False)
    clock.advance(100_000)
    assert go(gate, Direction.IN) == ("in", True)
    clock.advance(100_000)
    assert go(gate, Direction.IN) == ("in", False)


def test_the_other_direction_is_never_a_repeat(gate: Kiosk, clock: FakeClock) -> None:
    go(gate, Direction.IN)
    clock.advance(1_000)
    assert go(gate, Direction.OUT) == ("out", False)
    clock.advance(1_000)
    assert go(gate, Direction.IN) == ("in", False)


@pytest.mark.parametrize(("later", "direction"), [(14 * HOUR, "out"), (14 * HOUR + 1, "in")])
def test_yesterdays_sign_in_is_not_todays_sign_out(
    gate: Kiosk, clock: FakeClock, later: int, direction: str
) -> None:
    go(gate)
    clock.advance(later)
    assert go(gate) == (direction, False)


def test_a_guess_survives_a_reboot(gate: Kiosk, clock: FakeClock) -> None:
    go(gate)
    clock.reboot(off_ms=HOUR)
    assert go(gate) == ("out", False)


def test_people_do_not_answer_for_each_other(gate: Kiosk) -> None:
    assert go(gate, who="V1") == ("in", False)
    assert go(gate, who="V2") == ("in", False)


def test_a_repeat_is_written_all_the_same(gate: Kiosk) -> None:
    first = scan(gate, "V1", direction=None, is_typed=True)
    second = scan(gate, "V1", direction=None, is_typed=True)
    assert second.head.seq == first.head.seq + 1
    assert second.repeats is not None
    assert second.repeats.wall_ms == first.scan.wall_ms


def test_a_withdrawn_badge_neither_opens_nor_closes(
    gate: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    from tests.kiosk.conftest import contact

    go(gate)
    server.revoked = {"V1": 1}
    contact(gate, server)
    clock.advance(HOUR)
    revoked = scan(gate, server.print_badge("V1"), direction=Direction.OUT)
    assert revoked.scan.state == "revoked"
    clock.advance(HOUR)
    assert go(gate) == ("out", False)
