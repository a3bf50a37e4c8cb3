"""Register a walk-in: somebody on no list who came to help. They get a temporary number, and are signed in at once (D4).

What they give of themselves is sealed to the centre before it is written; only a name to call them by stays, under a lead's
PIN. An identity-card number is not asked for, and one that is typed all the same is refused.
"""

from dataclasses import dataclass
from re import fullmatch, search

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.examine import typed
from kiosk.lead import names
from kiosk.lead.notes import require_text
from kiosk.lead.pins import NONCE_BYTES
from kiosk.lead.session import Session
from kiosk.log import Writer, appending
from kiosk.scan import Recorded, add_scan
from schemas.entry import WalkIn
from schemas.vocabulary import Direction
from sync.walk_in import CHANCE_BYTES, seal_details, short_number, temporary_number

CONSENT = "walk_in_a"
"""Which wording of the privacy notice the screen shows (`consent.walk_in_a` in its words). A changed wording gets a new name."""
_TEXTS = {"name": 60, "phone": 20, "guardian": 60, "guardian_phone": 20, "skills": 100}
"""What may be given, and how many characters of it."""
_DRAWS = 8
_ID_CARD = r"\d{17}[\dXx]|\d{15}"
_PHONE = r"\+?[0-9 -]{5,20}"


@dataclass(frozen=True, slots=True)
class Form:
    """What the walk-in said. is_minor: under 14, so a guardian agreed for them (PIPL, art. 31); called: a name for the post."""

    called: str
    texts: dict[str, str]
    is_minor: bool
    agreed: bool


def register(kiosk: Kiosk, session: Session, form: Form) -> Recorded:
    """Register and sign in, in one transaction; the temporary number is `scan.who` of what is given.

    Raise `Stopped`: `not_enrolled`, `consent_needed`, `wrong_usage` naming the field; `Refused(too_large)`.
    """
    enrolment = device.require_enrolment(kiosk.store.db)
    details = _details(form)
    sealed = seal_details(enrolment.seal_key, details)
    with appending(kiosk.store, kiosk.clock) as log:
        number = _number(kiosk, log)
        now = log.now
        names.forget_old(log.db, now)
        names.keep(log.db, session.key, number, form.called.strip(), now, kiosk.chance(NONCE_BYTES))
        stamp = (now.boot, now.mono_ms, now.lead_ms)
        log.add(WalkIn(*stamp, number, enrolment.post, sealed, CONSENT, session.who))
        shown = typed(number)
        return add_scan(log, shown, direction=Direction.IN, post=enrolment.post, by=session.who)


def _details(form: Form) -> dict[str, str]:
    """Check what was given; give what is to be sealed, without what was left empty."""
    if not form.agreed:
        raise Stopped(Trouble.CONSENT_NEEDED)
    given = {name: require_text(form.texts.get(name, "")) for name in _TEXTS}
    needed = ["name", "phone", *(["guardian", "guardian_phone"] if form.is_minor else [])]
    called = require_text(form.called)
    if not called or len(called) > _TEXTS["name"]:
        raise Stopped(Trouble.WRONG_USAGE, "called")
    for name, text in given.items():
        is_phone = name.endswith("phone") and bool(text)
        is_wrong = len(text) > _TEXTS[name] or (is_phone and fullmatch(_PHONE, text) is None)
        if is_wrong or (name in needed and not text) or search(_ID_CARD, text):
            raise Stopped(Trouble.WRONG_USAGE, name)
    age = {"age": "under_14"} if form.is_minor else {}
    return {**{name: text for name, text in given.items() if text}, **age}


def _number(kiosk: Kiosk, log: Writer) -> str:
    """Draw a number whose short part nobody on this kiosk has."""
    taken = {short_number(row[0]) for row in log.db.execute("SELECT number FROM walk_ins")}
    for _ in range(_DRAWS):
        number = temporary_number(kiosk.chance(CHANCE_BYTES))
        if short_number(number) not in taken:
            return number
    raise RuntimeError("chance gave the same temporary number again and again")
