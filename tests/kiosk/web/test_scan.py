"""Scans of the screen: recorded first, answered then, each kind with what its words need."""

import threading
from typing import Any

import pytest

from kiosk import device
from kiosk.app import Kiosk
from kiosk.limits import UNDO_MS_MAX
from kiosk.log import entry_at
from schemas.entry import Scan
from tests.kiosk.fakes import FakeClock, FakeServer
from tests.kiosk.web.conftest import MakeScreen, Screen

HOUR = 3_600_000


def target(answer: Any) -> dict[str, Any]:
    """Name a scan as the page does."""
    return {name: answer[name] for name in ("log", "seq", "hash")}


def test_a_badge_signs_in_and_out_with_the_length_of_the_stay(
    screen: Screen, server: FakeServer, clock: FakeClock
) -> None:
    badge = server.print_badge("V0001")
    first = screen.scan(badge)
    assert (first["kind"], first["who"], first["chosen"], first["stay_ms"]) == ("in", "V0001", False, None)  # fmt: skip
    clock.advance(3 * HOUR)
    last = screen.scan(badge)
    assert (last["kind"], last["stay_ms"], last["wall_ms"]) == ("out", 3 * HOUR, clock.wall_ms)


def test_what_was_answered_is_on_disk(screen: Screen, enrolled: Kiosk, server: FakeServer) -> None:
    answer = screen.scan(server.print_badge("V0001"))
    identity = device.require_identity(enrolled.store)
    entry = entry_at(enrolled.store.db, identity, answer["seq"])
    assert isinstance(entry, Scan)
    assert (entry.who, answer["log"]) == ("V0001", identity.log)


def test_a_repeat_says_when_and_is_written_all_the_same(screen: Screen, clock: FakeClock) -> None:
    first = screen.scan("V1", typed=True)
    clock.advance(60_000)
    again = screen.scan("V1", typed=True)
    assert (again["kind"], again["earlier_ms"]) == ("again", first["wall_ms"])
    assert again["seq"] == first["seq"] + 1


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_fixed_direction_counts_as_chosen(screen: Screen, direction: str) -> None:
    answer = screen.scan("V1", direction, typed=True)
    assert (answer["kind"], answer["chosen"]) == (direction, True)


@pytest.mark.parametrize(
    ("text", "state"), [("RV1:???", "malformed"), ("https://example.com", "not_a_badge")]
)
def test_what_is_no_badge_is_recorded_to_be_checked(screen: Screen, text: str, state: str) -> None:
    answer = screen.scan(text)
    assert (answer["kind"], answer["state"], answer["who"]) == ("check", state, "")


def test_a_badge_of_an_unknown_key_is_recorded_to_be_checked(
    screen: Screen, clock: FakeClock
) -> None:
    answer = screen.scan(FakeServer(clock).print_badge("V1"))
    assert (answer["kind"], answer["state"]) == ("check", "unknown_key")


def test_a_good_badge_under_a_doubtful_clock_is_recorded_to_be_checked(
    screen: Screen, server: FakeServer, clock: FakeClock
) -> None:
    clock.wall_ms += 10 * 60_000
    answer = screen.scan(server.print_badge("V1"))
    assert (answer["kind"], answer["state"], answer["doubts"]) == ("check", "good", ["clock_skew"])


def test_a_badge_that_runs_out_soon_says_so(screen: Screen, server: FakeServer, clock: FakeClock) -> None:  # fmt: skip
    soon = screen.scan(server.print_badge("V1", expires_s=clock.wall_ms // 1000 + 86_400))
    later = screen.scan(server.print_badge("V2", expires_s=clock.wall_ms // 1000 + 86_400 * 90))
    assert (soon["expires_soon"], later["expires_soon"]) == (True, False)


def test_a_scan_can_be_taken_back_for_ten_seconds(screen: Screen, clock: FakeClock) -> None:
    answer = screen.scan("V1", typed=True)
    clock.advance(UNDO_MS_MAX)
    assert screen.post("/api/undo", target(answer)).json["undone"] is True
    assert screen.state()["duty"]["count"] == 0
    other = screen.scan("V2", typed=True)
    clock.advance(UNDO_MS_MAX + 1)
    reply = screen.post("/api/undo", target(other))
    assert (reply.status_code, reply.json["error"]["code"]) == (409, "too_late")
    assert screen.state()["duty"]["count"] == 1


def test_one_tap_turns_a_wrong_guess(screen: Screen) -> None:
    answer = screen.scan("V1", typed=True)
    turned = screen.post("/api/turn", target(answer)).json
    assert (turned["kind"], turned["chosen"]) == ("out", True)
    back = screen.post("/api/turn", target(turned)).json
    assert (back["kind"], back["seq"]) == ("in", turned["seq"] + 2)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        {"text": "V1"},
        {"text": "V1", "typed": True, "direction": "auto", "by": "V2"},
        {"text": 1, "typed": True, "direction": "auto"},
        {"text": "V1", "typed": 1, "direction": "auto"},
        {"text": "V1", "typed": True, "direction": "sideways"},
        {"text": "", "typed": True, "direction": "auto"},
        {"text": "V 1", "typed": True, "direction": "auto"},
        {"text": "阿", "typed": True, "direction": "auto"},
        {"text": "V" * 21, "typed": True, "direction": "auto"},
    ],
)
def test_what_is_not_asked_properly_records_nothing(screen: Screen, body: object) -> None:
    before = screen.scan("V9", typed=True)["seq"]
    assert screen.post("/api/scan", body).status_code == 400
    assert screen.scan("V9", typed=True)["seq"] == before + 1


@pytest.mark.parametrize("bad", [{"hash": "00"}, {"hash": "G" * 64}, {"seq": 0}, {"seq": 2**60}])
def test_a_scan_that_is_not_named_properly_is_not_taken_back(
    screen: Screen, bad: dict[str, Any]
) -> None:
    assert screen.post("/api/undo", target(screen.scan("V1", typed=True)) | bad).status_code == 400


def test_without_enrolment_nothing_is_recorded_and_it_says_so(
    kiosk: Kiosk, make_screen: MakeScreen
) -> None:
    screen = make_screen(kiosk)
    reply = screen.post("/api/scan", {"text": "V1", "typed": True, "direction": "auto"})
    assert (reply.status_code, reply.json["error"]["code"]) == (409, "not_enrolled")
    assert screen.state()["enrolled"] is False


def test_a_rush_of_two_hundred_from_two_windows_loses_none(screen: Screen) -> None:
    def rush(start: int) -> None:
        client = screen.app.test_client()
        for number in range(start, start + 100):
            body = {"text": f"V{number}", "typed": True, "direction": "in"}
            headers = {"Host": "127.0.0.1:8710", "X-Redvest-Token": screen.token}
            answers.append(client.post("/api/scan", json=body, headers=headers).json)
        screen.here.drop()

    answers: list[Any] = []
    threads = [threading.Thread(target=rush, args=(start,)) for start in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {answer["who"] for answer in answers} == {f"V{number}" for number in range(200)}
    assert len({answer["seq"] for answer in answers}) == 200
    assert screen.state()["duty"]["count"] == 200
