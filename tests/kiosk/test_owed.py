"""A kiosk that only goes by stick shows the centre its own words, hears of a new epoch, and gives back what was left here."""

from pathlib import Path

import pytest

from kiosk import owed, receipts
from kiosk.accept import accept
from kiosk.app import Kiosk
from kiosk.carried_receipts import hear_epoch
from kiosk.device import require_identity
from kiosk.export import export
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import Database
from kiosk.take_parcel import take_parcel
from sync import parcel, statement
from sync.bundle import WITH_WORDS, Beside
from sync.frames import Kind, enclose
from sync.reply import Answer, write_reply
from sync.words import read_words
from tests.kiosk.carriers import headers_of, pieces_of
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeServer, content_of

LOG = "a" * 32


def left(server: FakeServer, first: int) -> str:
    """Let the centre leave a deposit with its kiosks; give its key."""
    sealed, head = b"sealed %d" % first, bytes([first]) * 32
    text = statement.write(
        "deposit", epoch=server.epoch, log=LOG, first=first, last=first, hash=head,
        digest=parcel.digest(sealed), server_ms=server.clock.wall_ms,
    )  # fmt: skip
    key = f"{LOG}/{first:016d}/{head.hex()[:16]}"
    server.deposits[key] = (text, statement.sign(server.identity, text), sealed)
    return key


def beside(file: Path, server: FakeServer) -> list[tuple[Kind, bytes]]:
    """What stands in front of the batches of a file."""
    private = server.seal.private_bytes_raw()
    return [(p.kind, p.open(private)) for p in pieces_of(file) if isinstance(p, Beside)]


def given(file: Path, server: FakeServer) -> list[int]:
    """The first seqs of the deposits in a file."""
    words = [
        parcel.unpack(wire, server_key=server.public)
        for kind, wire in beside(file, server)
        if kind is Kind.DEPOSIT
    ]
    return [word.first for word in words if isinstance(word, parcel.Deposit)]


def kept(db: Database) -> list[str]:
    """The keys of what waits beside the view."""
    return [key for (key,) in db.execute("SELECT key FROM owed ORDER BY key")]


def exported(kiosk: Kiosk, to: Path) -> Path:
    """Export to a file."""
    export(kiosk, to, everything=False)
    return to


def reply(server: FakeServer, kiosk: Kiosk, wire: bytes, to: Path) -> Path:
    """A reply file with one page for this kiosk."""
    mine = require_identity(kiosk.store)
    frames = write_reply(Answer(mine.log, (), ()), mine.reply_public, [wire])
    to.write_bytes(b"".join(enclose(frames)))
    return to


def central(server: FakeServer) -> bytes:
    """The snapshot of the channel with deposits."""
    return server.page("central", "", 0, 1)


@pytest.fixture
def restored(enrolled: Kiosk, server: FakeServer) -> FakeServer:
    """A server that left three deposits here, and was put back to when it had left one."""
    for first in (1, 2, 3):
        left(server, first)
    contact(enrolled, server)
    for key in sorted(server.deposits)[1:]:
        del server.deposits[key]
    server.epoch = "2"
    server.clock.advance(1_000)
    return server


def test_a_bundle_shows_what_a_hello_would(
    enrolled: Kiosk, server: FakeServer, tmp_path: Path
) -> None:
    left(server, 1)
    contact(enrolled, server)
    scan(enrolled, "V1", direction="in", is_typed=True)
    file = exported(enrolled, tmp_path / "out.rvb")
    ((kind, body),) = beside(file, server)
    assert kind is Kind.WORDS
    names = [text.partition("\n")[0] for text, _ in read_words(body)]
    assert names == ["redvest/1 time", "redvest/1 receipt", "redvest/1 deposit"]
    assert [header.form for header in headers_of(file)] == [WITH_WORDS]


def test_only_the_first_bundle_of_a_file_shows_them(
    enrolled: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.export.BUNDLE_CUT_BYTES", 100)
    for _ in range(9):
        scan(enrolled, "V1", direction=None, is_typed=True)
    monkeypatch.setattr("kiosk.export.BATCH_ENTRIES_MAX", 2)
    file = exported(enrolled, tmp_path / "out.rvb")
    forms = [header.form for header in headers_of(file)]
    assert len(forms) > 1
    assert forms == [WITH_WORDS, *[1] * (len(forms) - 1)]


def test_a_page_of_a_new_epoch_makes_everything_pending_and_keeps_what_the_centre_lacks(
    enrolled: Kiosk, restored: FakeServer, tmp_path: Path
) -> None:
    assert status(enrolled).pending == 0
    done = accept(enrolled, reply(restored, enrolled, central(restored), tmp_path / "r.rvb"))
    assert (done.new_epoch, done.pages) == (True, 1)
    found = status(enrolled)
    assert found.pending == found.recorded > 0
    assert [key[33:49] for key in kept(enrolled.store.db)] == [f"{n:016d}" for n in (2, 3)]
    assert given(exported(enrolled, tmp_path / "o.rvb"), restored) == [3, 2]


def test_what_the_centre_has_again_is_owed_no_longer(
    enrolled: Kiosk, restored: FakeServer, tmp_path: Path
) -> None:
    take_parcel(enrolled.store, central(restored))
    number = restored.number("central")
    restored.epoch, before = "1", restored.epoch
    again = left(restored, 2)
    restored.epoch = before
    rows = {("deposit", again): list(restored.deposits[again])}
    page = restored.parcel(
        "changes", content_of(rows, []), epoch="2", channel="central", after=number, number=number + 1,
    )  # fmt: skip
    assert take_parcel(enrolled.store, page)
    assert [name[33:49] for name in kept(enrolled.store.db)] == [f"{3:016d}"]
    assert given(exported(enrolled, tmp_path / "o.rvb"), restored) == [3]


def test_a_sync_gives_back_what_a_stick_let_go(enrolled: Kiosk, restored: FakeServer) -> None:
    take_parcel(enrolled.store, central(restored))
    restored.whole_from = 0
    contact(enrolled, restored)
    assert sorted(restored.given_back) == [1, 2, 3]
    assert not owed.is_any(enrolled.store.db)


def test_a_sync_keeps_nothing_beside_the_view(enrolled: Kiosk, restored: FakeServer) -> None:
    contact(enrolled, restored)
    assert not owed.is_any(enrolled.store.db)


def test_while_the_view_is_of_an_ended_epoch_all_goes_along(
    enrolled: Kiosk, restored: FakeServer, tmp_path: Path
) -> None:
    assert hear_epoch(enrolled, "2", restored.clock.wall_ms)
    assert given(exported(enrolled, tmp_path / "o.rvb"), restored) == [3, 2, 1]


def test_what_does_not_fit_goes_with_the_next_export(
    enrolled: Kiosk, restored: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear_epoch(enrolled, "2", restored.clock.wall_ms)
    monkeypatch.setattr("kiosk.owed.BUNDLE_DEPOSITS_MAX", 2)
    assert len(owed.for_bundle(enrolled.store.db, 1)) == 2
    monkeypatch.setattr("kiosk.owed.BUNDLE_DEPOSITS_BYTES", 10)
    assert owed.for_bundle(enrolled.store.db, 1) == []


def test_an_old_word_of_another_epoch_takes_nobody_back(
    enrolled: Kiosk, restored: FakeServer
) -> None:
    before = receipts.told(enrolled.store.db, 1)
    assert not hear_epoch(enrolled, "0", restored.clock.wall_ms - 1_000)
    assert receipts.told(enrolled.store.db, 1) == before


def test_a_reply_of_the_present_epoch_changes_nothing(
    enrolled: Kiosk, server: FakeServer, tmp_path: Path
) -> None:
    left(server, 1)
    done = accept(enrolled, reply(server, enrolled, central(server), tmp_path / "r.rvb"))
    assert not done.new_epoch
    assert status(enrolled).pending == 0
