"""Walk-ins: a temporary number that scans, details that only the centre reads, a name that is gone after the shift."""

import pytest

from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.lead import names
from kiosk.lead.register import CONSENT, Form, register
from kiosk.lead.session import Session
from kiosk.lead.unlock import unlock
from kiosk.limits import CALL_NAME_MS_MAX
from kiosk.roster import find, is_known
from kiosk.scan import scan
from schemas.entry import Scan, WalkIn
from sync.errors import Refused
from sync.walk_in import code_of, open_details, short_number
from tests.kiosk.fakes import FakeClock, FakeServer
from tests.kiosk.lead.conftest import LEAD, PIN, entries

TEXTS = {"name": "王小梅", "phone": "138 0013 8000"}
HOUR = 3_600_000


def form(
    called: str = "小梅", *, is_minor: bool = False, agreed: bool = True, **texts: str
) -> Form:
    """A form, filled in."""
    return Form(called, {**TEXTS, **texts}, is_minor, agreed)


def test_a_walk_in_is_signed_in_and_only_the_centre_reads_the_details(
    led: Kiosk, session: Session, server: FakeServer
) -> None:
    done = register(led, session, form(skills="护理"))
    (entry,) = entries(led, WalkIn)
    (signed_in,) = entries(led, Scan)
    assert (entry.who, entry.consent, entry.by) == (done.scan.who, CONSENT, LEAD)
    assert (signed_in.who, signed_in.direction, signed_in.how, signed_in.by) == (entry.who, "in", "typed", LEAD)  # fmt: skip
    sealed = server.seal.private_bytes_raw()
    assert open_details(sealed, entry.details) == {**TEXTS, "skills": "护理"}
    with pytest.raises(Refused):
        open_details(b"k" * 32, entry.details)


def test_the_code_scans_as_the_temporary_number(
    led: Kiosk, session: Session, clock: FakeClock
) -> None:
    number = register(led, session, form()).scan.who
    clock.advance(2 * HOUR)
    for text in (code_of(number).lower(), code_of(number) + "\r\n"):
        done = scan(led, text, direction=None)
        assert (done.scan.who, done.scan.state, done.scan.how, done.scan.by) == (number, "typed", "typed", "")  # fmt: skip
    assert done.scan.direction == "out"
    assert find(led.store.db, short_number(number)) == [number]
    assert is_known(led.store.db, number)


@pytest.mark.parametrize(
    "text", ["RVT:", "RVT:V0001", "RVT:T123456-ABCI", "RVT:T123456-ABCDE", "RVT:T12345-6ABCD"]
)
def test_what_only_looks_like_such_a_code_is_sealed_as_any_other(led: Kiosk, text: str) -> None:
    assert scan(led, text, direction=None).scan.state == "not_a_badge"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "no phone"}, "phone"),
        ({"phone": "32058119900307123X"}, "phone"),
        ({"name": "王 32058119900307123X"}, "name"),
        ({"skills": "证号320581900307123"}, "skills"),
        ({"name": "x" * 61}, "name"),
        ({"is_minor": True}, "guardian"),
        ({"called": " "}, "called"),
    ],
)
def test_what_is_missing_or_must_not_be_here_is_refused_by_name(
    led: Kiosk, session: Session, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Stopped, match=f"wrong_usage: {field}$"):
        register(led, session, form(**given))  # type: ignore[arg-type]
    assert entries(led, WalkIn) == []


def test_nobody_is_registered_who_did_not_agree(led: Kiosk, session: Session) -> None:
    with pytest.raises(Stopped, match="consent_needed"):
        register(led, session, form(agreed=False))


def test_a_child_comes_with_a_guardian(led: Kiosk, session: Session, server: FakeServer) -> None:
    register(led, session, form(is_minor=True, guardian="王大海", guardian_phone="13900139000"))
    (entry,) = entries(led, WalkIn)
    found = open_details(server.seal.private_bytes_raw(), entry.details)
    assert (found["age"], found["guardian"]) == ("under_14", "王大海")


def test_more_than_an_entry_holds_is_refused(led: Kiosk, session: Session) -> None:
    with pytest.raises(Refused, match="too_large"):
        long, phone = "\U00020087" * 60, "+86 138 0013 8000 12"
        given = {"name": long, "guardian": long, "skills": long + long[:40]}
        register(led, session, form(is_minor=True, **given, phone=phone, guardian_phone=phone))


def test_a_thief_with_the_device_and_its_key_reads_nothing_of_a_walk_in(
    led: Kiosk, session: Session
) -> None:
    register(led, session, form("阿梅", guardian="王大海", guardian_phone="139 0000 0000"))
    tables = [
        row[0]
        for row in led.store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    held = bytearray()
    for name in tables:
        for row in led.store.db.execute(f"SELECT * FROM {name}"):  # noqa: S608 - names from the database itself
            held += b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    assert session.who.encode() in held
    for secret in ("阿梅", "王小梅", "王大海", "138 0013 8000", "139 0000 0000"):
        assert secret.encode() not in held


def test_a_name_is_read_with_the_pin_and_gone_after_the_shift(
    led: Kiosk, session: Session, clock: FakeClock
) -> None:
    number = register(led, session, form("小梅")).scan.who
    assert names.read(led.store.db, session.key) == [(number, clock.wall_ms, "小梅")]
    held = b"".join(row[0] for row in led.store.db.execute("SELECT box FROM walk_ins"))
    assert "小梅".encode() not in held
    clock.advance(CALL_NAME_MS_MAX + 1)
    with led.store.write() as db:
        names.forget_old(db, clock.read())
    assert names.read(led.store.db, unlock(led, LEAD, PIN))[0][2] == ""
    assert find(led.store.db, short_number(number)) == [number]


def test_two_walk_ins_have_two_short_numbers(led: Kiosk, session: Session) -> None:
    chances = iter([bytes(7), bytes(7), bytes([1] * 7)])

    def chance(size: int) -> bytes:
        return next(chances) if size == 7 else b"n" * size

    poor = Kiosk(led.store, led.clock, chance)
    one, other = (register(poor, session, form()).scan.who for _ in range(2))
    assert short_number(one) != short_number(other)
