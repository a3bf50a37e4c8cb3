"""Who leads at the screen now: one at a time, in memory alone, until nothing was done for a while. Names go when they do."""

import hmac
from dataclasses import dataclass

from kiosk.clock import Reading
from kiosk.errors import Stopped, Trouble
from kiosk.lead.book import Book, open_book, state_of
from kiosk.limits import LEAD_IDLE_MS
from kiosk.store import Database

TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Session:
    """A lead at the screen. key: of names."""

    token: str
    who: str
    key: bytes


@dataclass(slots=True)
class Leading:
    """The one session there is, and when it was last used, by boot and monotonic clock.

    book: the names opened for it, behind what they were opened from.
    """

    session: Session | None = None
    used: tuple[bytes, int] = (b"", 0)
    book: tuple[object, Book] = ((), Book())

    def begin(self, session: Session, now: Reading) -> None:
        """Let this lead be the one at the screen; whoever was before is not any more."""
        self.end()
        self.session, self.used = session, (now.boot, now.mono_ms)

    def require(self, token: str, now: Reading) -> Session:
        """Give the session of this token, used now. Raise `Stopped(lead_needed)`."""
        session = self.peek(token, now)
        if session is None:
            raise Stopped(Trouble.LEAD_NEEDED)
        self.used = (now.boot, now.mono_ms)
        return session

    def peek(self, token: str, now: Reading) -> Session | None:
        """Give the session of this token, without its being used by that; None if it is over, or another's."""
        self.look(now)
        session = self.session
        return session if session is not None and _same(token, session.token) else None

    def look(self, now: Reading) -> None:
        """End a session that was not used for a while: whoever asks how the kiosk stands looks."""
        boot, used_ms = self.used
        if self.session and (boot != now.boot or now.mono_ms - used_ms > LEAD_IDLE_MS):
            self.end()

    def names(self, session: Session, db: Database) -> Book:
        """Give the names for this session, opened anew where the view has changed."""
        if session is not self.session:
            return Book()
        state = (session.token, state_of(db))
        if self.book[0] != state:
            self.book = state, open_book(db, session.key)
        return self.book[1]

    def end(self) -> None:
        """Let nobody lead at the screen, and let the names go."""
        self.session, self.book = None, ((), Book())


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
