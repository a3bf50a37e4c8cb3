"""Who leads at the screen now: one at a time, in memory alone, until nothing was done for a while."""

import hmac
from dataclasses import dataclass

from kiosk.clock import Reading
from kiosk.errors import Stopped, Trouble
from kiosk.limits import LEAD_IDLE_MS

TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Session:
    """A lead at the screen. key: of names."""

    token: str
    who: str
    key: bytes


@dataclass(slots=True)
class Leading:
    """The one session there is, and when it was last used, by boot and monotonic clock."""

    session: Session | None = None
    used: tuple[bytes, int] = (b"", 0)

    def begin(self, session: Session, now: Reading) -> None:
        """Let this lead be the one at the screen; whoever was before is not any more."""
        self.session, self.used = session, (now.boot, now.mono_ms)

    def require(self, token: str, now: Reading) -> Session:
        """Give the session of this token, used now. Raise `Stopped(lead_needed)`."""
        session, (boot, used_ms) = self.session, self.used
        is_idle = boot != now.boot or now.mono_ms - used_ms > LEAD_IDLE_MS
        if session is None or is_idle or not _same(token, session.token):
            raise Stopped(Trouble.LEAD_NEEDED)
        self.used = (now.boot, now.mono_ms)
        return session

    def end(self) -> None:
        """Let nobody lead at the screen."""
        self.session = None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
