"""What was altered is found, and named by its first entry."""

from pathlib import Path

import pytest

from kiosk import device
from kiosk.app import Kiosk
from kiosk.scan import scan
from kiosk.store import STORE_FILE
from kiosk.verify import Verified, verify
from sync.chain import link
from tests.kiosk.conftest import Run, contact
from tests.kiosk.fakes import FakeServer

BAD = 5


@pytest.fixture
def busy(enrolled: Kiosk, server: FakeServer) -> Kiosk:
    """A kiosk with a dozen entries, all delivered."""
    for number in range(8):
        scan(enrolled, f"V{number}", direction=None, is_typed=True)
    contact(enrolled, server)
    return enrolled


def checked(kiosk: Kiosk) -> Verified:
    return verify(kiosk, lambda _done, _total: None)


def unguarded(kiosk: Kiosk) -> None:
    for trigger in ("entries_stay", "entries_stand", "entries_follow"):
        kiosk.store.db.execute(f"DROP TRIGGER {trigger}")


def test_nothing_altered_is_clean(busy: Kiosk) -> None:
    found = checked(busy)
    assert (found.entries, found.receipts, found.faults) == (13, 2, [])


def test_an_altered_byte_is_found_at_its_entry(busy: Kiosk) -> None:
    unguarded(busy)
    db = busy.store.db
    (body,) = db.execute("SELECT body FROM entries WHERE seq = ?", (BAD,)).fetchone()
    altered = body[:-1] + bytes([body[-1] ^ 1])
    db.execute("UPDATE entries SET body = ? WHERE seq = ?", (altered, BAD))
    assert checked(busy).first_bad == BAD


def test_a_missing_entry_is_found(busy: Kiosk) -> None:
    unguarded(busy)
    busy.store.db.execute("DELETE FROM entries WHERE seq = ?", (BAD,))
    assert checked(busy).first_bad == BAD


def test_a_chain_forged_anew_does_not_fit_its_receipts(busy: Kiosk) -> None:
    unguarded(busy)
    db = busy.store.db
    rows = db.execute("SELECT seq, body FROM entries ORDER BY seq").fetchall()
    previous = bytes(device.require_identity(busy.store).genesis)
    for seq, body in rows:
        forged = body.replace(b"V3", b"V4")
        previous = link(previous, forged)
        db.execute("UPDATE entries SET hash = ?, body = ? WHERE seq = ?", (previous, forged, seq))
    found = checked(busy)
    assert [fault.what for fault in found.faults] == ["receipt does not fit the log"]


def test_entries_cut_off_the_end_are_missed_by_their_receipt(busy: Kiosk) -> None:
    unguarded(busy)
    busy.store.db.execute("DELETE FROM entries WHERE seq > 9")
    assert checked(busy).first_bad == 13


def test_an_entry_not_in_its_only_form_is_found(busy: Kiosk) -> None:
    unguarded(busy)
    db = busy.store.db
    seq, before, body = db.execute(
        "SELECT seq, hash, body FROM entries ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    del before
    (previous,) = db.execute("SELECT hash FROM entries WHERE seq = ?", (seq - 1,)).fetchone()
    long = body[:1] + b"\xd9" + bytes([body[1] & 0x1F]) + body[2:]
    row = (link(previous, long), long, seq)
    db.execute("UPDATE entries SET hash = ?, body = ? WHERE seq = ?", row)
    assert checked(busy).faults[0].what == "entry not_canonical"


def test_the_command_ends_with_six(run: Run, server: FakeServer, tmp_path: Path) -> None:
    run("enrol", server.code(), "--server", server.url)
    for number in range(40):
        run("scan", "x" * number)
    file = tmp_path / "cli-home" / STORE_FILE
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    ran = run("verify")
    assert (ran.status, ran.data["clean"]) == (6, False)
    file.write_bytes(bytes(len(data)))
    assert run("verify").status == 6
    assert (run("scan", "y").status, run("status").data["error"]["code"]) == (1, "store_damaged")


def test_a_long_check_tells_how_far_it_is(busy: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.verify.CHUNK_ENTRIES", 5)
    told: list[tuple[int, int]] = []
    verify(busy, lambda done, total: told.append((done, total)))
    assert told == [(5, 13), (10, 13)]
