"""Lists of reference data, and the search for people."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.books.dates import local_day
from server.console import here
from server.console.reference import nouns
from server.console.reference.doors import pages
from server.console.reference.veil import veil_names, veiled
from server.imports.columns import Kind
from server.limits import LIST_ROWS, SEARCH_CHARS_MAX
from server.people.browse import FILTERS, Listed, browse, key_of
from server.people.called import called
from server.people.search import search


@pages.page("/reference", needs=Right.SEE)
def start() -> Response:
    """Begin with people."""
    return redirect(url_for("reference.browse_kind", kind="volunteers"))


@pages.page("/reference/<kind>", needs=Right.SEE)
def browse_kind(kind: str) -> str:
    """List what is in force of a kind, narrowed as the address says; people are searched by what was typed."""
    found = nouns.kind_of(kind)
    text = request.args.get("q", "").strip()[:SEARCH_CHARS_MAX]
    wanted = {name: request.args.get(name, "").strip()[:40] for name in FILTERS[kind]}
    with here.reading() as connection:
        clear = here.part(connection, Right.UNMASK)
        page = _page(connection, found, text, wanted)
        names = veil_names(clear, called(connection, found, page.rows))
    rows, clearly = veiled(clear, kind, page.rows)
    if clearly:
        about = text or " ".join(f"{name}={value}" for name, value in wanted.items() if value)
        here.note("reference.volunteers", about, clearly)
    return render_template(
        "reference/list.html",
        kind=found,
        rows=rows,
        names=names,
        key_of=key_of,
        text=text,
        wanted={name: value for name, value in wanted.items() if value},
        filters=FILTERS[kind],
        after=page.after,
        nouns=nouns,
    )


def _page(connection: Connection, kind: Kind, text: str, wanted: Mapping[str, str]) -> Listed:
    part = here.part(connection, Right.SEE)
    after = request.args.get("after", "")[: 4 * SEARCH_CHARS_MAX + 1]
    if kind.name != "volunteers" or not text:
        day = local_day(here.now_ms())
        return browse(
            connection, part, kind.name, day, wanted=wanted, text=text, after=after, limit=LIST_ROWS
        )
    # Never by phone: what is searched stands in the address, and addresses stand in log files.
    found = search(connection, part, text, after=after, limit=LIST_ROWS, by_phone=False)
    return Listed([person._asdict() for person in found.people], found.after)
