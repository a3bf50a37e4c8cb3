"""What the centre tells leads comes with the view, is shown to leads alone, and goes by itself or when it is taken back."""

import pytest

from kiosk import device, view
from kiosk.app import Kiosk
from kiosk.health import concerns
from kiosk.lead.told import Message, messages
from kiosk.migrations import STEPS
from kiosk.status import status
from schemas.limits import SAFE_INTEGER_MAX
from sync.errors import Refused
from sync.view_rows import checked
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import NOON_MS, FakeClock, FakeServer

KEY, HOUR = "0123456789abcdef", 3_600_000


def told(kiosk: Kiosk) -> list[Message]:
    """What leads are told now."""
    return messages(kiosk.store.db, kiosk.clock.read().wall_ms)


def test_a_message_comes_and_ends_by_itself(
    enrolled: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    server.messages = {KEY: ("大雨将至", NOON_MS + HOUR)}
    contact(enrolled, server)
    assert told(enrolled) == [Message("大雨将至", NOON_MS + HOUR)]
    found = [c for c in concerns(enrolled, status(enrolled)) if c.code == "message"]
    assert [(c.level, c.figure) for c in found] == [("amber", 1)]
    clock.advance(HOUR)
    assert told(enrolled) == []


def test_a_message_that_was_taken_back_goes_at_the_next_contact(
    enrolled: Kiosk, server: FakeServer
) -> None:
    server.messages = {KEY: ("大雨将至", NOON_MS + HOUR)}
    contact(enrolled, server)
    server.messages = {}
    contact(enrolled, server)
    assert told(enrolled) == []


@pytest.mark.parametrize("step", [5, 6])
def test_a_kiosk_that_learns_of_messages_or_names_asks_for_its_channel_anew(
    enrolled: Kiosk, server: FakeServer, step: int
) -> None:
    contact(enrolled, server)
    site = device.require_enrolment(enrolled.store.db).site
    assert f"site:{site}" in view.standings(enrolled.store.db)
    with enrolled.store.write() as db:
        for statement in STEPS[step]:
            if statement.startswith("DELETE"):
                db.execute(statement)
    assert set(view.standings(enrolled.store.db)) == {"all", "central"}
    server.messages = {KEY: ("大雨将至", NOON_MS + HOUR)}
    contact(enrolled, server)
    assert len(told(enrolled)) == 1


@pytest.mark.parametrize(
    "row",
    [
        ["x", "text", 1],
        [KEY, "text"],
        [KEY, 1, 1],
        [KEY, "text", "1"],
        [KEY, "text", -1],
        [KEY, "text", SAFE_INTEGER_MAX + 1],
        [KEY, "a\0b", 1],
    ],
)
def test_a_row_of_another_shape_is_refused(row: list[object]) -> None:
    with pytest.raises(Refused):
        checked("site:S1", ("message", [row], []))  # type: ignore[list-item] # whatever comes


def test_a_message_is_for_a_site_and_later_fields_are_passed_over() -> None:
    group = checked("site:S1", ("message", [[KEY, "text", 1, "later"]], []))
    assert group == ("message", [[KEY, "text", 1]], [])
    with pytest.raises(Refused):
        checked("all", ("message", [[KEY, "text", 1]], []))
