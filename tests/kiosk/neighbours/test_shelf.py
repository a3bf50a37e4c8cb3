"""What is kept for neighbours is bounded, by author and altogether; old bundles that anybody saved displace nothing."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk import carried
from kiosk.accept import accept
from kiosk.errors import Stopped
from kiosk.export import export
from kiosk.limits import NEIGHBOUR_BUNDLES_OF_ONE, RETURNED_MAX
from kiosk.neighbours import shelf
from kiosk.neighbours.parts import RETURNED
from kiosk.neighbours.shelf import take_in
from sync import statement
from sync.bundle import Signed
from sync.carried import read_pieces
from sync.errors import Refused
from sync.frames import enclose
from sync.ids import log_id
from sync.receipt import Receipt
from sync.reply import Answer, SignedText, write_reply
from tests.kiosk.carriers import BundleServer, code_of, headers_of
from tests.kiosk.neighbours.conftest import Neighbour


class Free(NamedTuple):
    """What a disk says of itself."""

    total: int
    used: int
    free: int


def bundle_of(one: Neighbour) -> bytes:
    """What a kiosk has ready, made anew."""
    one.calls()
    return (one.kiosk.home / "staged" / "own.bundle").read_bytes()


def take(there: Neighbour, file: bytes, members: set[str], by: str = "") -> bool:
    """Take a part in."""
    return take_in(there.me, members, io.BytesIO(file), by=by)


def no(work: Callable[[], object]) -> str:
    """The code with which something is refused."""
    with pytest.raises((Stopped, Refused)) as caught:
        work()
    return code_of(caught.value)


def deliveries(a: Neighbour, count: int) -> list[bytes]:
    """Bundles of which none covers another: between them the centre takes in what there is."""
    found = []
    for number in range(count):
        a.scans(f"V{number}")
        found.append(bundle_of(a))
        a.delivers()
    return found


def last_of(file: bytes) -> int:
    """Up to which seq a bundle reaches."""
    signed = next(p for p in read_pieces(io.BytesIO(file).read) if isinstance(p, Signed))
    return signed.header.runs[-1].last


def test_nothing_of_a_log_without_the_centres_word_is_kept(a: Neighbour, b: Neighbour) -> None:
    a.scans("V1")
    file = bundle_of(a)
    assert no(lambda: take(b, file, set())) == "not_enrolled"
    assert no(lambda: take(b, file, {b.log, "a" * 32})) == "not_enrolled"
    assert carried.parts(b.kiosk.home) == []
    assert take(b, file, {a.log})


def test_a_log_has_few_bundles_and_those_that_reach_farthest_stay(
    a: Neighbour, b: Neighbour
) -> None:
    made = deliveries(a, NEIGHBOUR_BUNDLES_OF_ONE + 2)
    for file in made:
        take(b, file, {a.log})
    lasts = [last_of(part.file.read_bytes()) for part in carried.bundles(b.kiosk.home)]
    assert sorted(lasts) == [last_of(file) for file in made[2:]]
    for old in made[:2]:
        assert take(b, old, {a.log}) is False  # it was let go: nobody need bring it
    (b.kiosk.home / carried.FOLDER / carried.DONE).unlink()
    assert no(lambda: take(b, made[0], {a.log})) == "quota"
    assert take(b, made[0], {a.log}, by=a.log), "its author knows best"


def test_there_is_an_end_to_what_is_kept_and_sticks_have_room_beyond_it(
    a: Neighbour, b: Neighbour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "NEIGHBOUR_PARTS_MAX", 1)
    first, second = deliveries(a, 2)
    assert take(b, first, {a.log})
    assert no(lambda: take(b, second, {a.log}, by=a.log)) == "quota"
    a.scans("V9")
    export(a.kiosk, tmp_path / "stick.rvb", everything=False)
    assert accept(b.kiosk, tmp_path / "stick.rvb").kept == 1
    monkeypatch.setattr(shelf, "NEIGHBOUR_PARTS_MAX", 9)
    monkeypatch.setattr(shelf, "NEIGHBOUR_BYTES_MAX", len(second))
    assert no(lambda: take(b, second, {a.log}, by=a.log)) == "quota"


def test_a_disk_that_is_nearly_full_is_for_own_scans(
    a: Neighbour, b: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    a.scans("V1")
    file = bundle_of(a)
    monkeypatch.setattr(shutil, "disk_usage", lambda _home: Free(10**9, 9 * 10**8, 10**8))
    assert no(lambda: take(b, file, {a.log})) == "quota"


def test_a_reply_with_a_receipt_that_our_centre_never_signed_is_refused_whole(
    a: Neighbour, b: Neighbour, server: BundleServer
) -> None:
    a.scans("V1")
    take(b, bundle_of(a), {a.log})
    (header,) = [part.header() for part in carried.bundles(b.kiosk.home)]
    assert header is not None
    log, first, last = header.runs[0]
    text = Receipt(server.epoch, log, first, last, bytes(32), 2**40).text()  # type: ignore[arg-type] # bytes
    for signature in (bytes(64), statement.sign(a.me.key, text)):
        frames = write_reply(Answer(a.me.log, (SignedText(text, signature),), ()), header.reply, [])
        forged = b"".join(enclose(frames))
        for log_of in (a, b):
            assert no(lambda f=forged, x=log_of: take(x, f, {a.log})) == "bad_signature"  # type: ignore[misc] # bound now
    assert len(carried.bundles(b.kiosk.home)) == 1


def test_an_older_reply_takes_no_newer_ones_place(
    a: Neighbour, b: Neighbour, server: BundleServer
) -> None:
    a.scans("V1")
    old = server.take(bundle_of(a))
    a.scans("V2")
    newer = server.take(bundle_of(a))
    assert take(b, newer, {a.log})
    assert not take(b, old, {a.log})
    assert (b.kiosk.home / carried.FOLDER / f"{a.log}.reply").read_bytes() == newer


def test_own_entries_that_somebody_brings_are_not_kept(a: Neighbour) -> None:
    a.scans("V1")
    assert take(a, bundle_of(a), {a.log}) is False
    assert carried.parts(a.kiosk.home) == []


def test_few_replies_wait_to_be_read(a: Neighbour, server: BundleServer) -> None:
    a.scans("V1")
    file = bundle_of(a)
    for _ in range(RETURNED_MAX + 3):
        server.clock.advance(1)
        take(a, server.take(file), set())
    assert len(list((a.kiosk.home / RETURNED).glob("*.reply"))) == RETURNED_MAX


def test_several_parts_in_one_file_are_for_sticks(
    a: Neighbour, b: Neighbour, tmp_path: Path
) -> None:
    for number in range(2):
        a.scans(f"V{number}")
        export(a.kiosk, tmp_path / f"{number}.rvb", everything=False)
        accept(b.kiosk, tmp_path / f"{number}.rvb")
        a.delivers()
    export(b.kiosk, tmp_path / "both.rvb", everything=False)
    assert len(headers_of(tmp_path / "both.rvb")) > 1
    both = (tmp_path / "both.rvb").read_bytes()
    assert no(lambda: take(a, both, {a.log, b.log, log_id(bytes(32))})) == "malformed"
