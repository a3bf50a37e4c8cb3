"""The view on the kiosk: pages only ever lead on, a snapshot is in force as a whole or not at all, nothing unsigned counts."""

import pytest

from kiosk import device, fill, view
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.take_parcel import take_parcel
from sync import parcel
from sync.errors import Refused
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeServer, content_of, problem

ALL = "all"


def known(kiosk: Kiosk) -> set[str]:
    """Who is known."""
    return {row[0] for row in kiosk.store.db.execute("SELECT number FROM roster")}


def people(*numbers: str) -> bytes:
    """The content of a page that brings these."""
    return content_of({("known", number): [] for number in numbers}, [])


def page(server: FakeServer, name: str, content: bytes, **fields: object) -> bytes:
    """A signed page of the channel for everyone."""
    return server.parcel(name, content, **({"epoch": server.epoch, "channel": ALL} | fields))


def at(kiosk: Kiosk) -> tuple[str, int]:
    """How far the view has come."""
    have = view.standings(kiosk.store.db)[ALL]
    return have.epoch, have.number


def test_only_what_changed_is_asked_for(enrolled: Kiosk, server: FakeServer) -> None:
    server.asked.clear()
    contact(enrolled, server)
    assert server.asked == ["/sync/v1/hello", "/sync/v1/push"]
    server.roster = ["V1", "V2"]
    contact(enrolled, server)
    assert server.asked.count("/sync/v1/pull") == 1
    assert known(enrolled) == {"V1", "V2"}
    server.roster = ["V2", "V3"]
    contact(enrolled, server)
    assert known(enrolled) == {"V2", "V3"}


def test_an_old_page_takes_nobody_back(enrolled: Kiosk, server: FakeServer) -> None:
    epoch, number = at(enrolled)
    old = page(server, "changes", people("OLD"), after=number, number=number + 1)
    whole = page(server, "snapshot", people("OLDER"), number=number + 1, part=1, parts=1)
    new = page(server, "changes", people("NEW"), after=number, number=number + 5)
    assert take_parcel(enrolled.store, new)
    for again in (old, whole, new):
        assert not take_parcel(enrolled.store, again)
    assert known(enrolled) == {"NEW"}
    assert at(enrolled) == (epoch, number + 5)


def test_changes_that_do_not_go_on_from_here_change_nothing(
    enrolled: Kiosk, server: FakeServer
) -> None:
    _, number = at(enrolled)
    for after, epoch in ((number + 1, server.epoch), (number, "another")):
        wire = page(server, "changes", people("X"), after=after, number=after + 1, epoch=epoch)
        assert not take_parcel(enrolled.store, wire)
    assert known(enrolled) == set()


def test_a_snapshot_of_another_epoch_counts_if_it_is_later(
    enrolled: Kiosk, server: FakeServer
) -> None:
    wire = page(server, "snapshot", people("V1"), number=1, part=1, parts=1, epoch="e2")
    assert not take_parcel(enrolled.store, wire)
    server.clock.advance(1)
    later = page(server, "snapshot", people("V1"), number=1, part=1, parts=1, epoch="e2")
    assert not take_parcel(enrolled.store, later, epoch="e3")
    assert take_parcel(enrolled.store, later)
    assert at(enrolled) == ("e2", 1)
    server.clock.advance(1)
    assert take_parcel(
        enrolled.store, page(server, "snapshot", people(), number=1, part=1, parts=1)
    )


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 1, 3)])
def test_parts_are_in_force_together_or_not_at_all(
    enrolled: Kiosk, server: FakeServer, order: tuple[int, ...]
) -> None:
    server.roster = ["V0"]
    contact(enrolled, server)
    number = at(enrolled)[1] + 9
    wires = {
        part: page(server, "snapshot", people(f"V{part}"), number=number, part=part, parts=3)
        for part in (1, 2, 3)
    }
    for part in order[:-1]:
        assert not take_parcel(enrolled.store, wires[part])
        assert known(enrolled) == {"V0"}
    assert take_parcel(enrolled.store, wires[order[-1]])
    assert known(enrolled) == {"V1", "V2", "V3"}
    assert enrolled.store.db.execute("SELECT count(*) FROM incoming").fetchone() == (0,)


def test_parts_of_two_snapshots_are_never_mixed(enrolled: Kiosk, server: FakeServer) -> None:
    number = at(enrolled)[1]
    for snapshot, part in ((number + 1, 1), (number + 2, 2), (number + 2, 1)):
        content = people(f"S{snapshot}P{part}")
        wire = page(server, "snapshot", content, number=snapshot, part=part, parts=2)
        take_parcel(enrolled.store, wire)
    assert known(enrolled) == {f"S{number + 2}P1", f"S{number + 2}P2"}


def test_a_fill_that_broke_off_goes_on_where_it_stopped(
    enrolled: Kiosk, server: FakeServer
) -> None:
    server.roster = [f"V{n}" for n in range(10)]
    server.part_rows, server.epoch = 4, "2"
    pulls: list[str] = []

    def break_off(path: str, honest: object) -> object:
        pulls.append(path)
        if path.endswith("pull") and len([p for p in pulls if p.endswith("pull")]) == 3:
            return problem(503, "try_later")
        return honest()  # type: ignore[operator]

    server.fault = break_off  # type: ignore[assignment]
    with pytest.raises(Stopped):
        contact(enrolled, server)
    assert known(enrolled) == set()
    assert fill.wanted(enrolled.store.db, ALL, "2").part == 3
    server.fault = None
    contact(enrolled, server)
    assert known(enrolled) == set(server.roster)


def test_a_page_with_a_row_out_of_its_bounds_changes_nothing(
    enrolled: Kiosk, server: FakeServer
) -> None:
    number = at(enrolled)[1]
    for kind, row in (
        ("known", ["张三"]),
        ("known", [""]),
        ("known", [7]),
        ("revoked", ["V1", -1]),
        ("revoked", ["V1", "1"]),
        ("badge_key", ["00", bytes(32)]),
        ("badge_key", ["00000000", bytes(31)]),
        ("site", ["S1", "name"]),
    ):
        content = parcel.pack_groups([("known", [["V1"]], []), (kind, [row], [])])
        wire = page(server, "changes", content, after=number, number=number + 1)
        with pytest.raises(Refused) as caught:
            take_parcel(enrolled.store, wire)
        assert caught.value.code == "bad_field", (kind, row)
    assert known(enrolled) == set()


def test_a_later_software_may_say_more(enrolled: Kiosk, server: FakeServer) -> None:
    number = at(enrolled)[1]
    content = parcel.pack_groups(
        [("known", [["V1", "more", 3]], []), ("a_kind_of_later", [[1, [2]]], ["x"])]
    )
    wire = page(server, "changes", content, after=number, number=number + 1)
    assert take_parcel(enrolled.store, wire)
    assert known(enrolled) == {"V1"}


def test_a_kiosk_that_moves_has_the_new_site_and_nothing_of_the_old(
    enrolled: Kiosk, server: FakeServer
) -> None:
    server.site = "S9"
    contact(enrolled, server)
    here = device.require_enrolment(enrolled.store.db)
    assert (here.site, here.site_name) == ("S9", "东门卡口")
    assert [row[0] for row in enrolled.store.db.execute("SELECT code FROM sites")] == ["S9"]
    assert set(view.standings(enrolled.store.db)) == {ALL, "site:S9", "central"}


def test_the_place_of_another_log_or_by_another_server_is_refused(
    enrolled: Kiosk, server: FakeServer
) -> None:
    own = device.require_identity(enrolled.store).log
    said = {"epoch": server.epoch, "site": "S7", "post": "", "server_ms": 2**50}
    for log, key in (("a" * 32, server), (own, FakeServer(server.clock))):
        word = key.sign("place", log=log, **said)
        wire = parcel.pack(word["statement"], bytes.fromhex(word["signature"]), b"")
        with pytest.raises(Refused):
            take_parcel(enrolled.store, wire)
    assert device.require_enrolment(enrolled.store.db).site == "S1"


def test_words_of_the_server_are_shown_at_the_next_hello(
    enrolled: Kiosk, server: FakeServer
) -> None:
    contact(enrolled, server)
    names = {text.partition("\n")[0] for text, _ in server.shown}
    assert names == {"redvest/1 time", "redvest/1 receipt"}


def test_deposits_go_back_to_a_server_in_another_epoch_newest_first(
    enrolled: Kiosk, server: FakeServer
) -> None:
    for first in (1, 5, 9):
        sealed = b"sealed %d" % first
        word = server.sign(
            "deposit",
            epoch=server.epoch,
            log="b" * 32,
            first=first,
            last=first + 3,
            hash=bytes(32),
            digest=parcel.digest(sealed),
            server_ms=server.clock.wall_ms + first,
        )
        signature = bytes.fromhex(word["signature"])
        key = f"{'b' * 32}/{first:016d}/{'0' * 16}"
        server.deposits[key] = (word["statement"], signature, sealed)
    contact(enrolled, server)
    assert view.counts(enrolled.store.db)["deposits"] == 3
    contact(enrolled, server)
    assert server.given_back == []
    server.epoch, server.deposits = "2", {}
    contact(enrolled, server)
    assert server.given_back == [9, 5, 1]
    assert view.counts(enrolled.store.db)["deposits"] == 0


def test_what_a_view_says_of_itself_is_what_a_bundle_carries(enrolled: Kiosk) -> None:
    said = view.cursor(enrolled.store.db).split(";")
    assert sorted(part.split(" ")[0] for part in said) == [ALL, "central", "site:S1"]
    assert all(have.epoch == "1" for have in view.standings(enrolled.store.db).values())
