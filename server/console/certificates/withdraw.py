"""Withdrawing a certificate, for a reason."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.certificates.withdraw import withdraw as withdraw_certificate
from server.console import form
from server.console.certificates.browse import pages
from server.console.here import account, part, reading, services
from server.console.words import say as _


@pages.page("/certificates/<number>/withdraw", needs=Right.CERTIFY, methods=["POST"])
def withdraw(number: str) -> Response:
    """Withdraw it, and show it."""
    why = form.why()
    there = services()
    with reading() as connection:
        mine = part(connection, Right.CERTIFY)
    done = withdraw_certificate(
        there.database, there.central, account().actor(Right.CERTIFY), number[:20], why, part=mine
    )
    flash(_("早已作废，没有改动。") if done.already else _("已作废。"))
    return redirect(url_for("certificates.one", number=done.number))
