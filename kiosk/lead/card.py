"""The duty card of the post: what to do, how, how to protect oneself. Shown at somebody's first sign-in, acknowledged by a tap.

A lead writes it here; it is kept by post. Whoever has seen this very wording is not shown it again.
"""

from dataclasses import dataclass
from hashlib import sha256

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.notes import DUTY_CARD, SETTING, note
from kiosk.limits import DUTY_CARD_CHARS_MAX
from kiosk.log import Writer, appending, entry_at, hash_at
from kiosk.store import Database
from kiosk.undo import Target
from schemas.entry import Scan


@dataclass(frozen=True, slots=True)
class Card:
    """A duty card: 做什么, 怎么干, 怎么防护."""

    what: str = ""
    how: str = ""
    protect: str = ""

    @property
    def mark(self) -> str:
        """Name this wording."""
        text = "\x00".join((self.what, self.how, self.protect))
        return sha256(text.encode()).hexdigest()[:16]


def read_card(db: Database, post: str) -> Card | None:
    """Give the card of a post; None where nobody wrote one."""
    found = device.read(db, f"duty card {post}", Card)
    return found if found and (found.what or found.how or found.protect) else None


def write_card(kiosk: Kiosk, card: Card, *, by: str) -> None:
    """Keep the card of the post at which this kiosk stands; an empty one ends it.

    Raise `Stopped`: `not_enrolled`, `wrong_usage`.
    """
    post = device.require_enrolment(kiosk.store.db).post
    if max(map(len, (card.what, card.how, card.protect))) > DUTY_CARD_CHARS_MAX:
        raise Stopped(Trouble.WRONG_USAGE, "card")
    with appending(kiosk.store, kiosk.clock) as log:
        device.write(log.db, f"duty card {post}", card)
        note(log, SETTING, f"duty_card {post} {card.mark}", by=by)


def card_for(db: Database, scan: Scan) -> Card | None:
    """Give the card to show after this scan: of a sign-in at its post, unless the person has seen that wording."""
    card = read_card(db, scan.post) if scan.who and scan.direction == "in" else None
    if card is None:
        return None
    seen = db.execute(
        "SELECT mark FROM cards_seen WHERE who = ? AND post = ?", (scan.who, scan.post)
    )
    return None if seen.fetchone() == (card.mark,) else card


def acknowledge(kiosk: Kiosk, target: Target) -> None:
    """Write down that whoever signed in by this scan has read the card. Twice is once. Raise `Stopped(not_there)`."""
    with appending(kiosk.store, kiosk.clock) as log:
        scan = _scan(log, target)
        card = card_for(log.db, scan)
        if card is None:
            return
        row = (scan.who, scan.post, card.mark)
        log.db.execute("INSERT OR REPLACE INTO cards_seen VALUES (?, ?, ?)", row)
        note(log, DUTY_CARD, f"{scan.post} {card.mark}", who=scan.who, about=target.hash, by="")


def _scan(log: Writer, target: Target) -> Scan:
    entry = entry_at(log.db, log.identity, target.seq)
    is_named = target.log == log.identity.log
    if not isinstance(entry, Scan) or not is_named:
        raise Stopped(Trouble.NOT_THERE)
    if hash_at(log.db, log.identity, target.seq) != target.hash:
        raise Stopped(Trouble.NOT_THERE)
    return entry
