"""Who may lead, PINs, and the waits after wrong ones."""

import pytest

from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.lead import leads, names
from kiosk.lead.session import Leading, Session
from kiosk.lead.unlock import unlock
from kiosk.limits import LEAD_IDLE_MS, LEAD_TRIES, LEAD_WAIT_MS, LEAD_WAIT_MS_MAX
from kiosk.store import open_store
from schemas.entry import Note
from sync.enrolment import read
from tests.kiosk.fakes import FakeClock, FakeServer
from tests.kiosk.lead.conftest import LEAD, PIN, entries, first_code


def wrong(kiosk: Kiosk, times: int, code: str = "wrong_pin") -> None:
    """Give a wrong PIN so often."""
    for _ in range(times):
        with pytest.raises(Stopped, match=code):
            unlock(kiosk, LEAD, "no such pin")


def test_another_code_makes_nobody_a_lead(enrolled: Kiosk, server: FakeServer) -> None:
    with pytest.raises(Stopped, match="bad_code"):
        leads.begin(enrolled, read(server.code()), LEAD, PIN)
    assert leads.all_leads(enrolled.store.db) == []


@pytest.mark.parametrize(
    "pin", ["12345", "111111", "123456", "987654", "abcdef", "x" * 65, "12\n3457"]
)
def test_a_pin_that_somebody_tries_first_is_refused(led: Kiosk, pin: str) -> None:
    with pytest.raises(Stopped, match="weak_pin"):
        leads.change(led, b"k" * 32, LEAD, pin)


def test_the_first_lead_comes_by_the_code_and_lets_others_in(led: Kiosk) -> None:
    key = unlock(led, LEAD, PIN)
    leads.add(led, key, "L002", "750 118", by=LEAD)
    assert unlock(led, "L002", "750 118") == key
    leads.remove(led, "L002", by=LEAD)
    with pytest.raises(Stopped, match="wrong_pin"):
        unlock(led, "L002", "750 118")
    with pytest.raises(Stopped, match="wrong_usage"):
        leads.remove(led, LEAD, by=LEAD)
    said = [(note.topic, note.text, note.who, note.by) for note in entries(led, Note)]
    assert said.pop(1)[0] == "names_key"
    assert said == [
        ("lead", "first", LEAD, ""),
        ("lead", "added", "L002", LEAD),
        ("lead", "removed", "L002", LEAD),
    ]


def test_nothing_of_a_pin_or_the_key_is_on_the_disk(led: Kiosk) -> None:
    key = unlock(led, LEAD, PIN)
    rows = led.store.db.execute("SELECT * FROM leads").fetchall()
    held = b"".join(
        one if isinstance(one, bytes) else str(one).encode() for row in rows for one in row
    )
    assert rows
    assert key not in held
    assert PIN.encode() not in held


def test_a_new_beginning_by_the_code_ends_all_earlier_pins_and_names(
    led: Kiosk, server: FakeServer
) -> None:
    key = unlock(led, LEAD, PIN)
    with led.store.write() as db:
        names.keep(db, key, "T1", "王姐", led.clock.read(), b"n" * 12)
    leads.begin(led, first_code(server), "L009", "750 118")
    assert leads.all_leads(led.store.db) == ["L009"]
    other = unlock(led, "L009", "750 118")
    assert other != key
    assert [name for _, _, name in names.read(led.store.db, other)] == [""]


def test_a_changed_pin_opens_the_same_names_and_the_old_one_nothing(led: Kiosk) -> None:
    key = unlock(led, LEAD, PIN)
    leads.change(led, key, LEAD, "750 118")
    assert unlock(led, LEAD, "750 118") == key
    with pytest.raises(Stopped, match="wrong_pin"):
        unlock(led, LEAD, PIN)


def test_waits_grow_and_the_right_pin_has_to_wait_too(led: Kiosk, clock: FakeClock) -> None:
    wrong(led, LEAD_TRIES)
    waits = []
    for _ in range(6):
        with pytest.raises(Stopped, match="locked") as stopped:
            unlock(led, LEAD, PIN)
        waits.append(int(stopped.value.detail) * 1000)
        clock.advance(waits[-1] - 1000)
        with pytest.raises(Stopped, match="locked"):
            unlock(led, LEAD, PIN)
        clock.advance(1000)
        wrong(led, 1)
    assert waits == [min(LEAD_WAIT_MS * 2**n, LEAD_WAIT_MS_MAX) for n in range(6)]
    clock.advance(LEAD_WAIT_MS_MAX)
    assert unlock(led, LEAD, PIN)
    wrong(led, LEAD_TRIES)
    said = [note.text for note in entries(led, Note) if note.topic == "lead"]
    assert said == ["first", "locked", "locked"]


def test_a_restart_or_a_clock_that_is_set_never_shortens_a_wait(
    led: Kiosk, clock: FakeClock
) -> None:
    wrong(led, LEAD_TRIES)
    clock.wall_ms += 10**10
    wrong(led, 1, "locked")
    clock.reboot(off_ms=10**9)
    again = Kiosk(open_store(led.home), clock)
    wrong(again, 1, "locked")
    clock.advance(LEAD_WAIT_MS)
    assert unlock(again, LEAD, PIN)
    again.store.close()


def test_a_try_counts_before_it_is_looked_at(led: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    def pulled(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("kiosk.lead.unlock.unwrap", pulled)
        for _ in range(LEAD_TRIES):
            with pytest.raises(KeyboardInterrupt):
                unlock(led, LEAD, PIN)
    wrong(led, 1, "locked")


def test_who_does_nothing_for_a_while_leads_no_longer(clock: FakeClock) -> None:
    leading = Leading()
    leading.begin(Session("token", LEAD, b""), clock.read())
    clock.advance(LEAD_IDLE_MS)
    assert leading.require("token", clock.read()).who == LEAD
    clock.advance(LEAD_IDLE_MS)
    leading.require("token", clock.read())
    clock.advance(LEAD_IDLE_MS + 1)
    with pytest.raises(Stopped, match="lead_needed"):
        leading.require("token", clock.read())


@pytest.mark.parametrize("token", ["", "tokem", "token1", "登录"])
def test_another_token_is_nobody(clock: FakeClock, token: str) -> None:
    leading = Leading()
    leading.begin(Session("token", LEAD, b""), clock.read())
    with pytest.raises(Stopped, match="lead_needed"):
        leading.require(token, clock.read())
