"""Who is on duty is followed scan by scan, and comes to the same as looking at everything anew."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.app import Kiosk
from kiosk.guess import STAY_MS_MAX
from kiosk.on_duty import OnDuty
from kiosk.scan import scan
from kiosk.undo import Target, undo
from schemas.vocabulary import Direction
from tests.kiosk.fakes import FakeClock, FakeServer

HOUR = 3_600_000


def there(kiosk: Kiosk, duty: OnDuty) -> list[str]:
    """Give the numbers on duty."""
    return [who for who, _ in duty.look(kiosk.store.db, kiosk.clock.read())]


def test_who_comes_last_is_shown_first_and_who_leaves_is_gone(
    enrolled: Kiosk, clock: FakeClock
) -> None:
    duty = OnDuty()
    assert there(enrolled, duty) == []
    for who in ("V1", "V2"):
        scan(enrolled, who, direction=None, is_typed=True)
        clock.advance(HOUR)
    assert there(enrolled, duty) == ["V2", "V1"]
    scan(enrolled, "V2", direction=None, is_typed=True)
    assert there(enrolled, duty) == ["V1"]


def test_a_day_later_nobody_is_still_there(enrolled: Kiosk, clock: FakeClock) -> None:
    duty = OnDuty()
    scan(enrolled, "V1", direction=None, is_typed=True)
    clock.advance(STAY_MS_MAX)
    assert there(enrolled, duty) == ["V1"]
    clock.advance(1)
    assert there(enrolled, duty) == []


def test_a_withdrawn_badge_puts_nobody_on_duty(
    enrolled: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    duty = OnDuty()
    there(enrolled, duty)
    enrolled.store.db.execute("INSERT INTO revoked VALUES ('V1', 9)")
    scan(enrolled, server.print_badge("V1"), direction=None)
    assert there(enrolled, duty) == []


steps = st.lists(
    st.tuples(
        st.sampled_from(["V1", "V2", "V3"]),
        st.sampled_from([None, Direction.IN, Direction.OUT]),
        st.booleans(),
        st.sampled_from([1_000, 130_000, 5 * HOUR]),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_following_gives_the_same_as_starting_anew(
    enrolled: Kiosk, clock: FakeClock, steps: list[tuple[str, Direction | None, bool, int]]
) -> None:
    followed = OnDuty()
    for who, direction, is_undone, pause in steps:
        done = scan(enrolled, who, direction=direction, is_typed=True)
        if is_undone:
            undo(enrolled, Target(done.log, done.head.seq, done.head.hash))
        assert there(enrolled, followed) == there(enrolled, OnDuty())
        clock.advance(pause)
