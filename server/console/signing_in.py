"""Signing in with password and one-time code (Flask-Security), and the session that the server can end."""

from typing import Any

from flask import Flask, g, request, session
from flask_login import current_user, logout_user
from flask_security import Security, password_changed, user_authenticated
from flask_security.forms import LoginForm, TwoFactorVerifyCodeForm
from flask_wtf.csrf import CSRFProtect

from server.accounts import sessions
from server.accounts.account import Account
from server.accounts.lockout import forget_failures
from server.accounts.store import AccountStore
from server.console import single_sign_on
from server.limits import PASSWORD_CHARS_MAX
from server.services import Services

_TOKEN = "session"  # noqa: S105 - a name, not a token


POLL = "X-Poll"
"""Header of what a page asks by itself, again and again: that is no use of the session, which ends when nobody is there."""


class _Login(LoginForm):
    """Name and password. There is no staying signed in: kiosks and offices share computers."""

    email = None
    remember = None

    def validate(self, **rest: Any) -> bool:
        """Refuse what can be nobody's password before it costs a hash."""
        if len(self.password.data or "") > PASSWORD_CHARS_MAX:
            self.password.errors = [
                f"密码最多 {PASSWORD_CHARS_MAX} 位 / at most so many characters"
            ]
            return False
        return bool(super().validate(**rest))


class _Code(TwoFactorVerifyCodeForm):
    """A one-time code; a locked account is not let in by guessing."""

    def validate(self, **rest: Any) -> bool:
        if self.user is not None and self.user.is_locked(None):
            self.code.errors = ["错误次数过多，请稍后再试 / too many attempts: try again later"]
            return False
        return bool(super().validate(**rest))


def register(app: Flask, services: Services) -> None:
    """Put signing in, its cookies and the walls against forged forms up."""
    CSRFProtect(app)
    store = AccountStore(services.database, services.central, lambda: str(session.get(_TOKEN, "")))
    security = Security(app, store, login_form=_Login, two_factor_verify_code_form=_Code)
    single_sign_on.register(app, security, services.config)

    @user_authenticated.connect_via(app)
    def signed_in(_app: Flask, user: Account, **_rest: object) -> None:
        now = services.signer.clock.wall_ms()
        forget_failures(services.database, user)
        with services.database.write_facts() as connection:
            agent = request.headers.get("User-Agent", "")
            session[_TOKEN] = sessions.begin(connection, user.id, agent, now)

    @password_changed.connect_via(app)
    def changed(_app: Flask, user: Account, **_rest: object) -> None:
        """Flask-Security has signed in anew with the new password: every session before that ends."""
        now = services.signer.clock.wall_ms()
        with services.database.write_facts() as connection:
            sessions.end_others(connection, user.id, session[_TOKEN], now)

    @app.before_request
    def require_lasting_session() -> None:
        """A cookie alone is not enough: its session must not have been ended. Files of the page itself are nobody's."""
        if request.endpoint == "static":
            return
        if current_user.is_authenticated and not _lasts(services):
            logout_user()
            session.clear()


def end_own(services: Services) -> None:
    """End the session of this request."""
    now = services.signer.clock.wall_ms()
    with services.database.write_facts() as connection:
        sessions.end(connection, current_user.id, now, key=g.session.key)


def _lasts(services: Services) -> bool:
    now = services.signer.clock.wall_ms()
    found: sessions.Session | None = current_user.session
    if found is None or not sessions.lasts(found, now):
        return False
    g.session = found
    if sessions.is_stale(found, now) and POLL not in request.headers:
        with services.database.write_facts() as connection:
            sessions.note_seen(connection, found, now)
    return True
