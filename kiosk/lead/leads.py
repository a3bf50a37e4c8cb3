"""Who leads at this kiosk: the first by the code it was enrolled with, later ones by a lead.

Why so: `docs/adr/0011-leads-at-a-kiosk.md`. Each change is a note in the log. Must never keep a PIN, nor write one anywhere.
"""

from dataclasses import dataclass
from re import fullmatch

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead import names, names_key
from kiosk.lead.notes import LEAD, note
from kiosk.lead.pins import KEY_BYTES, NONCE_BYTES, SALT_BYTES, Wrapped, require_strong, wrap
from kiosk.limits import LEADS_MAX
from kiosk.log import Writer, appending
from kiosk.store import Database
from schemas.vocabulary import NUMBER_PATTERN
from sync.enrolment import EnrolmentCode


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead of this kiosk, by volunteer number. failures: wrong PINs since the last right one; boot, mono_ms: of the last."""

    who: str
    wrapped: Wrapped
    failures: int = 0
    boot: bytes = b""
    mono_ms: int = 0


def all_leads(db: Database) -> list[str]:
    """Give the numbers of all leads, in order."""
    return [row[0] for row in db.execute("SELECT who FROM leads ORDER BY who")]


def read_lead(db: Database, who: str) -> Lead | None:
    """Read a lead; None for a number that is none."""
    row = db.execute(
        "SELECT who, salt, nonce, sealed, failures, boot, mono_ms FROM leads WHERE who = ?", (who,)
    ).fetchone()
    return None if row is None else Lead(row[0], Wrapped(*row[1:4]), *row[4:])


def begin(kiosk: Kiosk, code: EnrolmentCode, who: str, pin: str) -> None:
    """Make the first lead, or begin anew where every PIN is forgotten: all earlier leads and names on this kiosk go.

    code: the one with which this kiosk was enrolled. Raise `Stopped`: `not_enrolled`, `bad_code`, `wrong_usage`, `weak_pin`.
    """
    enrolment = device.require_enrolment(kiosk.store.db)
    names_key.require_own(enrolment, code)
    key = kiosk.chance(KEY_BYTES)
    wrapped = _wrapped(kiosk, who, pin, key)
    with appending(kiosk.store, kiosk.clock) as log:
        word = "reset" if all_leads(log.db) else "first"
        log.db.execute("DELETE FROM leads")
        names.forget_all(log.db)
        _put(log, who, wrapped, word, by="")
        names_key.announce(log, code, key, by="")


def add(kiosk: Kiosk, key: bytes, who: str, pin: str, *, by: str) -> None:
    """Make somebody a lead, who chose this PIN. Raise `Stopped`: `wrong_usage` (also for one who is a lead), `weak_pin`."""
    wrapped = _wrapped(kiosk, who, pin, key)
    with appending(kiosk.store, kiosk.clock) as log:
        there = all_leads(log.db)
        if who in there or len(there) >= LEADS_MAX:
            raise Stopped(Trouble.WRONG_USAGE, "a lead already, or too many")
        _put(log, who, wrapped, "added", by=by)


def change(kiosk: Kiosk, key: bytes, who: str, pin: str) -> None:
    """Give a lead, who is signed in, another PIN. Raise `Stopped(weak_pin)`."""
    wrapped = _wrapped(kiosk, who, pin, key)
    with appending(kiosk.store, kiosk.clock) as log:
        _put(log, who, wrapped, "pin_changed", by=who)


def remove(kiosk: Kiosk, who: str, *, by: str) -> None:
    """Let somebody lead here no longer. Nobody removes themselves, so one is always left.

    Raise `Stopped`: `not_there`, `wrong_usage`.
    """
    if who == by:
        raise Stopped(Trouble.WRONG_USAGE, "another lead has to do this")
    with appending(kiosk.store, kiosk.clock) as log:
        if read_lead(log.db, who) is None:
            raise Stopped(Trouble.NOT_THERE)
        log.db.execute("DELETE FROM leads WHERE who = ?", (who,))
        note(log, LEAD, "removed", who=who, by=by)


def _wrapped(kiosk: Kiosk, who: str, pin: str, key: bytes) -> Wrapped:
    if fullmatch(NUMBER_PATTERN, who) is None:
        raise Stopped(Trouble.WRONG_USAGE, "number")
    require_strong(pin)
    return wrap(pin, who, key, kiosk.chance(SALT_BYTES + NONCE_BYTES))


def _put(log: Writer, who: str, wrapped: Wrapped, word: str, *, by: str) -> None:
    row = (who, wrapped.salt, wrapped.nonce, wrapped.sealed)
    log.db.execute("INSERT OR REPLACE INTO leads VALUES (?, ?, ?, ?, 0, x'', 0)", row)
    note(log, LEAD, word, who=who, by=by)
