"""Slips from a kiosk: a code that any phone opens, of an entry that stays pending."""

from pathlib import Path

import pytest
from PIL import Image

from kiosk.app import Kiosk
from kiosk.device import require_identity
from kiosk.errors import Stopped
from kiosk.log import entry_at, hash_at
from kiosk.scan import scan
from kiosk.slip import slip
from kiosk.status import status
from schemas.entry import Scan
from sync.canonical import understand
from sync.slip import read_slip
from tests.kiosk.conftest import Run, contact
from tests.kiosk.fakes import FakeServer
from tests.qr import qr_codes


def test_the_last_scan_is_given_as_a_slip(enrolled: Kiosk, server: FakeServer) -> None:
    recorded = scan(enrolled, "V7", direction=None, is_typed=True)
    contact(enrolled, server)
    found = slip(enrolled)
    assert (found.log, found.seq) == (recorded.log, recorded.head.seq)
    url, _, text = found.link.partition("#")
    assert url == f"{server.url}/s"
    batch = read_slip(text)
    assert (batch.log, batch.first, batch.head) == (recorded.log, *recorded.head)
    entry = understand(batch.bodies[0])
    assert isinstance(entry, Scan)
    assert entry.who == "V7"


def test_any_entry_can_be_chosen_and_stays_pending(enrolled: Kiosk) -> None:
    scan(enrolled, "V7", direction=None, is_typed=True)
    identity = require_identity(enrolled.store)
    for seq in (1, status(enrolled).head):
        batch = read_slip(slip(enrolled, seq).link.partition("#")[2])
        assert batch.head == hash_at(enrolled.store.db, identity, seq)
        assert entry_at(enrolled.store.db, identity, seq) == understand(batch.bodies[0])
    assert status(enrolled).pending == 1


@pytest.mark.parametrize("seq", [None, 0, -1, 10_000])
def test_without_such_an_entry_there_is_no_slip(enrolled: Kiosk, seq: int | None) -> None:
    with pytest.raises(Stopped) as caught:
        slip(enrolled, seq)
    assert caught.value.code == "not_found"


def test_the_command_draws_a_code_that_a_phone_reads(
    run: Run, server: FakeServer, tmp_path: Path
) -> None:
    assert run("slip").data["error"]["code"] == "not_enrolled"
    run("enrol", server.code(), "--server", server.url)
    badge = server.print_badge("CS000001")
    run("scan", badge)
    ran = run("slip", "--out", str(tmp_path / "slip.png"))
    assert ran.status == 0
    with Image.open(tmp_path / "slip.png") as picture:
        (code,) = qr_codes(picture)
    assert code.text == ran.data["link"]
    assert ran.data["version"] <= 14
    assert run("slip", str(ran.data["seq"])).data["link"] == ran.data["link"]
    assert ran.data["link"] in run("slip", as_json=False).out
    assert run("slip", "0").status == 2
    assert run("slip", "--out", str(tmp_path)).status == 2
