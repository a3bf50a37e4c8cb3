"""What is always visible, told from the store; a store that cannot be used never looks well."""

from pathlib import Path

from kiosk.app import Kiosk
from kiosk.device import SyncState, write
from kiosk.limits import SEARCH_ROWS_MAX
from kiosk.store import STORE_FILE
from tests.kiosk.fakes import FakeClock, FakeServer
from tests.kiosk.web.conftest import MakeScreen, Screen


def test_it_says_where_who_and_how_delivery_stands(screen: Screen, clock: FakeClock) -> None:
    screen.scan("V0001", typed=True)
    clock.advance(60_000)
    screen.scan("V0002", typed=True)
    state = screen.state()
    assert (state["site"], state["site_name"], state["enrolled"]) == ("S1", "东门卡口", True)
    assert [person["who"] for person in state["duty"]["people"]] == ["V0002", "V0001"]
    assert (state["duty"]["count"], state["sync"]["pending"], state["sync"]["state"]) == (2, 2, "pending")  # fmt: skip
    assert state["wall_ms"] == clock.wall_ms


def test_it_never_says_fine_while_something_is_stuck(screen: Screen, enrolled: Kiosk) -> None:
    assert screen.state()["sync"]["state"] == "fine"
    stuck = SyncState(success_ms=1, attempt_ms=2, failures=4, next_try_ms=3, problem="not_our_server")  # fmt: skip
    with enrolled.store.write() as db:
        write(db, "sync", stuck)
    state = screen.state()
    assert state["sync"]["state"] == "attention"
    assert (state["sync"]["problem"], state["sync"]["failures"]) == ("not_our_server", 4)
    assert "sync_failing" in [concern["code"] for concern in state["concerns"]]


def test_a_clock_in_doubt_is_told_with_the_reason(screen: Screen, clock: FakeClock) -> None:
    clock.wall_ms -= 10**10
    assert screen.state()["clock_doubts"] == ["clock_skew"]


def test_scans_by_another_process_are_seen(screen: Screen, enrolled: Kiosk) -> None:
    from kiosk.scan import scan

    screen.state()
    scan(enrolled, "V0009", direction=None, is_typed=True)
    assert screen.state()["duty"]["people"][0]["who"] == "V0009"


def test_a_damaged_store_is_told_and_taken_again_once_it_is_back(
    screen: Screen, enrolled: Kiosk, tmp_path: Path
) -> None:
    screen.scan("V1", typed=True)
    enrolled.store.close()
    screen.here.drop()
    store = enrolled.home / STORE_FILE
    whole = store.read_bytes()
    store.write_bytes(b"no database" * 1_000)
    reply = screen.get("/api/state")
    assert (reply.status_code, reply.json["error"]["code"]) == (503, "store_damaged")
    scan = screen.post("/api/scan", {"text": "V1", "typed": True, "direction": "auto"})
    assert scan.json["error"]["code"] == "store_damaged"
    store.write_bytes(whole)
    assert screen.state()["duty"]["count"] == 1


def test_a_store_that_was_put_aside_is_not_written_on(
    enrolled: Kiosk, make_screen: MakeScreen
) -> None:
    screen = make_screen(enrolled)
    screen.scan("V1", typed=True)
    (enrolled.home / STORE_FILE).rename(enrolled.home / "aside.db")
    assert screen.state()["enrolled"] is False
    reply = screen.post("/api/scan", {"text": "V1", "typed": True, "direction": "auto"})
    assert reply.json["error"]["code"] == "not_enrolled"


def test_a_number_is_found_by_any_part_of_it(screen: Screen, enrolled: Kiosk) -> None:
    rows = [(f"V{number:04d}",) for number in range(30)] + [("x-1",)]
    enrolled.store.db.executemany("INSERT INTO roster VALUES (?)", rows)
    found = screen.get("/api/roster?part=v000").json
    assert (found["numbers"][:2], found["is_known"]) == (["V0000", "V0001"], False)
    assert len(screen.get("/api/roster?part=V").json["numbers"]) == SEARCH_ROWS_MAX
    assert screen.get("/api/roster?part=X-").json["numbers"] == ["x-1"]
    assert screen.get("/api/roster?part=V0007").json["is_known"] is True


def test_a_part_that_is_none_finds_nothing(screen: Screen) -> None:
    for part in ("", "%25", "_", "阿", "V" * 21, "'%20OR%201"):
        assert screen.get(f"/api/roster?part={part}").json["numbers"] == []


def test_a_sync_is_asked_for_and_counted(screen: Screen) -> None:
    assert screen.post("/api/sync", {}).json == {"count": 0}
    assert screen.here.worker._is_asked is True
    assert screen.state()["sync"]["count"] == 0


def test_a_kiosk_enrols_from_the_screen_once(
    kiosk: Kiosk, make_screen: MakeScreen, server: FakeServer
) -> None:
    screen = make_screen(kiosk)
    body = {"code": server.code(), "server": server.url, "post": "P01"}
    assert screen.post("/api/enrol", body).json["site"] == "S1"
    assert screen.post("/api/enrol", body).status_code == 200
    assert screen.state()["enrolled"] is True
    other = screen.post("/api/enrol", body | {"code": server.code()})
    assert (other.status_code, other.json["error"]["code"]) == (409, "already_enrolled")


def test_what_is_wrong_with_an_enrolment_is_named(
    kiosk: Kiosk, make_screen: MakeScreen, server: FakeServer
) -> None:
    screen = make_screen(kiosk)
    sound = {"code": server.code(), "server": server.url, "post": ""}
    for change, code in (
        ({"code": "AAAAA"}, "bad_code"),
        ({"server": "http://example.com"}, "insecure_url"),
        ({"server": "ftp://x"}, "wrong_usage"),
        ({"post": "a b"}, "wrong_usage"),
        ({"server": "http://127.0.0.1:9"}, "unreachable"),
    ):
        assert screen.post("/api/enrol", sound | change).json["error"]["code"] == code
    assert screen.state()["enrolled"] is False


def test_a_post_is_named_where_its_name_is_known(screen: Screen, enrolled: Kiosk) -> None:
    from dataclasses import replace

    from kiosk.device import require_enrolment

    place = require_enrolment(enrolled.store.db)
    with enrolled.store.write() as db:
        write(db, "enrolment", replace(place, post="P01"))
    assert screen.state()["post_name"] == "P01"
    enrolled.store.db.execute("INSERT OR REPLACE INTO posts VALUES ('P01', '东门测温')")
    assert screen.state()["post_name"] == "东门测温"
