"""A kiosk whose log the centre revoked says so everywhere, and goes on recording and delivering all the same."""

from kiosk import device
from kiosk.app import Kiosk
from kiosk.doctor import doctor
from kiosk.health import concerns
from kiosk.scan import scan
from kiosk.status import status
from tests.kiosk.conftest import Run, contact
from tests.kiosk.fakes import FakeServer


def revoke(kiosk: Kiosk, server: FakeServer) -> None:
    """Let the server say that this kiosk's log was revoked, and the kiosk hear it."""
    server.lost.add(device.require_identity(kiosk.store).log)
    assert contact(kiosk, server).outcome.revoked


def test_a_revoked_log_is_an_alarm_until_the_server_says_otherwise(
    enrolled: Kiosk, server: FakeServer
) -> None:
    assert "revoked" not in status(enrolled).alarms
    revoke(enrolled, server)
    found = status(enrolled)
    assert (found.state, found.alarms) == ("attention", ["revoked"])
    server.lost.clear()
    contact(enrolled, server)
    assert status(enrolled).alarms == []


def test_the_screen_shows_it_in_red(enrolled: Kiosk, server: FakeServer) -> None:
    revoke(enrolled, server)
    said = {one.code: one.level for one in concerns(enrolled, status(enrolled))}
    assert said["revoked"] == "red"


def test_the_doctor_names_it(enrolled: Kiosk, server: FakeServer) -> None:
    revoke(enrolled, server)
    found = doctor(lambda: enrolled, lambda _enrolment: "")
    assert [each.ok for each in found if each.name == "log_not_revoked"] == [False]


def test_a_revoked_kiosk_goes_on_recording_and_delivering(
    enrolled: Kiosk, server: FakeServer
) -> None:
    revoke(enrolled, server)
    before = device.require_identity(enrolled.store).log
    scan(enrolled, "V1", direction="in", is_typed=True)
    done = contact(enrolled, server)
    assert (done.pending, done.log) == (0, before)
    assert [type(entry).__name__ for entry in server.entries(before)].count("Scan") == 1


def test_sync_says_it_in_words_and_is_partly_done(run: Run, server: FakeServer) -> None:
    assert run("enrol", server.code(), "--server", server.url).status == 0
    server.lost.add(run("status").data["log"])
    done = run("sync")
    assert (done.status, done.data["revoked"]) == (3, True)
    said = run("sync", as_json=False).out
    assert "revoked" in said
    assert "not enrolled" not in said
    assert "revoked" in run("status", as_json=False).out
