"""One's own account: what it may do, where it is signed in, and the ways to change password and second factor."""

from flask import flash, g, redirect, render_template, session, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.accounts import sessions, tokens
from server.console.accounts.doors import pages
from server.console.here import account, now_ms, reading, services
from server.console.signing_in import end_own
from server.console.words import say as _


@pages.page("/account", needs=Right.SEE)
def own() -> str:
    """Show one's own account."""
    me = account()
    with reading() as connection:
        lasting = sessions.list_sessions(connection, me.id, now_ms())
        held = tokens.list_tokens(connection, me.id, now_ms())
    return render_template(
        "accounts/own.html", sessions=lasting, here=g.session.key, tokens=held, rights=list(Right)
    )


@pages.page("/account/sessions/<key>/end", needs=Right.SEE, methods=["POST"])
def end_session(key: str) -> Response:
    """End one of one's own sessions, or (`all`) every other one."""
    me, now = account(), now_ms()
    with services().database.write_facts() as connection:
        for one in sessions.list_sessions(connection, me.id, now):
            if one.key != g.session.key and key in ("all", one.key):
                sessions.end(connection, me.id, now, key=one.key)
    flash(_("已结束。"))
    return redirect(url_for("accounts.own"))


@pages.page("/leave", needs=Right.SEE, methods=["POST"])
def leave() -> Response:
    """Sign out: the session ends at the server, too."""
    end_own(services())
    logout_user()
    session.clear()
    return redirect(url_for("security.login"))
