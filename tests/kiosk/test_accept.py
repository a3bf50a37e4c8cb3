"""Files that come back: only what our server signed for our own log counts; what is for others is carried on."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from kiosk import carried
from kiosk.accept import Accepted, accept
from kiosk.app import Kiosk
from kiosk.device import read_identities, require_identity
from kiosk.enrol import enrol
from kiosk.errors import Stopped
from kiosk.export import export
from kiosk.log import hash_at
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import open_store
from kiosk.syncer import sync
from sync.enrolment import read as read_code
from sync.errors import Refused
from sync.frames import enclose
from sync.receipt import Receipt
from sync.reply import SignedText
from tests.kiosk.carriers import BundleServer, code_of, held_by, reply_file, runs_of
from tests.kiosk.conftest import contact, doors_of
from tests.kiosk.fakes import FakeClock, FakeServer, listening


@pytest.fixture
def server(clock: FakeClock) -> Iterator[BundleServer]:
    """A server that takes bundles, too."""
    made = BundleServer(clock)
    with listening(made):
        yield made


@pytest.fixture
def other(server: BundleServer, clock: FakeClock, tmp_path: Path) -> Iterator[Kiosk]:
    """A second kiosk of the same server."""
    store = open_store(tmp_path / "other")
    made = Kiosk(store, clock)
    with doors_of(made, server) as doors:
        enrol(made, doors, read_code(server.code()), url=server.url, post="")
        sync(made, doors)
    yield made
    store.close()


def scans(kiosk: Kiosk, count: int) -> None:
    """Record typed numbers."""
    for number in range(count):
        scan(kiosk, f"V{number}", direction=None, is_typed=True)


def out(kiosk: Kiosk, file: Path) -> bytes:
    """Export what is pending."""
    export(kiosk, file, everything=False)
    return file.read_bytes()


def put(file: Path, data: bytes) -> Path:
    """Write a file."""
    file.write_bytes(data)
    return file


def no(kiosk: Kiosk, file: Path) -> str:
    """The code with which a file is refused, having looked that nothing changed."""
    before = status(kiosk), len(carried.parts(kiosk.home))
    with pytest.raises((Stopped, Refused)) as caught:
        accept(kiosk, file)
    assert (status(kiosk), len(carried.parts(kiosk.home))) == before
    return code_of(caught.value)


def test_a_stick_there_and_back_delivers(
    enrolled: Kiosk, server: BundleServer, tmp_path: Path
) -> None:
    scans(enrolled, 6)
    reply = put(tmp_path / "back.rvb", server.take(out(enrolled, tmp_path / "out.rvb")))
    assert (status(enrolled).pending, status(enrolled).exported) == (7, 7)
    for _ in range(2):
        assert accept(enrolled, reply) == Accepted(proved=7)
        found = status(enrolled)
        assert (found.pending, found.exported, found.held) == (0, 0, found.head)
    assert len(held_by(server, enrolled)) == status(enrolled).head


def test_only_receipts_of_our_server_for_our_hashes_count(
    enrolled: Kiosk, server: BundleServer, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 3)
    identity, head = require_identity(enrolled.store), status(enrolled).head
    own = hash_at(enrolled.store.db, identity, head)
    assert own is not None
    word = Receipt(server.epoch, identity.log, 1, head, own, clock.wall_ms)
    stranger = FakeServer(clock)

    def signed(by: FakeServer, said: Receipt) -> SignedText:
        shown = by.sign_text(said.text())
        return SignedText(shown["statement"], bytes.fromhex(shown["signature"]))

    forged = signed(stranger, word)
    altered = SignedText(word.text().replace("first 1", "first 2"), signed(server, word).signature)
    file = put(
        tmp_path / "x.rvb", reply_file(identity.log, [forged, altered, SignedText("x", bytes(64))])
    )
    done = accept(enrolled, file)
    assert (done.proved, done.refused) == (0, ["bad_signature", "bad_signature", "malformed"])
    assert status(enrolled).pending == 3
    good = put(tmp_path / "y.rvb", reply_file(identity.log, [forged, signed(server, word)]))
    assert accept(enrolled, good).proved == head
    assert status(enrolled).pending == 0


def test_a_receipt_for_another_branch_closes_the_log(
    enrolled: Kiosk, server: BundleServer, clock: FakeClock, tmp_path: Path
) -> None:
    shutil.copytree(enrolled.home, tmp_path / "clone")
    store = open_store(tmp_path / "clone")
    clone = replace(enrolled, store=store)
    scans(clone, 4)
    clock.advance(1_000)
    scans(enrolled, 5)
    back = put(tmp_path / "back.rvb", server.take(out(clone, tmp_path / "clone.rvb")))
    done = accept(enrolled, back)
    assert (done.proved, done.diverged) == (0, True)
    assert len(read_identities(enrolled.store.db)) == 2
    found = status(enrolled)
    assert found.diverged_at == found.logs[0].head
    assert "diverged" in found.alarms
    assert accept(enrolled, back).diverged
    assert len(read_identities(enrolled.store.db)) == 2
    scans(enrolled, 1)
    runs = {log for log, _, _ in _exported(enrolled, tmp_path)}
    assert runs == {identity.log for identity in read_identities(enrolled.store.db)}
    store.close()


def _exported(kiosk: Kiosk, folder: Path) -> list[tuple[str, int, int]]:
    export(kiosk, folder / "both.rvb", everything=False)
    return runs_of(folder / "both.rvb")


def test_an_old_reply_does_not_bring_an_old_epoch_back(
    enrolled: Kiosk, server: BundleServer, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 3)
    old = put(tmp_path / "old.rvb", server.take(out(enrolled, tmp_path / "out.rvb")))
    clock.advance(60_000)
    server.epoch, server.logs = "2", {}
    contact(enrolled, server)
    assert status(enrolled).pending == 0
    clock.advance(60_000)
    assert accept(enrolled, old).proved == 0
    assert status(enrolled).pending == 0


def test_a_reply_of_a_new_epoch_makes_everything_pending_that_it_does_not_prove(
    enrolled: Kiosk, server: BundleServer, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 3)
    contact(enrolled, server)
    head = status(enrolled).head
    clock.advance(60_000)
    server.epoch, server.logs = "2", {}
    scans(enrolled, 2)
    back = put(tmp_path / "back.rvb", server.take(out(enrolled, tmp_path / "out.rvb")))
    assert accept(enrolled, back).proved == 3
    assert status(enrolled).pending == head
    again = put(tmp_path / "again.rvb", server.take(out(enrolled, tmp_path / "out2.rvb")))
    accept(enrolled, again)
    assert status(enrolled).pending == 0
    assert len(held_by(server, enrolled)) == head + 3


def test_what_was_set_aside_is_shown_to_the_lead(
    enrolled: Kiosk, server: BundleServer, tmp_path: Path
) -> None:
    scans(enrolled, 2)
    server.aside = lambda _batch: "branch_limit"
    back = put(tmp_path / "back.rvb", server.take(out(enrolled, tmp_path / "out.rvb")))
    assert accept(enrolled, back).set_aside == 1
    found = status(enrolled)
    assert [(part.code, part.kept) for part in found.set_aside] == [("branch_limit", True)]
    assert (found.state, found.pending) == ("attention", 3)


def test_cut_off_altered_foreign_or_no_file_at_all_is_refused(
    enrolled: Kiosk, server: BundleServer, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 3)
    whole, chance = server.take(out(enrolled, tmp_path / "out.rvb")), Random(1)
    for _ in range(30):
        cut = put(tmp_path / "x", whole[: chance.randrange(1, len(whole))])
        assert no(enrolled, cut) == "truncated"
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert no(enrolled, put(tmp_path / "x", bytes(data))) in (
            "altered",
            "truncated",
            "not_a_bundle",
        )
    assert no(enrolled, put(tmp_path / "x", b"")) == "not_a_bundle"
    assert no(enrolled, put(tmp_path / "x", b"".join(enclose([])))) == "not_a_bundle"
    assert no(enrolled, tmp_path / "absent") == "not_found"
    assert no(enrolled, tmp_path) == "not_a_bundle"
    (tmp_path / "link").symlink_to(tmp_path / "out.rvb")
    assert no(enrolled, tmp_path / "link") == "not_a_bundle"
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(3_000_000_000)
    assert no(enrolled, tmp_path / "huge") == "too_large"


def test_a_bundle_for_another_centre_is_not_carried(
    enrolled: Kiosk, clock: FakeClock, tmp_path: Path
) -> None:
    elsewhere, store = BundleServer(clock), open_store(tmp_path / "far")
    far = Kiosk(store, clock)
    with listening(elsewhere), doors_of(far, elsewhere) as doors:
        enrol(far, doors, read_code(elsewhere.code()), url=elsewhere.url, post="")
    out(far, tmp_path / "far.rvb")
    assert no(enrolled, tmp_path / "far.rvb") == "not_our_server"
    store.close()


def test_another_kiosks_bundle_is_carried_and_goes_out_with_the_next_export(
    enrolled: Kiosk, other: Kiosk, server: BundleServer, tmp_path: Path
) -> None:
    scans(other, 5)
    out(other, tmp_path / "other.rvb")
    assert accept(enrolled, tmp_path / "other.rvb") == Accepted(kept=1)
    assert accept(enrolled, tmp_path / "other.rvb") == Accepted(known=1)
    assert status(enrolled).carried == 1
    both = out(enrolled, tmp_path / "both.rvb")
    assert {log for log, _, _ in runs_of(tmp_path / "both.rvb")} == {
        require_identity(other.store).log
    }
    back = put(tmp_path / "back.rvb", server.take(both))
    done = accept(enrolled, back)
    assert (done.kept, done.done) == (1, 1)
    assert status(enrolled).carried == 0
    out(enrolled, tmp_path / "home.rvb")
    assert status(other).pending == 6
    assert accept(other, tmp_path / "home.rvb").proved == 6
    assert status(other).pending == 0


def test_an_old_reply_does_not_drop_what_is_carried_to_a_restored_centre(
    enrolled: Kiosk, other: Kiosk, server: BundleServer, clock: FakeClock, tmp_path: Path
) -> None:
    scans(other, 5)
    accept(enrolled, put(tmp_path / "other.rvb", out(other, tmp_path / "out.rvb")))
    old = put(tmp_path / "old.rvb", server.take(out(enrolled, tmp_path / "both.rvb")))
    clock.advance(60_000)
    server.epoch, server.logs = "2", {}
    scans(enrolled, 1)
    contact(enrolled, server)
    assert accept(enrolled, old).done == 0
    assert status(enrolled).carried == 1
    clock.advance(60_000)
    new = put(tmp_path / "new.rvb", server.take(out(enrolled, tmp_path / "again.rvb")))
    assert accept(enrolled, new).done == 1
    assert status(enrolled).carried == 0
    assert len(held_by(server, other)) == 6


def test_a_reply_of_a_centre_that_was_restored_since_lets_go_of_what_it_proves(
    enrolled: Kiosk, other: Kiosk, server: BundleServer, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 1)
    contact(enrolled, server)
    scans(other, 5)
    accept(enrolled, put(tmp_path / "other.rvb", out(other, tmp_path / "out.rvb")))
    clock.advance(60_000)
    server.epoch, server.logs = "2", {}
    new = put(tmp_path / "new.rvb", server.take((tmp_path / "out.rvb").read_bytes()))
    assert accept(enrolled, new).done == 1


def test_a_newer_bundle_takes_the_place_of_those_it_holds(
    enrolled: Kiosk, other: Kiosk, tmp_path: Path
) -> None:
    for _ in range(3):
        scans(other, 2)
        out(other, tmp_path / "other.rvb")
        accept(enrolled, tmp_path / "other.rvb")
    (part,) = carried.bundles(enrolled.home)
    header = part.header()
    assert header is not None
    assert header.runs[0].last == status(other).head


def test_what_is_carried_is_bounded_and_replies_give_way(
    enrolled: Kiosk, other: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "CARRIED_PARTS_MAX", 2)
    for letter in "abc":
        file = put(tmp_path / "r.rvb", reply_file(letter * 32, []))
        assert accept(enrolled, file).kept == 1
    assert len(carried.parts(enrolled.home)) == 2
    scans(other, 1)
    out(other, tmp_path / "other.rvb")
    accept(enrolled, tmp_path / "other.rvb")
    assert [part.is_bundle for part in carried.parts(enrolled.home)] == [False, True] or [
        part.is_bundle for part in carried.parts(enrolled.home)
    ] == [True, False]
    monkeypatch.setattr(carried, "CARRIED_BYTES_MAX", 100)
    scans(other, 1)
    monkeypatch.setattr(carried, "_drop_covered", lambda *_: None)
    out(other, tmp_path / "more.rvb")
    assert accept(enrolled, tmp_path / "more.rvb").refused == ["quota"]
    assert len(carried.bundles(enrolled.home)) == 1


def test_a_damaged_part_keeps_nothing_else_from_being_exported(
    enrolled: Kiosk, other: Kiosk, tmp_path: Path
) -> None:
    scans(other, 2)
    out(other, tmp_path / "other.rvb")
    accept(enrolled, tmp_path / "other.rvb")
    (part,) = carried.bundles(enrolled.home)
    part.file.write_bytes(part.file.read_bytes()[:-9])
    scans(enrolled, 2)
    assert export(enrolled, tmp_path / "mine.rvb", everything=False).carried == 0
    assert [log for log, _, _ in runs_of(tmp_path / "mine.rvb")] == [
        require_identity(enrolled.store).log
    ]


def test_what_is_let_go_during_an_export_is_exported_all_the_same(
    enrolled: Kiosk, other: Kiosk, tmp_path: Path
) -> None:
    scans(other, 2)
    out(other, tmp_path / "other.rvb")
    accept(enrolled, tmp_path / "other.rvb")
    with carried.open_parts(enrolled.home) as (file,):
        (part,) = carried.bundles(enrolled.home)
        size = part.size
        part.drop()
        assert len(b"".join(carried.frames_of(file))) == size - 17 - 37


def test_the_own_bundle_is_not_carried(enrolled: Kiosk, tmp_path: Path) -> None:
    out(enrolled, tmp_path / "own.rvb")
    assert accept(enrolled, tmp_path / "own.rvb") == Accepted()
    assert not carried.parts(enrolled.home)
