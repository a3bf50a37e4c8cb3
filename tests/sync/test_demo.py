"""The demo clock: it moves for all devices at once, and a file that is not exactly it is no clock at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.limits import DEMO_CLOCK_CHARS_MAX, DEMO_DEVICES_MAX
from schemas.vocabulary import Code
from sync import demo
from sync.demo import DemoClock, Device
from sync.errors import Refused

BEGAN_MS = 1_786_752_000_000
HOUR_MS = 3_600_000
CLOCK = DemoClock("a", BEGAN_MS, BEGAN_MS + HOUR_MS, None, {"slow": Device(-HOUR_MS, 2, BEGAN_MS)})
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)


def test_it_stands_still() -> None:
    assert CLOCK.at("k", 5) == CLOCK.at("k", 5_000_000)
    assert CLOCK.at("k", 5)[1:] == (HOUR_MS, BEGAN_MS + HOUR_MS)


def test_it_runs_as_the_machine_does_where_it_is_told_to() -> None:
    running = DemoClock("a", BEGAN_MS, BEGAN_MS, since_ms=1_000)
    assert running.at("k", 3_500)[1:] == (2_500, BEGAN_MS + 2_500)
    assert running.at("k", 500)[1:] == (0, BEGAN_MS), "another boot of the machine: not back"


def test_a_device_with_a_wrong_clock_is_wrong_by_its_wall_alone() -> None:
    right, wrong = CLOCK.at("k", 0), CLOCK.at("slow", 0)
    assert (wrong.wall_ms, wrong.mono_ms) == (right.wall_ms - HOUR_MS, right.mono_ms)


def test_devices_boots_and_demos_are_told_apart() -> None:
    again = DemoClock("a", BEGAN_MS, BEGAN_MS, None, {"k": Device(0, 2, BEGAN_MS)})
    other = DemoClock("b", BEGAN_MS, BEGAN_MS)
    boots = [CLOCK.at("k", 0), CLOCK.at("copy", 0), again.at("k", 0), other.at("k", 0)]
    assert len({moment.boot for moment in boots}) == 4


@given(
    st.builds(
        DemoClock, st.text(min_size=1, max_size=9), NUMBERS, NUMBERS, st.none() | NUMBERS,
        st.dictionaries(st.text(max_size=9), st.builds(Device, NUMBERS, NUMBERS, NUMBERS), max_size=5),
    )
)  # fmt: skip
def test_what_is_written_is_read(clock: DemoClock) -> None:
    assert demo.read_clock(clock.text()) == clock


@pytest.mark.parametrize(
    "change",
    [
        {"demo": ""}, {"demo": 1}, {"now_ms": "1"}, {"now_ms": 1.5}, {"now_ms": True}, {"now_ms": 2**53}, {"since_ms": "x"},
        {"devices": []}, {"devices": {"k": [1, 2]}}, {"devices": {"k": [1, 2, None]}}, {"devices": {"k": 3}}, {"more": 1},
        {"devices": {str(n): [0, 1, 0] for n in range(DEMO_DEVICES_MAX + 1)}},
    ],
    ids=str,
)  # fmt: skip
def test_a_file_that_is_not_exactly_a_clock_is_none(change: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        demo.read_clock(json.dumps(json.loads(CLOCK.text()) | change))
    assert refused.value.code == Code.DEMO_CLOCK


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "{", "[" * 9_000, " " * (DEMO_CLOCK_CHARS_MAX + 1)]
)
def test_rubbish_is_no_clock_and_no_mark(text: str) -> None:
    for read in (demo.read_clock, demo.read_mark):
        with pytest.raises(Refused, match=Code.DEMO_CLOCK):
            read(text)


def test_a_mark_names_its_clock() -> None:
    assert demo.read_mark(demo.mark_text("../clock.json")) == "../clock.json"


def test_a_demo_and_a_real_server_are_told_apart_by_the_epoch() -> None:
    demo.require_same("demo-00", as_demo=True)
    demo.require_same("00", as_demo=False)
    for epoch, as_demo in (("demo-00", False), ("00", True), ("", True)):
        with pytest.raises(Refused, match=Code.DEMO_ONLY):
            demo.require_same(epoch, as_demo=as_demo)
