"""Entries by hand, times stated, sheets of paper, and entries taken back."""

import pytest

from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.lead.enter import Stated, enter, state
from kiosk.lead.forgot import forgot
from kiosk.lead.paper import Row, enter_paper
from kiosk.lead.take_back import take_back
from kiosk.limits import PAPER_ROWS_MAX, UNDO_MS_MAX
from kiosk.log import Head
from kiosk.on_duty import OnDuty
from kiosk.scan import scan
from kiosk.status import status
from kiosk.undo import Target
from schemas.entry import Attest, Note, Void
from schemas.vocabulary import Direction
from tests.kiosk.fakes import FakeClock
from tests.kiosk.lead.conftest import LEAD, entries

HOUR, MINUTE = 3_600_000, 60_000
IN, OUT = Direction.IN, Direction.OUT


def there(kiosk: Kiosk, duty: OnDuty | None = None) -> list[str]:
    """Give who is on duty; by a picture that was followed, or anew."""
    return [who for who, _ in (duty or OnDuty()).look(kiosk.store.db, kiosk.clock.read())]


def test_an_entry_by_hand_carries_by_and_its_reason(led: Kiosk) -> None:
    done = enter(led, "V1", IN, by=LEAD, reason=" 忘带证件 ")
    assert (done.scan.how, done.scan.by, done.scan.chosen, done.scan.direction) == ("typed", LEAD, 1, "in")  # fmt: skip
    note = entries(led, Note)[-1]
    said = (note.topic, note.text, note.about, note.by, note.who)
    assert said == ("remark", "忘带证件", done.head.hash, LEAD, "V1")


@pytest.mark.parametrize(
    ("who", "reason", "code"),
    [
        ("V1", " ", "reason_needed"),
        ("张三", "x", "wrong_usage"),
        ("V1", "x" * 401, "wrong_usage"),
        ("V1", "a\x00b", "wrong_usage"),
    ],
)
def test_what_no_entry_holds_is_refused_and_nothing_written(
    led: Kiosk, clock: FakeClock, who: str, reason: str, code: str
) -> None:
    before = status(led).recorded
    with pytest.raises(Stopped, match=code):
        enter(led, who, IN, by=LEAD, reason=reason)
    with pytest.raises(Stopped, match=code):
        state(led, Stated(who, OUT, clock.wall_ms), by=LEAD, reason=reason)
    assert status(led).recorded == before


def test_a_stated_end_takes_off_duty_and_the_next_scan_is_an_in(
    led: Kiosk, clock: FakeClock
) -> None:
    duty = OnDuty()
    opened = scan(led, "V1", direction=None, is_typed=True)
    clock.advance(5 * HOUR)
    assert there(led, duty) == ["V1"]
    ended = Stated("V1", OUT, clock.wall_ms - HOUR, opened.head.hash)
    state(led, ended, by=LEAD, reason="忘记签退")
    assert there(led, duty) == there(led) == []
    (entry,) = entries(led, Attest)
    assert (entry.at_ms, entry.how, entry.about, entry.by) == (ended.at_ms, "lead", opened.head.hash, LEAD)  # fmt: skip
    assert scan(led, "V1", direction=None, is_typed=True).scan.direction == "in"


def test_the_same_statement_twice_is_once(led: Kiosk, clock: FakeClock) -> None:
    stated = Stated("V1", OUT, clock.wall_ms - HOUR)
    first = state(led, stated, by=LEAD, reason="x")
    assert state(led, stated, by="L002", reason="y") == first
    assert len(entries(led, Attest)) == 1


def test_a_time_ahead_or_long_ago_is_refused(led: Kiosk, clock: FakeClock) -> None:
    for at_ms in (clock.wall_ms + 10 * MINUTE, clock.wall_ms - 32 * 24 * HOUR):
        with pytest.raises(Stopped, match="wrong_usage: time"):
            state(led, Stated("V1", OUT, at_ms), by=LEAD, reason="x")


def test_a_clock_in_doubt_keeps_nobody_from_stating_a_time(led: Kiosk, clock: FakeClock) -> None:
    right_ms, clock.wall_ms = clock.wall_ms, 1_000
    state(led, Stated("V1", OUT, right_ms), by=LEAD, reason="x")
    assert len(entries(led, Attest)) == 1


def test_yesterdays_sheet_takes_nobody_off_duty_today(led: Kiosk, clock: FakeClock) -> None:
    scan(led, "V1", direction=None, is_typed=True)
    day_before = clock.wall_ms - 24 * HOUR
    done = enter_paper(led, [Row("V1", day_before, day_before + 4 * HOUR)], by=LEAD, reason="停电")
    assert (done.rows, done.ends, done.known) == (1, 2, 0)
    assert there(led) == ["V1"]
    assert {entry.how for entry in entries(led, Attest)} == {"paper"}


def test_a_sheet_entered_twice_is_there_once(led: Kiosk, clock: FakeClock) -> None:
    rows = [Row(f"V{n}", clock.wall_ms - 3 * HOUR, clock.wall_ms - HOUR) for n in range(PAPER_ROWS_MAX)]  # fmt: skip
    assert enter_paper(led, rows, by=LEAD, reason="停电").ends == 2 * PAPER_ROWS_MAX
    again = enter_paper(led, rows, by=LEAD, reason="停电")
    assert (again.ends, again.known) == (0, 2 * PAPER_ROWS_MAX)
    assert len(entries(led, Attest)) == 2 * PAPER_ROWS_MAX


@pytest.mark.parametrize(
    "bad",
    [Row("V 2", -HOUR, 0), Row("V2", 0, 0), Row("V2", -HOUR, -2 * HOUR), Row("V2", -30 * HOUR, -HOUR), Row("V2", 0, HOUR)],
)  # fmt: skip
def test_one_wrong_row_is_named_and_nothing_of_the_sheet_is_written(
    led: Kiosk, clock: FakeClock, bad: Row
) -> None:
    def at(ms: int) -> int:
        return clock.wall_ms + ms if ms else 0

    rows = [Row("V1", at(-2 * HOUR), at(-HOUR)), Row(bad.who, at(bad.in_ms), at(bad.out_ms))]
    with pytest.raises(Stopped, match=r"wrong_usage: 2$"):
        enter_paper(led, rows, by=LEAD, reason="停电")
    assert entries(led, Attest) == []


@pytest.mark.parametrize("count", [0, PAPER_ROWS_MAX + 1])
def test_a_sheet_of_no_rows_or_too_many_is_refused(
    led: Kiosk, clock: FakeClock, count: int
) -> None:
    with pytest.raises(Stopped, match="wrong_usage: rows"):
        enter_paper(led, [Row("V1", clock.wall_ms, 0)] * count, by=LEAD, reason="x")


def target(log: str, head: Head) -> Target:
    """Name an entry."""
    return Target(log, head.seq, head.hash)


def test_an_entry_taken_back_late_still_counts_here(led: Kiosk, clock: FakeClock) -> None:
    done = scan(led, "V1", direction=None, is_typed=True)
    clock.advance(UNDO_MS_MAX + 1)
    take_back(led, target(done.log, done.head), by=LEAD, reason="扫错人")
    (void,) = entries(led, Void)
    assert (void.seq, void.hash, void.by, void.reason) == (done.head.seq, done.head.hash, LEAD, "扫错人")  # fmt: skip
    assert there(led) == ["V1"]


def test_an_entry_taken_back_at_once_never_was(led: Kiosk, clock: FakeClock) -> None:
    duty = OnDuty()
    done = scan(led, "V1", direction=None, is_typed=True)
    assert there(led, duty) == ["V1"]
    clock.advance(UNDO_MS_MAX)
    take_back(led, target(done.log, done.head), by=LEAD, reason="扫错人")
    assert there(led, duty) == there(led) == []


def test_a_statement_taken_back_at_once_never_was_either(led: Kiosk, clock: FakeClock) -> None:
    done = scan(led, "V1", direction=None, is_typed=True)
    clock.advance(HOUR)
    stated = Stated("V1", OUT, clock.wall_ms - MINUTE)
    head = state(led, stated, by=LEAD, reason="x")
    assert there(led) == []
    take_back(led, target(done.log, head), by=LEAD, reason="看错人")
    assert there(led) == ["V1"]


def test_only_scans_and_statements_of_this_log_are_taken_back(led: Kiosk) -> None:
    done = scan(led, "V1", direction=None, is_typed=True)
    wrong = Target(done.log, done.head.seq, b"x" * 32)
    for one in (wrong, Target("a" * 32, *done.head), Target(done.log, 10**6, done.head.hash)):
        with pytest.raises(Stopped, match="not_there"):
            take_back(led, one, by=LEAD, reason="x")
    head = take_back(led, target(done.log, done.head), by=LEAD, reason="x")
    with pytest.raises(Stopped, match="not_there"):
        take_back(led, target(done.log, head), by=LEAD, reason="x")


def test_who_forgot_to_sign_out_is_listed_until_somebody_states_the_end(
    led: Kiosk, clock: FakeClock
) -> None:
    begun = clock.wall_ms
    scan(led, "V1", direction=None, is_typed=True)
    clock.advance(25 * HOUR)
    scan(led, "V2", direction=None, is_typed=True)
    assert forgot(led.store.db, clock.read()) == [("V1", begun)]
    state(led, Stated("V1", OUT, begun + 4 * HOUR), by=LEAD, reason="忘记签退")
    assert forgot(led.store.db, clock.read()) == []
    assert there(led) == ["V2"]
