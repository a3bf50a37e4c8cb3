"""Where accounts are signed in: the browser holds a random token, the database its hash, so that any session can be ended.

A session ends after half an hour without a request, after half a day at the latest, and when its account signs out, changes its
password, is closed, or ends it from elsewhere (ASVS 7).
"""

from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Connection, Label, Row, Subquery, insert, select, update

from server.limits import SESSION_IDLE_MS, SESSION_MS
from server.models.staff import StaffSession

SEEN_EVERY_MS = 60_000
"""How much older than now the last request may look: not every page is worth a write."""
_AGENT_CHARS = 200
_FIELDS = ("token", "account", "began_ms", "seen_ms", "ended_ms", "agent")


@dataclass(frozen=True, slots=True)
class Session:
    """A session. key: stands for it on pages, in hex; it cannot be turned back into the token."""

    key: str
    account: int
    began_ms: int
    seen_ms: int
    agent: str
    is_ended: bool = False


def begin(connection: Connection, account: int, agent: str, now_ms: int) -> str:
    """Begin a session, and give the token that the browser keeps."""
    token = token_urlsafe(32)
    row = {
        "token": _hash(token),
        "account": account,
        "began_ms": now_ms,
        "seen_ms": now_ms,
        "ended_ms": 0,
        "agent": agent[:_AGENT_CHARS],
    }
    connection.execute(insert(StaffSession).values(row))
    return token


def lasts(session: Session, now_ms: int) -> bool:
    """Tell whether a session holds still: nobody ended it, and neither of its times has run out."""
    is_over = session.is_ended or session.began_ms < now_ms - SESSION_MS
    return not is_over and session.seen_ms >= now_ms - SESSION_IDLE_MS


def of_token(token: str) -> Subquery:
    """Ask for the session of a token, whether it lasts or not: to be joined with its account."""
    return select(StaffSession).where(StaffSession.token == _hash(token)).subquery("session")


def columns(asked: Subquery) -> tuple[Label[Any], ...]:
    """Give its columns, as `session_of` reads them."""
    return tuple(asked.c[name].label(f"session_{name}") for name in _FIELDS)


def session_of(row: Row[Any]) -> Session | None:
    """Give the session that a row has beside its account; None where there is none."""
    token, account, began_ms, seen_ms, ended_ms, agent = (
        getattr(row, f"session_{name}") for name in _FIELDS
    )
    if token is None:
        return None
    key = bytes(token).hex()
    return Session(key, account, began_ms, seen_ms, agent, is_ended=bool(ended_ms))


def is_stale(session: Session, now_ms: int) -> bool:
    """Tell whether it is time to write down that the session was used."""
    return session.seen_ms < now_ms - SEEN_EVERY_MS


def note_seen(connection: Connection, session: Session, now_ms: int) -> None:
    """Write down that the session was used."""
    token = bytes.fromhex(session.key)
    connection.execute(
        update(StaffSession).where(StaffSession.token == token).values(seen_ms=now_ms)
    )


def list_sessions(connection: Connection, account: int, now_ms: int) -> list[Session]:
    """Give the sessions of an account that last, the newest first."""
    lasting = select(StaffSession).where(
        StaffSession.account == account,
        StaffSession.ended_ms == 0,
        StaffSession.began_ms >= now_ms - SESSION_MS,
        StaffSession.seen_ms >= now_ms - SESSION_IDLE_MS,
    )
    rows = connection.execute(lasting.order_by(StaffSession.began_ms.desc()))
    return [Session(bytes(r.token).hex(), r.account, r.began_ms, r.seen_ms, r.agent) for r in rows]


def end(connection: Connection, account: int, now_ms: int, *, key: str = "") -> int:
    """End one session of an account, or all of them. Tell how many lasted."""
    ended = update(StaffSession).where(StaffSession.account == account, StaffSession.ended_ms == 0)
    if key:
        ended = ended.where(StaffSession.token == bytes.fromhex(key))
    return connection.execute(ended.values(ended_ms=now_ms)).rowcount


def end_others(connection: Connection, account: int, token: str, now_ms: int) -> int:
    """End all sessions of an account but the one of this token. Tell how many lasted."""
    ended = update(StaffSession).where(StaffSession.account == account, StaffSession.ended_ms == 0)
    others = ended.where(StaffSession.token != _hash(token))
    return connection.execute(others.values(ended_ms=now_ms)).rowcount


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
