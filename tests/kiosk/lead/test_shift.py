"""Gear, duty cards, warnings, hand-over, posts and the log of everything done."""

import pytest

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.guess import Seen
from kiosk.lead import names
from kiosk.lead.card import Card, acknowledge, card_for, read_card, write_card
from kiosk.lead.enter import enter
from kiosk.lead.gear import Held, hand_out, held
from kiosk.lead.go_on import go_on
from kiosk.lead.hand_over import hand_over
from kiosk.lead.journal import read_journal
from kiosk.lead.register import Form, register
from kiosk.lead.session import Session
from kiosk.lead.settle import post_at, switch_post
from kiosk.lead.warn import cautions
from kiosk.limits import JOURNAL_ROWS
from kiosk.scan import Recorded, scan
from kiosk.undo import Target
from schemas.entry import Handout, Handover, Note
from schemas.vocabulary import Direction
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeClock, FakeServer
from tests.kiosk.lead.conftest import LEAD, entries

HOUR, DAY = 3_600_000, 24 * 3_600_000
MIDNIGHT_MS = 1_793_548_800_000
"""2026-11-02 00:00 in Shanghai."""


def target(done: Recorded) -> Target:
    """Name a scan."""
    return Target(done.log, done.head.seq, done.head.hash)


def test_gear_is_held_until_it_comes_back(led: Kiosk) -> None:
    hand_out(led, "V1", "口罩", 2, by=LEAD)
    hand_out(led, "V1", "口罩", 3, by=LEAD)
    hand_out(led, "V2", "手套", 1, by=LEAD)
    hand_out(led, "V1", "口罩", -4, by=LEAD)
    assert held(led.store.db) == [Held("V1", "口罩", 1), Held("V2", "手套", 1)]
    hand_out(led, "V2", "手套", -1, by=LEAD)
    assert [one.who for one in held(led.store.db)] == ["V1"]
    assert [(one.who, one.item, one.count, one.by) for one in entries(led, Handout)][3] == ("V1", "口罩", -4, LEAD)  # fmt: skip


def test_what_comes_back_from_elsewhere_is_no_debt(led: Kiosk) -> None:
    hand_out(led, "V1", "口罩", -1, by=LEAD)
    hand_out(led, "V1", "口罩", 1, by=LEAD)
    assert held(led.store.db) == [Held("V1", "口罩", 1)]


@pytest.mark.parametrize(
    ("who", "item", "count"),
    [
        ("V1", "口罩", 0),
        ("V1", " ", 1),
        ("V 1", "口罩", 1),
        ("V1", "口罩", 1001),
        ("V1", "x" * 41, 1),
    ],
)
def test_gear_that_makes_no_sense_is_refused(led: Kiosk, who: str, item: str, count: int) -> None:
    with pytest.raises(Stopped, match="wrong_usage"):
        hand_out(led, who, item, count, by=LEAD)


CARD = Card("测温", "一人一测", "戴口罩")


def test_a_duty_card_is_shown_until_it_is_acknowledged_and_again_when_it_changes(
    led: Kiosk, clock: FakeClock
) -> None:
    db = led.store.db
    write_card(led, CARD, by=LEAD)
    done = scan(led, "V1", direction=None, is_typed=True)
    assert card_for(db, done.scan) == CARD
    for _ in range(2):
        acknowledge(led, target(done))
    assert card_for(db, done.scan) is None
    said = [(note.topic, note.who, note.about) for note in entries(led, Note)][-1]
    assert said == ("duty_card", "V1", done.head.hash)
    assert len([note for note in entries(led, Note) if note.topic == "duty_card"]) == 1
    write_card(led, Card("测温、登记", "一人一测", "戴口罩"), by=LEAD)
    assert card_for(db, done.scan) is not None
    clock.advance(HOUR)
    assert card_for(db, scan(led, "V1", direction=None, is_typed=True).scan) is None


def test_an_empty_card_is_none(led: Kiosk) -> None:
    write_card(led, CARD, by=LEAD)
    write_card(led, Card(), by=LEAD)
    assert read_card(led.store.db, "") is None


def test_each_post_has_its_own_card(led: Kiosk) -> None:
    write_card(led, CARD, by=LEAD)
    switch_post(led, "P02", by=LEAD)
    assert device.require_enrolment(led.store.db).post == "P02"
    done = scan(led, "V1", direction=None, is_typed=True)
    assert done.scan.post == "P02"
    assert card_for(led.store.db, done.scan) is None
    assert entries(led, Note)[-1].text == "post - P02"
    with pytest.raises(Stopped, match="wrong_usage"):
        switch_post(led, "岗", by=LEAD)


def test_a_post_that_a_lead_chose_stands_until_the_centre_says_another(led: Kiosk) -> None:
    switch_post(led, "P02", by=LEAD)
    switch_post(led, "P03", by=LEAD)
    db = led.store.db
    assert [post_at(db, "S1", said) for said in ("", "P09")] == ["P03", "P09"]
    assert post_at(db, "S2", "") == ""


def test_a_sync_leaves_the_post_that_a_lead_chose(led: Kiosk, server: FakeServer) -> None:
    switch_post(led, "P02", by=LEAD)
    contact(led, server)
    assert device.require_enrolment(led.store.db).post == "P02"


def stay(since_ms: int, hours: float) -> list[Seen]:
    """Give an in and an out."""
    return [Seen("in", b"b", 0, since_ms), Seen("out", b"b", 0, since_ms + int(hours * HOUR))]


def codes(seen: list[Seen], now_ms: int) -> list[str]:
    """Give what is warned of."""
    return [caution.code for caution in cautions(seen, now_ms)]


def test_eight_hours_today_are_enough(led: Kiosk) -> None:
    morning, later = stay(MIDNIGHT_MS + 6 * HOUR, 4), stay(MIDNIGHT_MS + 18 * HOUR, 4)
    assert codes([*morning, *later], MIDNIGHT_MS + 23 * HOUR) == ["long_day"]
    assert codes([*morning, *later], MIDNIGHT_MS + DAY + 9 * HOUR) == []
    short = stay(MIDNIGHT_MS + 18 * HOUR, 3.99)
    assert codes([*morning, *short], MIDNIGHT_MS + 23 * HOUR) == []


def test_eight_hours_of_duty_ask_for_eight_of_rest() -> None:
    seen = stay(MIDNIGHT_MS + 14 * HOUR, 8)
    assert codes(seen, MIDNIGHT_MS + DAY + 5 * HOUR) == ["short_rest"]
    assert codes(seen, MIDNIGHT_MS + DAY + 6 * HOUR) == []
    assert codes(stay(MIDNIGHT_MS + 14 * HOUR, 7.9), MIDNIGHT_MS + DAY + HOUR) == []


def test_a_stay_that_nobody_ended_has_no_length() -> None:
    assert codes([Seen("in", b"b", 0, MIDNIGHT_MS - 3 * DAY)], MIDNIGHT_MS + HOUR) == []


def test_three_nights_running_are_said() -> None:
    nights = [one for n in range(3) for one in stay(MIDNIGHT_MS + n * DAY - 2 * HOUR, 3)]
    assert codes(nights, MIDNIGHT_MS + 2 * DAY + 20 * HOUR) == ["nights"]
    assert codes(nights[2:], MIDNIGHT_MS + 2 * DAY + 20 * HOUR) == []
    assert codes(nights, MIDNIGHT_MS + 3 * DAY + 20 * HOUR) == []


def test_who_is_warned_about_is_recorded_and_goes_on_with_a_reason(
    led: Kiosk, clock: FakeClock
) -> None:
    scan(led, "V1", direction=None, is_typed=True)
    clock.advance(9 * HOUR)
    scan(led, "V1", direction=None, is_typed=True)
    clock.advance(HOUR)
    done = scan(led, "V1", direction=None, is_typed=True)
    assert (done.scan.direction, [one.code for one in done.warned]) == ("in", ["short_rest"])
    with pytest.raises(Stopped, match="reason_needed"):
        go_on(led, target(done), by=LEAD, reason="")
    go_on(led, target(done), by=LEAD, reason="无人接班")
    note = entries(led, Note)[-1]
    assert (note.topic, note.who, note.about, note.by) == ("warned", "V1", done.head.hash, LEAD)


def test_a_hand_over_counts_heads_and_lets_names_go(led: Kiosk, session: Session) -> None:
    register(led, session, Form("小梅", {"name": "王小梅", "phone": "13800138000"}, False, True))
    hand_over(led, by=LEAD, to="L002", present=7, text="口罩不多了", names_go=False)
    assert names.read(led.store.db, session.key)[0][2] == "小梅"
    hand_over(led, by=LEAD, to="", present=0, text="", names_go=True)
    assert names.read(led.store.db, session.key)[0][2] == ""
    found = [(one.by, one.to, one.present, one.text) for one in entries(led, Handover)]
    assert found == [(LEAD, "L002", 7, "口罩不多了"), (LEAD, "", 0, "")]


@pytest.mark.parametrize(("to", "present"), [(LEAD, 1), ("李四", 1), ("", -1), ("", 10_001)])
def test_a_hand_over_that_makes_no_sense_is_refused(led: Kiosk, to: str, present: int) -> None:
    with pytest.raises(Stopped, match="wrong_usage"):
        hand_over(led, by=LEAD, to=to, present=present, text="", names_go=False)


def test_the_log_of_everything_done_is_read_page_by_page(led: Kiosk, clock: FakeClock) -> None:
    for number in range(JOURNAL_ROWS + 5):
        scan(led, f"V{number}", direction=Direction.IN, is_typed=True)
    enter(led, "V1", Direction.OUT, by=LEAD, reason="忘带证件")
    first = read_journal(led, 0, only_leads=False)
    assert [row["kind"] for row in first.rows[:3]] == ["note", "scan", "scan"]
    assert (first.rows[1]["who"], first.rows[1]["by"]) == ("V1", LEAD)
    second = read_journal(led, first.before, only_leads=False)
    assert len(first.rows) == JOURNAL_ROWS
    assert {row["seq"] for row in first.rows} & {row["seq"] for row in second.rows} == set()
    assert second.before == 0
    led_only = read_journal(led, 0, only_leads=True)
    assert [row["kind"] for row in led_only.rows] == ["note", "scan"]
    assert not any("code" in row or "details" in row for row in [*first.rows, *second.rows])
