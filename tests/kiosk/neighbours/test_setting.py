"""The setting: off at first, a lead's, noted in the log; and the commands and screen by which it is changed."""

import socket

import pytest

from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.lead.journal import read_journal
from kiosk.lead.session import Session
from kiosk.limits import NEIGHBOURS_MAX, SYNC_IDLE_MS
from kiosk.neighbours.met import neighbours
from kiosk.neighbours.nearby import Nearby
from kiosk.neighbours.presence import Presence
from kiosk.neighbours.rounds import go_round
from kiosk.neighbours.setting import (
    Setting,
    add_address,
    check_address,
    read_setting,
    remove_address,
    turn_off,
    turn_on,
)
from kiosk.web.lead import settings as lead_settings
from sync.ids import log_id
from tests.kiosk.carriers import BundleServer
from tests.kiosk.conftest import Run
from tests.kiosk.fakes import FakeServer
from tests.kiosk.neighbours.conftest import Neighbour
from tests.kiosk.web.conftest import MakeScreen, Screen, make_screen

__all__ = ["make_screen"]


def test_it_is_off_until_somebody_turns_it_on(enrolled: Kiosk) -> None:
    assert read_setting(enrolled.store.db) == Setting()
    turn_on(enrolled, by="L1")
    turn_on(enrolled, by="L1")
    turn_off(enrolled, by="L2")
    rows = read_journal(enrolled, 0, only_leads=True).rows
    said = [(row["by"], row["topic"], row["text"]) for row in rows]
    assert said == [
        ("L2", "setting", "neighbours off"),
        ("L1", "setting", "neighbours on 0.0.0.0:8711"),
    ]


def test_a_kiosk_that_belongs_nowhere_has_no_neighbours(kiosk: Kiosk) -> None:
    with pytest.raises(Stopped, match="not_enrolled"):
        turn_on(kiosk)


@pytest.mark.parametrize(
    ("typed", "address"),
    [(" 192.168.1.20 ", "192.168.1.20:8711"), ("10.0.0.9:80", "10.0.0.9:80"), ("127.0.0.3:1", "127.0.0.3:1")],
)  # fmt: skip
def test_an_address_is_typed_with_or_without_a_port(typed: str, address: str) -> None:
    assert check_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "kiosk.local", "8.8.8.8", "192.168.1", "192.168.1.20:0", "192.168.1.20:70000", "192.168.1.20:80:80",
        "0.0.0.0", "224.0.0.1", "255.255.255.255",  # noqa: S104 - none is bound to
        "http://192.168.1.20", "192.168.1.20/x", "::1", "１92.168.1.20", "192.168.1.20:８0",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_local_network_is_refused(typed: str) -> None:
    with pytest.raises(Stopped, match="wrong_usage"):
        check_address(typed)


def test_addresses_are_few_and_each_is_there_once(enrolled: Kiosk) -> None:
    for _ in range(2):
        for number in range(NEIGHBOURS_MAX):
            add_address(enrolled, f"10.0.0.{number + 1}")
    assert len(read_setting(enrolled.store.db).addresses) == NEIGHBOURS_MAX
    with pytest.raises(Stopped, match="wrong_usage"):
        add_address(enrolled, "10.0.1.1")
    remove_address(enrolled, "10.0.0.1")
    with pytest.raises(Stopped, match="not_there"):
        remove_address(enrolled, "10.0.0.1")


def test_the_commands_change_it_and_say_how_it_stands(run: Run, server: FakeServer) -> None:
    assert run("neighbours", "on").data["error"]["code"] == "not_enrolled"
    assert run("enrol", server.code(), "--server", server.url).status == 0
    assert run("neighbours", "call").data["error"]["code"] == "not_ready"
    assert run("neighbours", "on", "--host", "127.0.0.1", "--port", "9999").status == 0
    assert run("neighbours", "on", "--host", "8.8.8.8").status == 2
    assert run("neighbours", "add", "127.0.0.9:9").data == {"address": "127.0.0.9:9"}
    found = run("neighbours", "list").data
    assert found == {"on": True, "host": "127.0.0.1", "port": 9999, "addresses": ["127.0.0.9:9"], "neighbours": []}  # fmt: skip
    called = run("neighbours", "call")
    assert (called.status, called.data["calls"][0]["problem"]) == (4, "unreachable")
    assert "127.0.0.9:9 没有联系上" in run("neighbours", "call", as_json=False).out
    assert run("neighbours", "remove", "127.0.0.9:9").status == 0
    assert run("neighbours", "remove", "127.0.0.9:9").status == 5
    assert run("neighbours", "off").data == {"on": False}


def test_a_sync_calls_neighbours_whether_the_centre_answers_or_not(
    run: Run, b: Neighbour, server: BundleServer
) -> None:
    run("enrol", server.code(), "--server", server.url)
    run("neighbours", "on", "--host", "127.0.0.1")
    run("scan", "V1", "--typed")
    done = run("sync", "--neighbour", b.address)
    assert (done.status, done.data["pending"]) == (0, 0)
    assert [one["log"] for one in done.data["neighbours"]] == [b.log]
    run("scan", "V2", "--typed")
    server.fault = lambda _path, _honest: (_ for _ in ()).throw(OSError("no network"))
    failed = run("sync", "--neighbour", b.address)
    assert (failed.status, failed.data["error"]["code"]) == (4, "unreachable")
    (kept,) = failed.data["neighbours"]
    assert kept["entries"] >= 1
    found = run("status").data
    assert [one["holds"] for one in found["neighbours"]] == [kept["entries"]]
    assert f"存有本机 {kept['entries']} 条" in run("status", as_json=False).out
    checks = {check["name"]: check for check in run("doctor").data["checks"]}
    assert checks["neighbours"]["ok"] is True
    assert "1 met" in checks["neighbours"]["detail"]


@pytest.fixture
def screen(enrolled: Kiosk, make_screen: MakeScreen, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """The screen of a kiosk, with a lead at it."""
    monkeypatch.setattr(lead_settings, "lead", lambda: Session("t", "L1", b""))
    return make_screen(enrolled)


def test_a_lead_turns_it_on_and_types_an_address(screen: Screen, enrolled: Kiosk) -> None:
    shown = screen.get("/api/lead/settings").json["neighbours"]
    assert (shown["on"], shown["addresses"], shown["met"]) == (False, [], [])
    assert screen.post("/api/lead/neighbours", {"on": True}).status_code == 200
    assert screen.post("/api/lead/neighbours/add", {"address": "10.0.0.9"}).json == {"address": "10.0.0.9:8711"}  # fmt: skip
    refused = screen.post("/api/lead/neighbours/add", {"address": "evil.example"})
    assert (refused.status_code, refused.json["error"]["detail"]) == (400, "address")
    shown = screen.get("/api/lead/settings").json["neighbours"]
    assert (shown["on"], shown["addresses"]) == (True, ["10.0.0.9:8711"])
    assert screen.post("/api/lead/neighbours/remove", {"address": "10.0.0.9"}).status_code == 200
    assert screen.post("/api/lead/neighbours", {"on": False}).status_code == 200
    assert read_setting(enrolled.store.db).is_on is False
    assert screen.state()["sync"]["near"] == 0


def test_nobody_but_a_lead_changes_it(enrolled: Kiosk, make_screen: MakeScreen) -> None:
    plain = make_screen(enrolled)
    for path, body in (
        ("/api/lead/neighbours", {"on": True}),
        ("/api/lead/neighbours/add", {"address": "10.0.0.9"}),
        ("/api/lead/neighbours/remove", {"address": "10.0.0.9"}),
    ):
        assert plain.post(path, body).status_code == 401


class Seconds:
    """A clock of seconds that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_round_is_due_each_minute_while_anything_waits(enrolled: Kiosk) -> None:
    clock = Seconds()
    nearby = Nearby(Presence(enrolled.chance), ["round"], clock)
    assert not nearby.is_due(enrolled), "off"
    turn_on(enrolled)
    assert nearby.is_due(enrolled)
    assert nearby.command() == ["round"]
    clock.now += 59
    assert not nearby.is_due(enrolled)
    clock.now += 1
    assert nearby.is_due(enrolled), "the note of turning it on waits"
    nearby.called()
    returned = enrolled.home / "returned"
    returned.mkdir()
    (returned / ("00" * 32 + ".reply")).write_bytes(b"")
    assert not nearby.is_due(enrolled)
    clock.now += 5
    assert nearby.is_due(enrolled), "a reply waits to be read"


def test_a_round_is_due_soon_when_somebody_new_is_found(
    a: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, found = Seconds(), list[str]()
    nearby = Nearby(Presence(a.kiosk.chance), ["round"], clock)
    monkeypatch.setattr(Presence, "found", lambda _presence: found)
    nearby.called()
    found.append("10.0.0.9:8711")
    assert not nearby.is_due(a.kiosk)
    clock.now += 5
    assert nearby.is_due(a.kiosk)
    assert nearby.command() == ["round", "10.0.0.9:8711"]
    clock.now += 30
    assert not nearby.is_due(a.kiosk)


def test_a_round_is_due_now_and_then_while_nothing_waits(a: Neighbour) -> None:
    clock = Seconds()
    nearby = Nearby(Presence(a.kiosk.chance), ["round"], clock)
    nearby.called()
    clock.now += 61
    assert not nearby.is_due(a.kiosk)
    clock.now += SYNC_IDLE_MS / 1000
    assert nearby.is_due(a.kiosk)


def test_who_called_is_written_down_with_what_they_took(a: Neighbour, b: Neighbour) -> None:
    a.scans("V1")
    a.calls()
    turn_on(a.kiosk, host="127.0.0.1", port=free_port())
    presence = Presence(a.kiosk.chance)
    try:
        presence.tend(a.kiosk)
        assert presence.problem in ("", "not_announced")
        (call,) = go_round(b.kiosk, [f"127.0.0.1:{read_setting(a.kiosk.store.db).port}"]).calls
        assert (call.problem, call.taken) == ("", 1)
        presence.tend(a.kiosk)
        (met,) = neighbours(a.kiosk.store.db)
        assert (met.log, met.holds > 0) == (log_id(b.me.key.public_key().public_bytes_raw()), True)
        turn_off(a.kiosk)
        presence.tend(a.kiosk)
        assert presence.found() == []
        assert go_round(b.kiosk, [call.address]).calls[0].problem == "unreachable"
    finally:
        presence.close()


def test_a_port_that_is_taken_is_said_and_tried_again_later(a: Neighbour) -> None:
    turn_on(a.kiosk, host="127.0.0.1", port=a.listener.port)
    presence = Presence(a.kiosk.chance)
    presence.tend(a.kiosk)
    presence.tend(a.kiosk)
    assert presence.problem == "port_taken"
    presence.close()


def free_port() -> int:
    """Find a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
