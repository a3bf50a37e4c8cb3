"""Neighbours as couriers: what one recorded is with the others before it is at the centre, and receipts come back that way."""

import io
import shutil
from dataclasses import replace

import pytest

from kiosk import carried
from kiosk.errors import Stopped
from kiosk.limits import SYNC_IDLE_MS
from kiosk.neighbours.met import neighbours
from kiosk.neighbours.rounds import read_returned
from kiosk.neighbours.setting import turn_off
from kiosk.neighbours.shelf import take_in
from kiosk.status import status
from kiosk.wipe import wipe
from schemas.entry import Scan
from tests.kiosk.carriers import BundleServer, held_by
from tests.kiosk.fakes import FakeClock
from tests.kiosk.neighbours.conftest import MakeNeighbour, Neighbour


def whos(server: BundleServer, one: Neighbour) -> list[str]:
    """Whose scans the centre holds of a kiosk."""
    return [entry.who for entry in held_by(server, one.kiosk) if isinstance(entry, Scan)]


def test_one_call_brings_each_the_others_entries(a: Neighbour, b: Neighbour) -> None:
    a.scans("V1", "V2")
    b.scans("V3")
    b.calls()  # has its own ready
    (call,) = a.calls(b).calls
    assert (call.problem, call.taken, call.log, call.site) == ("", 1, b.log, "S1")
    assert call.entries == status(a.kiosk).pending
    for one, other in ((a, b), (b, a)):
        (part,) = carried.bundles(one.kiosk.home)
        header = part.header()
        assert header is not None
        assert header.log == other.log
    (known,) = neighbours(a.kiosk.store.db)
    assert (known.log, known.holds, known.problem) == (b.log, status(a.kiosk).pending, "")


def test_entries_of_a_kiosk_that_burned_down_arrive_through_its_neighbour(
    a: Neighbour, b: Neighbour, server: BundleServer
) -> None:
    a.scans("V1", "V2", "V3")
    a.calls(b)
    shutil.rmtree(a.kiosk.home)
    assert whos(server, a) == []
    assert b.delivers().bundles == 1
    assert whos(server, a) == ["V1", "V2", "V3"]


def test_receipts_come_back_and_everybody_lets_go(
    neighbour: MakeNeighbour, a: Neighbour, b: Neighbour
) -> None:
    c = neighbour("c")
    a.scans("V1")
    a.calls(b, c)
    waiting = status(a.kiosk).pending
    assert waiting >= 2
    assert b.delivers().bundles == 1
    b.calls(a, c)
    assert read_returned(a.kiosk) == waiting
    assert status(a.kiosk).pending == 0
    for one in (b, c):
        assert carried.bundles(one.kiosk.home) == []
    assert neighbours(a.kiosk.store.db)[0].holds == 0


def test_a_call_to_the_courier_brings_the_receipts_too(a: Neighbour, b: Neighbour) -> None:
    a.scans("V1")
    a.calls(b)
    waiting = status(a.kiosk).pending
    b.delivers()
    assert a.calls(b).proved == waiting
    assert status(a.kiosk).pending == 0
    assert a.calls(b).proved == 0


def test_what_was_delivered_does_not_wander_back(
    neighbour: MakeNeighbour, a: Neighbour, b: Neighbour
) -> None:
    c = neighbour("c")
    a.scans("V1")
    a.calls(c)
    c.calls(b)
    assert b.delivers().bundles == 1
    shutil.rmtree(a.kiosk.home)
    for _ in range(2):
        b.calls(c)
        c.calls(b)
    assert [carried.bundles(one.kiosk.home) for one in (b, c)] == [[], []]


def test_entries_go_on_over_kiosks_that_the_author_never_met(
    neighbour: MakeNeighbour, a: Neighbour, b: Neighbour, server: BundleServer
) -> None:
    c = neighbour("c")
    a.scans("V1")
    a.calls(b)
    shutil.rmtree(a.kiosk.home)
    b.calls(c)
    assert c.delivers().bundles == 1
    assert whos(server, a) == ["V1"]


def test_who_delivers_itself_tells_its_neighbours_by_its_receipts(
    a: Neighbour, b: Neighbour
) -> None:
    a.scans("V1")
    a.calls(b)
    assert len(carried.bundles(b.kiosk.home)) == 1
    a.delivers()
    a.calls(b)
    assert carried.bundles(b.kiosk.home) == []


def test_later_entries_take_the_place_of_what_lay_there(a: Neighbour, b: Neighbour) -> None:
    for number in range(6):
        a.scans(f"V{number}")
        a.calls(b)
    (part,) = carried.bundles(b.kiosk.home)
    header = part.header()
    assert header is not None
    assert header.runs[0].last == status(a.kiosk).head


def test_nothing_new_is_made_ready_or_sent_while_nothing_happens(
    a: Neighbour, b: Neighbour
) -> None:
    a.scans("V1")
    a.calls(b)
    before = status(a.kiosk).head
    for _ in range(5):
        assert a.calls(b).calls[0].taken == 0
    assert status(a.kiosk).head == before


def test_a_kiosk_that_waits_for_long_says_now_and_then_how_far_its_log_reaches(
    a: Neighbour, b: Neighbour
) -> None:
    b.porch.me = replace(b.me, reaches=False)
    a.scans("V1")
    a.calls(b)
    before = status(a.kiosk).head
    clock = a.kiosk.clock
    assert isinstance(clock, FakeClock)
    for said in (1, 2):
        clock.advance(SYNC_IDLE_MS)
        a.calls(b)
        a.calls(b)
        assert status(a.kiosk).head == before + said


def test_off_is_off(a: Neighbour, b: Neighbour) -> None:
    a.scans("V1")
    turn_off(a.kiosk)
    done = a.calls(b)
    assert (done.calls, done.is_ready) == ([], False)
    assert carried.bundles(b.kiosk.home) == []


def test_a_neighbour_that_is_not_there_stops_nobody(a: Neighbour, b: Neighbour) -> None:
    gone = b.address
    b.listener.stop()
    a.scans("V1")
    (call,) = a.calls(b).calls
    assert (call.problem, call.entries) == ("unreachable", 0)
    (known,) = neighbours(a.kiosk.store.db)
    assert (known.address, known.met_ms, known.problem) == (gone, 0, "unreachable")


def test_a_kiosk_does_not_call_itself_a_neighbour(a: Neighbour) -> None:
    a.scans("V1")
    assert a.calls(a).calls == []
    assert neighbours(a.kiosk.store.db) == []


def test_given_to_a_neighbour_is_not_delivered(a: Neighbour, b: Neighbour) -> None:
    a.scans("V1")
    a.calls(b)
    found = status(a.kiosk)
    assert (found.exported, found.state) == (0, "pending")
    assert found.pending == found.recorded - found.held > 0


def test_a_centre_that_was_restored_is_refilled_through_a_neighbour(
    a: Neighbour, b: Neighbour, server: BundleServer
) -> None:
    a.scans("V1")
    a.calls(b)
    b.delivers()
    a.calls(b)
    assert status(a.kiosk).pending == 0
    server.epoch = "2"
    server.logs.clear()
    b.delivers()
    b.porch.me = b.me
    clock = a.kiosk.clock
    assert isinstance(clock, FakeClock)
    clock.advance(SYNC_IDLE_MS)
    a.calls(b)  # hears of it with the centre's time, and gives everything once more
    assert b.delivers().bundles == 1
    assert whos(server, a) == ["V1"]
    assert a.calls(b).proved > 0
    assert status(a.kiosk).pending == 0


def test_given_to_a_neighbour_keeps_a_wipe_from_nothing_and_a_wipe_leaves_nothing(
    a: Neighbour, b: Neighbour, server: BundleServer
) -> None:
    a.scans("V1")
    a.calls(b)
    with pytest.raises(Stopped, match="unsent"):
        wipe(a.kiosk)
    take_in(a.me, set(), io.BytesIO(server.take(read_staged(a))), by="")
    a.delivers()
    home = a.kiosk.home
    wipe(a.kiosk)
    assert sorted(file.name for file in home.iterdir() if not file.name.endswith(".lock")) == []


def read_staged(one: Neighbour) -> bytes:
    """What a kiosk has ready."""
    return (one.kiosk.home / "staged" / "own.bundle").read_bytes()
