"""A county before a day's work: forty who never signed out, three walk-ins, a copied kiosk, a month that is over."""

from pathlib import Path

from schemas.entry import WalkIn
from server.services import Services
from sync.succession import succeed_entry
from sync.walk_in import seal_details
from tests.server.books.desk import Desk, make_desk
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS, Author, ServerClock, make_author, push
from tests.server.conftest import import_text

OPEN = 40
FORGETFUL = tuple(f"W{n:02}" for n in range(1, OPEN + 1))
WALK_INS = {"TAAAAAA-7K2M": "V11", "TBBBBBB-7K2M": "V12", "TCCCCCC-7K2M": "V13"}
"""Temporary number → who it is."""
AFTER_MONTH = 24 * 29 + 10
"""An hour of December, counted from the desk's beginning."""


def make_day(services: Services, clock: ServerClock, folder: Path) -> tuple[Desk, Author]:
    """Let all of it happen in November; give the desk, and the log that succeeds its kiosk's."""
    rows = "".join(f"{number},值守{number},T1\n" for number in FORGETFUL)
    import_text(services, folder, "volunteers", "number,name,team\n" + rows)
    desk = make_desk(services, clock)
    for at, number in enumerate(FORGETFUL):
        desk.stay(number, 8 + at / 60, None)
    for at, (temporary, number) in enumerate(WALK_INS.items()):
        _take_in(services, desk.kiosk, temporary, number, 32 + at / 60)
    desk.sync(AFTER_MONTH)
    return desk, _copied(services, desk)


def _take_in(services: Services, kiosk: Author, temporary: str, number: str, at: float) -> None:
    """A lead takes somebody in who forgot their card: what they give is sealed to the centre."""
    given = {"name": f"志愿者{number[1:]}", "phone": f"1390000{int(number[1:]):04d}"}
    sealed = seal_details(services.signer.keys.seal_public, given)
    came = START_MS + int(at * HOUR_MS)
    kiosk.add(WalkIn(*kiosk.stamp(came), temporary, "", sealed, "plain", "V14"))
    kiosk.scan(came + 60_000, temporary, "in", how="typed", state="typed")
    kiosk.scan(came + 60_000 + 3 * HOUR_MS, temporary, "out", how="typed", state="typed")


def _copied(services: Services, desk: Desk) -> Author:
    """The kiosk was put back from a copy: it goes on in a new log, which waits for a person."""
    old, new = desk.kiosk, make_author("copied")
    at_ms = START_MS + 24 * 20 * HOUR_MS
    new.boot(at_ms)
    boot, mono_ms, lead_ms = new.stamp(at_ms)
    head = (old.head, old.hashes[-1])
    new.add(succeed_entry(old.key, head, new.log, boot=boot, mono_ms=mono_ms, lead_ms=lead_ms))
    new.contact(at_ms + 1_000, services.signer.keys.identity)
    new.scan(at_ms + HOUR_MS, "V9", "in")
    new.scan(at_ms + 3 * HOUR_MS, "V9", "out")
    new.contact(START_MS + (AFTER_MONTH + 1) * HOUR_MS, services.signer.keys.identity)
    assert push(desk.client, new.batch()).status_code == 200
    derive(services)
    return new
