"""What the lead's screens ask: nothing without a session, nothing with wrong fields; sticks are worked on beside the requests."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from kiosk.app import Kiosk
from kiosk.limits import LEAD_IDLE_MS, SLIP_SHOWN_MS_MAX
from kiosk.media import Medium
from schemas.entry import Attest, Scan, WalkIn
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeClock, FakeServer
from tests.kiosk.lead.conftest import LEAD, PIN, entries, first_code
from tests.kiosk.web.conftest import MakeScreen, Screen

FORM = {
    "called": "小梅", "name": "王小梅", "phone": "13800138000", "guardian": "", "guardian_phone": "", "skills": "",
    "is_minor": False, "agreed": True,
}  # fmt: skip


class Led:
    """A screen with a lead at it."""

    def __init__(self, screen: Screen, server: FakeServer) -> None:
        self.screen = screen
        given = {"code": first_code(server).text(), "who": LEAD, "pin": PIN}
        self.session = screen.post("/api/lead/begin", given).json["session"]

    def get(self, path: str) -> Any:
        return self.screen.get(path, X_Redvest_Lead=self.session)

    def post(self, path: str, body: object) -> Any:
        return self.screen.post(path, body, X_Redvest_Lead=self.session)


@pytest.fixture
def led(screen: Screen, server: FakeServer) -> Led:
    """The lead at the screen of a kiosk at work."""
    return Led(screen, server)


def test_a_lead_reads_what_the_centre_says(led: Led, server: FakeServer, kiosk: Kiosk) -> None:
    server.messages = {"0123456789abcdef": ("<b>大雨将至</b>", 2**50)}
    contact(kiosk, server)
    said = led.get("/api/lead/messages").json["messages"]
    assert said == [{"text": "<b>大雨将至</b>", "until_ms": 2**50}]


def routes(screen: Screen, method: str) -> list[str]:
    """Give every address of the lead that takes this method, but those by which a lead comes."""
    ways = [rule for rule in screen.app.url_map.iter_rules() if method in (rule.methods or ())]
    found = [str(rule) for rule in ways if str(rule).startswith("/api/lead/")]
    return [path for path in found if path not in ("/api/lead/begin", "/api/lead/unlock")]


@pytest.mark.parametrize("session", ["", "x" * 32])
def test_nothing_of_the_lead_is_done_without_a_session(led: Led, session: str) -> None:
    screen = led.screen
    assert len(routes(screen, "POST")) > 15
    for path in routes(screen, "POST"):
        reply = screen.post(path, {}, X_Redvest_Lead=session)
        assert (reply.status_code, reply.json["error"]["code"]) == (401, "lead_needed"), path
    for path in routes(screen, "GET"):
        assert screen.get(path, X_Redvest_Lead=session).status_code == 401, path


@pytest.mark.parametrize(
    "body", [[], {"what": 1}, {"who": "V1"}, {"who": 1, "reason": None}, "x", 7]
)
def test_fields_that_are_not_known_do_nothing(led: Led, enrolled: Kiosk, body: object) -> None:
    before = len(entries(enrolled, object))
    for path in routes(led.screen, "POST"):
        assert led.post(path, body).status_code in (400, 409), path
    assert len(entries(enrolled, object)) == before


def test_an_idle_lead_is_nobody(led: Led, clock: FakeClock) -> None:
    assert led.post("/api/lead/stay", {}).json == {"who": LEAD}
    clock.advance(LEAD_IDLE_MS + 1)
    assert led.post("/api/lead/stay", {}).status_code == 401


def test_who_leaves_is_nobody_and_who_comes_ends_the_session_before(led: Led) -> None:
    other = led.screen.post("/api/lead/unlock", {"who": LEAD, "pin": PIN}).json["session"]
    assert led.post("/api/lead/stay", {}).status_code == 401
    assert led.screen.post("/api/lead/leave", {}, X_Redvest_Lead=other).status_code == 200
    assert led.screen.post("/api/lead/stay", {}, X_Redvest_Lead=other).status_code == 401


def test_a_stranger_learns_only_that_there_are_leads(led: Led) -> None:
    assert led.screen.get("/api/leads").json == {"has_leads": True}
    for who in (LEAD, "V9"):
        reply = led.screen.post("/api/lead/unlock", {"who": who, "pin": "not this"})
        assert (reply.status_code, reply.json["error"]) == (403, {"code": "wrong_pin", "detail": ""})  # fmt: skip


def test_a_walk_in_gets_a_number_and_a_picture(led: Led, enrolled: Kiosk) -> None:
    done = led.post("/api/lead/walk_in", FORM).json
    assert done["number"].endswith(done["short"])
    assert done["answer"]["kind"] == "in"
    assert [one.who for one in entries(enrolled, WalkIn)] == [done["number"]]
    picture = led.screen.get(f"/api/walk_in/{done['number']}.png")
    assert picture.data.startswith(b"\x89PNG")
    assert led.screen.get("/api/walk_in/V0001.png").status_code == 400
    (row,) = led.get("/api/lead/walk_ins").json["walk_ins"]
    assert (row["called"], row["short"]) == ("小梅", done["short"])


def test_the_name_of_a_walk_in_is_told_to_leads_alone(led: Led) -> None:
    led.post("/api/lead/walk_in", FORM)
    told = "".join(led.screen.get(path).text for path in ("/api/state", "/api/roster?part=T"))
    assert "小梅" not in told
    (person,) = led.get("/api/lead/open").json["people"]
    assert person["called"] == "小梅"


def test_a_sheet_whose_rows_are_no_rows_is_refused(led: Led, enrolled: Kiosk) -> None:
    good = {"who": "V1", "in_ms": 1, "out_ms": 0}
    for bad in (1, {}, {**good, "in_ms": True}, {**good, "who": 1}, {**good, "more": 1}):
        reply = led.post("/api/lead/paper", {"rows": [good, bad], "reason": "x"})
        assert reply.json["error"] == {"code": "wrong_usage", "detail": "2"}
    assert entries(enrolled, Attest) == []


def test_who_is_still_here_and_who_forgot_are_told_apart(led: Led, clock: FakeClock) -> None:
    led.screen.scan("V1", typed=True)
    clock.advance(25 * 3_600_000)
    session = led.screen.post("/api/lead/unlock", {"who": LEAD, "pin": PIN}).json["session"]
    led.screen.scan("V2", typed=True)
    found = led.screen.get("/api/lead/open", X_Redvest_Lead=session).json["people"]
    assert [(one["who"], one["forgot"]) for one in found] == [("V2", False), ("V1", True)]


def test_a_slip_is_shown_for_some_minutes_only(screen: Screen, clock: FakeClock) -> None:
    seq = screen.scan("V1", typed=True)["seq"]
    assert screen.get(f"/api/slip/{seq}.png").data.startswith(b"\x89PNG")
    assert screen.get("/api/slip/1.png").status_code == 409
    clock.advance(SLIP_SHOWN_MS_MAX + 1)
    assert screen.get(f"/api/slip/{seq}.png").status_code == 409


def stick(folder: Path) -> Medium:
    """A folder as a stick."""
    return Medium(str(folder), folder.name, 10**9, True, sorted(f.name for f in folder.iterdir()))


def finished(led: Led) -> Any:
    """Wait for the thread of the task, and give how it ended."""
    for thread in threading.enumerate():
        if thread.name == "carrying":
            thread.join(20)
    return led.get("/api/lead/media").json["task"]


def test_what_is_pending_goes_to_a_stick_and_replies_come_in(
    led: Led, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    monkeypatch.setattr("kiosk.web.lead.carry.media", lambda: [stick(folder)])
    led.screen.scan("V1", typed=True)
    assert led.post("/api/lead/export", {"folder": str(folder), "everything": False}).json == {}
    done = finished(led)
    assert (done["is_running"], done["problem"], done["result"]["left"]) == (False, "", 0)
    (file,) = folder.iterdir()
    assert re.fullmatch(r"S1-[a-z2-7]{6}-\d+\.rvb", file.name)
    (folder / "broken.rvb").write_bytes(file.read_bytes()[:-9])
    led.post("/api/lead/accept", {"folder": str(folder), "file": "broken.rvb"})
    assert finished(led)["problem"] == "truncated"
    for elsewhere in (str(tmp_path), "/etc", ""):
        reply = led.post("/api/lead/export", {"folder": elsewhere, "everything": False})
        assert reply.json["error"]["code"] == "stick_failed"


def test_what_the_centre_set_aside_is_told_with_its_reason(led: Led, enrolled: Kiosk) -> None:
    led.screen.scan("V1", typed=True)
    with enrolled.store.write() as db:
        db.execute("INSERT INTO set_aside VALUES (1, 1, 2, 'bad_signature', 1, 5)")
    found = led.get("/api/lead/delivery").json
    aside = {"first": 1, "last": 2, "code": "bad_signature", "kept": True, "wall_ms": 5}
    assert found["set_aside"] == [aside]
    assert (found["exported"], found["alone"]) == (0, found["pending"])


def test_one_stick_at_a_time(led: Led) -> None:
    led.screen.here.carrying.is_running = True
    with pytest.raises(Exception, match="carrying"):
        led.screen.here.carrying.begin("export", lambda _: {}, None)


def test_a_kiosk_is_given_away_only_when_it_is_meant_and_empty(
    led: Led, enrolled: Kiosk, server: FakeServer
) -> None:
    for path in ("/api/lead/unenrol", "/api/lead/wipe"):
        assert led.post(path, {"site": "S2"}).json["error"]["code"] == "wrong_usage"
        assert led.post(path, {"site": "S1"}).json["error"]["code"] == "unsent"
    contact(enrolled, server)
    assert led.post("/api/lead/wipe", {"site": "S1"}).status_code == 200
    state = led.screen.state()
    assert (state["enrolled"], state["sync"]["pending"]) == (False, 0)
    assert led.screen.get("/api/leads").json == {"has_leads": False}


def test_scans_go_on_without_any_lead(make_screen: MakeScreen, enrolled: Kiosk) -> None:
    make_screen(enrolled).scan("V1", typed=True)
    (scan,) = entries(enrolled, Scan)
    assert scan.by == ""
