"""Your own account: what it may do, where it is signed in, and its tokens. What opens a door is made on the page alone."""

from dataclasses import dataclass
from typing import Any

from schemas.vocabulary import Code
from server.access.grant import Grant
from server.access.roles import Right
from server.accounts import sessions, tokens
from server.accounts.sessions import Session
from server.accounts.tokens import Token
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import Nothing
from server.api.shapes import page_shape
from server.books.dates import iso_time
from sync.errors import Refused

calls = Calls("account", __name__, "Your own account, its sessions and its tokens.")


@dataclass(frozen=True, slots=True)
class GrantTold:
    """A role over a part of the tree. over: `all`, `region`, `team` or `site`."""

    role: str
    over: str
    code: str


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Who calls. number: of a volunteer or of staff ("": the account decides nothing). rights: of this token."""

    name: str
    title: str
    number: str
    grants: list[GrantTold]
    token: int
    rights: list[str]


@dataclass(frozen=True, slots=True)
class SessionTold:
    """A browser that is signed in. session: stands for it, and opens nothing."""

    session: str
    began: str
    seen: str
    browser: str


@dataclass(frozen=True, slots=True)
class TokenTold:
    """A token, without its secret. used: null if it never was."""

    token: int
    name: str
    rights: list[str]
    made: str
    until: str
    used: str | None


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session that lasts no more."""

    session: str


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """A token with which nobody calls any more."""

    token: int


@calls.reads("/account", needs=Right.SEE, gives=OwnAccount)
def own(_asked: dict[str, Any]) -> OwnAccount:
    """Who you are, and what this token may do."""
    who = here.caller()
    me, rights = who.account, sorted(right for right in who.token.rights if who.may(right))
    grants = [grant_told(grant) for grant in me.grants]
    return OwnAccount(me.username, me.title, me.number, grants, who.token.id, [*map(str, rights)])


@calls.reads("/account/sessions", needs=Right.SEE, gives=page_shape(SessionTold))
def lasting(_asked: dict[str, Any]) -> Page[SessionTold]:
    """Where your account is signed in, the newest first."""
    with here.reading() as connection:
        found = sessions.list_sessions(connection, here.caller().account.id, here.now_ms())
    return Page([_session(one) for one in found], None)


@calls.acts(
    "/account/sessions/<hash:session>/end", needs=Right.SEE, takes=Nothing, gives=SessionEnded
)
def end_session(_wanted: dict[str, Any], session: str) -> SessionEnded:
    """End one of your own sessions: whoever sits there has to sign in anew."""
    me, now = here.caller().account.id, here.now_ms()
    with here.services().database.write_facts() as connection:
        if not sessions.end(connection, me, now, key=session):
            raise Refused(Code.NOT_FOUND, "没有这个登录 / no such session")
    return SessionEnded(session)


@calls.reads("/account/tokens", needs=Right.SEE, gives=page_shape(TokenTold))
def held(_asked: dict[str, Any]) -> Page[TokenTold]:
    """Your tokens that last, the newest first."""
    with here.reading() as connection:
        found = tokens.list_tokens(connection, here.caller().account.id, here.now_ms())
    return Page([_token(one) for one in found], None)


@calls.acts(
    "/account/tokens/<place:token>/revoke", needs=Right.SEE, takes=Nothing, gives=TokenRevoked
)
def revoke_token(_wanted: dict[str, Any], token: int) -> TokenRevoked:
    """Revoke a token of your own, this one too. The same again changes nothing."""
    services, me = here.services(), here.caller().account
    with services.database.write_facts() as connection:
        tokens.revoke_token(connection, services.central, me, token, by=me.username)
    return TokenRevoked(token)


def grant_told(grant: Grant) -> GrantTold:
    """Tell of a role over a part of the tree."""
    return GrantTold(grant.role, grant.over, grant.code)


def _session(one: Session) -> SessionTold:
    return SessionTold(one.key, iso_time(one.began_ms), iso_time(one.seen_ms), one.agent)


def _token(one: Token) -> TokenTold:
    used = iso_time(one.used_ms) if one.used_ms else None
    rights = [*map(str, sorted(one.rights))]
    return TokenTold(
        one.id, one.name, rights, iso_time(one.made_ms), iso_time(one.expires_ms), used
    )
