"""One's own tokens, with which programs call the API."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.accounts import tokens
from server.accounts.tokens import TokenWanted
from server.console.accounts.doors import pages
from server.console.here import account, services
from server.console.words import say as _
from sync.errors import Refused


@pages.page("/account/tokens", needs=Right.SEE, methods=["POST"])
def make_token() -> str:
    """Make a token; it is shown once."""
    me, wanted = account(), _wanted()
    with services().database.write_facts() as connection:
        made = tokens.make_token(connection, services().central, me, wanted, by=me.username)
    return render_template("accounts/token.html", made=made)


@pages.page("/account/tokens/<int:number>/revoke", needs=Right.SEE, methods=["POST"])
def revoke_token(number: int) -> Response:
    """Revoke one of one's own tokens."""
    me = account()
    with services().database.write_facts() as connection:
        tokens.revoke_token(connection, services().central, me, number, by=me.username)
    flash(_("已撤销。"))
    return redirect(url_for("accounts.own"))


def _wanted() -> TokenWanted:
    form = request.form
    try:
        rights = frozenset(map(Right, form.getlist("right")))
        days = int(form.get("days", "")[:4])
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "right, days") from error
    return TokenWanted(form.get("name", ""), rights, days)
