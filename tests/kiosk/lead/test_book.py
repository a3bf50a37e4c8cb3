"""Names of the site's people on a kiosk: sealed on its disk, opened for a lead with the PIN, found however they are typed."""

from pathlib import Path

import pytest

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.lead import leads
from kiosk.lead.book import Book, open_book
from kiosk.lead.names_key import are_awaited, ask_for_names
from kiosk.lead.session import Session
from kiosk.lead.unlock import unlock
from kiosk.limits import NAMES_AWAITED_MS_MAX
from schemas.entry import Note
from schemas.vocabulary import Code
from server.people.readings import readings
from sync import site_names
from sync.enrolment import EnrolmentCode
from sync.site_names import fold
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeServer
from tests.kiosk.lead.conftest import LEAD, PIN, entries, first_code

PEOPLE = {
    "V0001": ("欧阳𬭎", "红十字一队"),
    "V0002": ("阿依古丽·买买提", "社区服务队"),
    "V0003": ("单小明", "社区服务队"),
    "V0004": ("张伟", ""),
    "X-77": ("张伟丽", "红十字一队"),
}


def words(name: str) -> str:
    """Give the words of a name as the centre makes them."""
    return " ".join(dict.fromkeys([fold(name), *(text for way in readings(name) for text in way)]))


@pytest.fixture
def named(led: Kiosk, server: FakeServer) -> Kiosk:
    """A kiosk with a lead, to which the centre told names."""
    server.called = {number: (*known, words(known[0])) for number, known in PEOPLE.items()}
    contact(led, server)  # the key goes up
    contact(led, server)  # the names come down
    return led


def book(kiosk: Kiosk) -> Book:
    return open_book(kiosk.store.db, unlock(kiosk, LEAD, PIN))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("欧阳𬭎", ["V0001"]),
        ("𬭎", ["V0001"]),
        ("oyh", ["V0001"]),
        ("OuYangHong", ["V0001"]),
        ("ｏｙ", ["V0001"]),
        ("阿依古丽", ["V0002"]),
        ("买买提", ["V0002"]),
        ("阿依古丽·买买提", ["V0002"]),
        ("ayglmmt", ["V0002"]),
        ("ayiguli maimaiti", ["V0002"]),
        ("shanxm", []),
        ("sxm", ["V0003"]),
        ("dxm", ["V0003"]),
        ("chanxiaoming", ["V0003"]),
        ("zw", ["V0004", "X-77"]),
        ("张", ["V0004", "X-77"]),
        ("伟", ["V0004", "X-77"]),
        ("x-77", ["X-77"]),
        ("0003", ["V0003"]),
        ("nobody", []),
        ("", []),
        ("·", []),
        ("%", []),
    ],
)
def test_people_are_found_however_they_are_typed(
    named: Kiosk, typed: str, found: list[str]
) -> None:
    assert [one.number for one in book(named).find(typed)] == found


def test_a_person_found_is_told_with_name_and_team(named: Kiosk) -> None:
    assert book(named).find("oyh") == [("V0001", "欧阳𬭎", "红十字一队")]
    assert book(named).called("V9999").name == ""


def test_no_name_lies_on_the_disk_key_file_included(named: Kiosk) -> None:
    """The whole store, decrypted, and all files beside it: what a thief with the device can read."""
    plain = b"".join(
        repr(row).encode("unicode_escape") + b"".join(cell for cell in row if isinstance(cell, bytes))
        for (table,) in named.store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for row in named.store.db.execute(f"SELECT * FROM {table}")  # noqa: S608 - names from the store itself
    )  # fmt: skip
    files = b"".join(file.read_bytes() for file in Path(named.home).iterdir() if file.is_file())
    for name, _ in PEOPLE.values():
        for spelled in (
            name.encode(),
            name.encode("unicode_escape"),
            name.encode("utf-16-le"),
            words(name).encode(),
        ):
            assert spelled not in plain
            assert spelled not in files


def test_a_kiosk_without_a_lead_is_told_no_names(enrolled: Kiosk, server: FakeServer) -> None:
    server.called = {"V0001": ("欧阳𬭎", "", "oyh")}
    contact(enrolled, server)
    assert enrolled.store.db.execute("SELECT count(*) FROM people").fetchone() == (0,)
    assert open_book(enrolled.store.db, bytes(32)) == Book()


def test_a_new_beginning_by_the_code_reads_the_names_with_its_own_key(
    named: Kiosk, server: FakeServer
) -> None:
    before = unlock(named, LEAD, PIN)
    leads.begin(named, first_code(server), "L002", PIN)
    contact(named, server)
    contact(named, server)
    assert not open_book(named.store.db, before).is_told
    assert len(open_book(named.store.db, unlock(named, "L002", PIN)).lines) == len(PEOPLE)


def test_names_may_be_asked_for_later_with_the_kiosks_own_code_alone(
    led: Kiosk, session: Session, server: FakeServer
) -> None:
    ask_for_names(led, session, first_code(server))
    said = [note for note in entries(led, Note) if note.topic == site_names.TOPIC]
    assert [note.by for note in said] == ["", LEAD]
    assert said[0].text == said[1].text
    with pytest.raises(Stopped, match=Code.BAD_CODE):
        ask_for_names(led, session, EnrolmentCode(b"other", b"0123456789", b"f" * 10))


def test_rows_that_are_damaged_or_of_another_secret_are_left_out(named: Kiosk) -> None:
    with named.store.write() as db:
        db.execute("UPDATE people SET sealed = x'00' WHERE number = 'V0001'")
        (other,) = db.execute("SELECT sealed FROM people WHERE number = 'V0003'").fetchone()
        db.execute("UPDATE people SET sealed = ? WHERE number = 'V0002'", (other,))
    assert set(book(named).lines) == {"V0003", "V0004", "X-77"}


def test_names_go_with_the_enrolment(named: Kiosk) -> None:
    from kiosk import view

    with named.store.write() as db:
        view.forget(db)
        db.execute("DELETE FROM meta WHERE name = 'enrolment'")
    assert device.read_enrolment(named.store.db) is None
    for table in ("people", "name_keys", "needs", "fits"):
        assert named.store.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608


def test_the_background_syncs_soon_until_the_names_come_and_not_for_ever(
    led: Kiosk, server: FakeServer
) -> None:
    """A centre that knows nothing of names must not be asked every minute for the rest of its days."""
    db, now_ms = led.store.db, led.clock.read().wall_ms
    assert are_awaited(db, now_ms)
    assert not are_awaited(db, now_ms + NAMES_AWAITED_MS_MAX + 1)
    assert not are_awaited(db, now_ms - 1)
    contact(led, server)
    contact(led, server)
    assert not are_awaited(db, now_ms)
