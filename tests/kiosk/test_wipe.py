"""Wipe and unenrol refuse while anything would be lost (I10), and leave nothing that tells of people."""

from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.export import export
from kiosk.join import join
from kiosk.roster import is_known
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import KEY_FILE, STORE_FILE, open_store
from kiosk.unenrol import unenrol
from kiosk.wipe import wipe
from sync.enrolment import read
from tests.kiosk.conftest import Run, contact
from tests.kiosk.fakes import FakeClock, FakeServer, listening


def test_nothing_goes_while_an_entry_is_unsent(enrolled: Kiosk) -> None:
    scan(enrolled, "V1", direction=None, is_typed=True)
    for act in (wipe, unenrol):
        with pytest.raises(Stopped, match=r"unsent: 1$"):
            act(enrolled)
    assert scan(enrolled, "V1", direction=None, is_typed=True).head.seq


def test_what_was_sent_or_left_on_a_stick_keeps_nobody(
    enrolled: Kiosk, server: FakeServer, tmp_path: Path
) -> None:
    scan(enrolled, "V1", direction=None, is_typed=True)
    contact(enrolled, server)
    scan(enrolled, "V2", direction=None, is_typed=True)
    export(enrolled, tmp_path / "out.rvb", everything=False)
    home = enrolled.home
    wipe(enrolled)
    assert not (home / STORE_FILE).exists()
    assert not (home / KEY_FILE).exists()
    made = open_store(home)
    assert made.db.execute("SELECT count(*) FROM entries").fetchone() == (0,)
    made.close()


def test_a_scan_that_comes_while_it_is_wiped_is_not_confirmed(
    enrolled: Kiosk, clock: FakeClock
) -> None:
    other = Kiosk(open_store(enrolled.home), clock)
    wipe(enrolled)
    with pytest.raises(sqlite.Error):
        scan(other, "V1", direction=None, is_typed=True)
    other.store.close()


def test_an_unenrolled_kiosk_keeps_its_log_and_forgets_people(
    enrolled: Kiosk, server: FakeServer
) -> None:
    server.roster = ["V0001"]
    contact(enrolled, server)
    assert is_known(enrolled.store.db, "V0001")
    log = device.require_identity(enrolled.store).log
    recorded = status(enrolled).recorded
    assert unenrol(enrolled) == "S1"
    assert not is_known(enrolled.store.db, "V0001")
    with pytest.raises(Stopped, match="not_enrolled"):
        scan(enrolled, "V1", direction=None, is_typed=True)
    with pytest.raises(Stopped, match="not_enrolled"):
        unenrol(enrolled)
    join(enrolled, read(server.code()), url=server.url, post="")
    assert (device.require_identity(enrolled.store).log, status(enrolled).recorded >= recorded) == (log, True)  # fmt: skip
    assert is_known(enrolled.store.db, "V0001")


def test_an_unenrolled_kiosk_stays_with_its_centre(enrolled: Kiosk, clock: FakeClock) -> None:
    unenrol(enrolled)
    stranger = FakeServer(clock)
    with listening(stranger), pytest.raises(Stopped, match="not_our_server"):
        join(enrolled, read(stranger.code()), url=stranger.url, post="")


def test_the_commands_ask_to_be_meant(run: Run, server: FakeServer) -> None:
    assert run("enrol", server.code(), "--server", server.url).status == 0
    for command in ("unenrol", "wipe"):
        assert run(command).status == 2
    assert run("scan", "--typed", "V1").status == 0
    refused = run("wipe", "--yes")
    assert (refused.status, refused.data["error"]["code"]) == (5, "unsent")
    assert run("sync").status == 0
    assert run("unenrol", "--yes").data == {"unenrolled": "S1"}
    assert run("wipe", "--yes").data == {"wiped": True}
    assert run("status").data["recorded"] == 0
