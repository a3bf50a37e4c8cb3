"""The queue: what waits for a person, the oldest first, by filters that are all in the address."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection, literal, select, union_all
from werkzeug.wrappers import Response

from server.access.part import Part
from server.access.roles import Right
from server.accounts.views import read_views
from server.books.derive.waiting_people import waiting_among
from server.books.review.count_findings import count_queue
from server.books.review.open_findings import Queued, read_queue
from server.console.here import account, note, part, reading
from server.console.review.asked import Asked, read_asked, sought
from server.console.review.doors import pages
from server.console.review.wording import rule_words
from server.limits import FINDINGS_A_PAGE, FINDINGS_COUNTED_MAX
from server.models.now import RegionNow, SiteNow, TeamNow
from server.people.mask import masked
from server.people.roster import names
from server.reconcile.rules.catalogue import RULES

_OPTIONS_MAX = 300
"""Sites, regions and teams offered while typing."""
_LOOKED_AHEAD = 20
"""Findings looked through for the next one that nobody has just decided."""

HOLDING = sorted({rule.id for rule in RULES if rule.severity not in (None, "note")} | {"R8"})
"""Rules that leave something to decide."""


@pages.page("/review", needs=Right.SEE)
def browse() -> str:
    """Show a page of the queue."""
    asked = read_asked(request.args)
    with reading() as connection:
        mine, unmasked = part(connection, Right.SEE), part(connection, Right.UNMASK)
        wanted = sought(connection, asked)
        found = read_queue(connection, mine, wanted, asked.after, FINDINGS_A_PAGE + 1)
        rows, more = found[:FINDINGS_A_PAGE], len(found) > FINDINGS_A_PAGE
        values = {
            "count": count_queue(connection, mine, wanted),
            "names": _names(connection, rows, unmasked),
            "fresh": waiting_among(connection, {row.place.about for row in rows}),
            "options": _options(connection, mine, rows),
            "views": read_views(connection, account().id),
        }
    return render_template(
        "review/browse.html",
        asked=asked,
        rows=rows,
        after=rows[-1].place.text() if more else "",
        counted_max=FINDINGS_COUNTED_MAX,
        rules=HOLDING,
        rule_words=rule_words,
        **values,
    )


@pages.page("/review/next", needs=Right.SEE)
def next_one() -> Response:
    """Go on to the next finding behind the one that the address names; at the end of the queue back to the list."""
    asked = read_asked(request.args)
    with reading() as connection:
        mine, wanted = part(connection, Right.SEE), sought(connection, asked)
        found = read_queue(connection, mine, wanted, asked.after, _LOOKED_AHEAD)
        fresh = waiting_among(connection, {row.place.about for row in found})
    for row in found:
        if row.place.about not in fresh:
            return redirect(address_of(row, asked))
    return redirect(url_for("review.browse", **asked.with_(), done="1"))


def address_of(row: Queued, asked: Asked) -> str:
    """Give the address of a finding: its person and entry, with the filters and where the queue goes on."""
    entry = row.found.record or (row.found.entries[0] if row.found.entries else "")
    values = asked.with_(at=row.place.text(), of=row.found.rule)
    return url_for("review.one", number=row.place.about, entry=entry, **values)


def _names(connection: Connection, rows: Sequence[Queued], unmasked: Part) -> dict[str, str]:
    """Give what people are called: masked, unless somebody who may see names asked for them; that is noted."""
    known = names(connection, sorted({row.place.about for row in rows}))
    if request.args.get("names") != "full":
        return {number: masked(name) for number, name in known.items()}
    seen = {
        row.place.about
        for row in rows
        if unmasked.has_site(row.found.site) or unmasked.has_person(row.team, row.region)
    }
    if seen:
        note("review", request.query_string.decode("ascii", "replace"), len(seen))
    return {number: name if number in seen else masked(name) for number, name in known.items()}


def _options(
    connection: Connection, mine: Part, rows: Sequence[Queued]
) -> dict[str, dict[str, str]]:
    """Give the names of the sites shown, and of sites, regions and teams within the part to choose from, in one question."""
    shown = sorted({row.found.site for row in rows})
    asked = union_all(
        select(literal("shown").label("what"), SiteNow.code, SiteNow.name).where(
            SiteNow.code.in_(shown)
        ),
        *[
            select(
                select(literal(what), model.code, model.name)
                .where(within)
                .order_by(model.code)
                .limit(_OPTIONS_MAX)
                .subquery()
            )
            for what, model, within in (
                ("site", SiteNow, mine.sites_within(SiteNow.code)),
                ("region", RegionNow, mine.regions_within(RegionNow.code)),
                ("team", TeamNow, mine.teams_within(TeamNow.code)),
            )
        ],
    )
    found: dict[str, dict[str, str]] = {"shown": {}, "site": {}, "region": {}, "team": {}}
    for what, code, name in connection.execute(asked):
        found[what][code] = name
    return found
