"""Signing in with password and one-time code (Flask-Security), and the session that the server can end."""

from datetime import timedelta

from flask import Flask, g, redirect, request, session, url_for
from flask_login import current_user, logout_user
from flask_security import Security, password_changed, user_authenticated
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from server.accounts import sessions
from server.accounts.account import Account
from server.accounts.lockout import forget_failures
from server.accounts.store import AccountStore
from server.console import single_sign_on
from server.console.sign_in_forms import Change, Code, Login, Verify
from server.services import Services

_TOKEN = "session"  # noqa: S105 - a name, not a token


POLL = "X-Poll"
"""Header of what a page asks by itself, again and again: that is no use of the session, which ends when nobody is there."""


def register(app: Flask, services: Services) -> None:
    """Put signing in, its cookies and the walls against forged forms up."""
    CSRFProtect(app)
    store = AccountStore(services.database, services.central, lambda: str(session.get(_TOKEN, "")))
    security = Security(
        app,
        store,
        login_form=Login,
        two_factor_verify_code_form=Code,
        verify_form=Verify,
        change_password_form=Change,
    )
    security.reauthn_handler(_ask_again)
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


def _ask_again(_within: timedelta, _grace: timedelta) -> Response:
    """Ask for the password again, on a page that says why: the message of Flask-Security is in English alone."""
    return redirect(url_for("security.verify", next=request.path))
