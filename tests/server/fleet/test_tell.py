"""Messages to leads: within a part, bounded, told to the kiosks of their sites alone, and taken back; all as central entries."""

import pytest
from flask.testing import FlaskClient

from schemas.limits import MESSAGE_CHARS_MAX
from server.access.part import EVERYTHING, Part
from server.fleet.tell import take_back, tell
from server.intake.messages import Message, lasting
from server.limits import MESSAGE_DAYS_MAX, MESSAGES_A_SITE_MAX
from server.services import Services
from sync import parcel
from sync.errors import Refused
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    post,
    pull_wish,
)

pytestmark = pytest.mark.both_databases
S1 = Part(sites=frozenset({"S1"}))


def say(
    services: Services,
    sites: list[str],
    text: str = "大雨将至",
    part: Part = EVERYTHING,
    lasts_ms: int = DAY_MS,
) -> int:
    until_ms = services.signer.clock.wall_ms() + lasts_ms
    return tell(services.database, services.central, part, sites, text, until_ms=until_ms, by="li")


def held(services: Services) -> list[Message]:
    with services.database.read() as connection:
        return lasting(connection, services.signer.clock.wall_ms())


def rows_of(services: Services, client: FlaskClient, author: Author, site: str) -> object:
    wish = pull_wish(client, author, channel=f"site:{site}")
    page = parcel.unpack(
        post(client, "pull", wish).get_data(), server_key=services.signer.keys.identity_public
    )
    assert isinstance(page, parcel.Page)
    return next((come for kind, come, _ in page.groups if kind == "message"), [])


def test_a_kiosk_gets_what_its_site_is_told_and_nothing_else(
    services: Services, client: FlaskClient
) -> None:
    author = make_author("k")
    enrol_at(services, author, "S1")
    assert say(services, ["S1", "S2"]) == 2
    [message] = [one for one in held(services) if one.site == "S1"]
    assert rows_of(services, client, author, "S1") == [[message.key, "大雨将至", message.until_ms]]


def test_a_message_that_was_taken_back_leaves_the_kiosk(
    services: Services, client: FlaskClient
) -> None:
    author = make_author("k")
    enrol_at(services, author, "S1")
    say(services, ["S1"])
    [message] = held(services)
    assert take_back(services.database, services.central, EVERYTHING, message.key, by="li")
    assert not take_back(services.database, services.central, EVERYTHING, message.key, by="li")
    assert held(services) == []
    assert rows_of(services, client, author, "S1") == []


def test_the_same_message_is_not_repeated_and_ends_by_itself(
    services: Services, clock: ServerClock
) -> None:
    assert (say(services, ["S1"]), say(services, ["S1"], " 大雨将至\n")) == (1, 0)
    clock.now_ms += DAY_MS + 1
    assert held(services) == []


@pytest.mark.parametrize(
    ("text", "lasts_ms"),
    [
        ("", DAY_MS),
        ("x" * (MESSAGE_CHARS_MAX + 1), DAY_MS),
        ("a\0b", DAY_MS),
        ("x", 0),
        ("x", (MESSAGE_DAYS_MAX + 1) * DAY_MS),
    ],
)
def test_text_and_time_are_bounded(services: Services, text: str, lasts_ms: int) -> None:
    with pytest.raises(Refused, match="bad_field"):
        say(services, ["S1"], text, lasts_ms=lasts_ms)
    assert held(services) == []


def test_at_all_sites_or_at_none(services: Services) -> None:
    for sites in (["S1", "S2"], ["S1", "S9"]):
        with pytest.raises(Refused, match="not_found"):
            say(services, sites, part=S1 if "S2" in sites else EVERYTHING)
    with pytest.raises(Refused, match="too_large"):
        say(services, [])
    assert held(services) == []


def test_a_site_is_not_flooded(services: Services) -> None:
    for number in range(MESSAGES_A_SITE_MAX):
        say(services, ["S1"], f"第 {number} 条", lasts_ms=HOUR_MS)
    with pytest.raises(Refused, match="too_large"):
        say(services, ["S1"], "再来一条")


def test_nobody_takes_back_what_another_part_was_told(services: Services) -> None:
    say(services, ["S2"])
    [message] = held(services)
    assert not take_back(services.database, services.central, S1, message.key, by="li")
