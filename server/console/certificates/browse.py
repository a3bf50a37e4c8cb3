"""The list of certificates, and one of them."""

from dataclasses import replace

from flask import abort, render_template, request

from server.access.roles import Right
from server.certificates.number import as_typed
from server.certificates.read_certificates import Listed, read_certificate, read_certificates
from server.console.here import part, reading
from server.console.pages import Pages
from server.people.mask import masked

pages = Pages("certificates", __name__)
_NUMBER_CHARS = 20
_ON_A_PAGE = 50


@pages.page("/certificates", needs=Right.SEE)
def browse() -> str:
    """Show certificates, the newest first; of one volunteer, if so wished."""
    who = request.args.get("who", "").strip()[:_NUMBER_CHARS]
    before = request.args.get("before", "").strip()[:_NUMBER_CHARS]
    with reading() as connection:
        mine = part(connection, Right.SEE)
        page = read_certificates(connection, mine, number=who, before=before, most=_ON_A_PAGE + 1)
    after = page[_ON_A_PAGE - 1].number if len(page) > _ON_A_PAGE else ""
    return render_template(
        "certificates/browse.html",
        page=[_masked(one) for one in page[:_ON_A_PAGE]],
        who=who,
        after=after,
        is_first=not before,
    )


@pages.page("/certificates/<number>", needs=Right.SEE)
def one(number: str) -> str:
    """Show a certificate."""
    with reading() as connection:
        mine = part(connection, Right.SEE)
        found = read_certificate(connection, mine, as_typed(number[:_NUMBER_CHARS]))
    if found is None:
        abort(404)
    return render_template("certificates/one.html", one=_masked(found))


def _masked(one: Listed) -> Listed:
    """Give what a page shows: the name masked, so that looking at certificates reads nobody's."""
    return replace(one, name=masked(one.name))
