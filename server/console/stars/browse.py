"""The thresholds in force and the lists, one list, and what a person's stars rest on."""

from flask import render_template, request
from sqlalchemy import Connection, select

from server.access.part import Part
from server.access.roles import Right
from server.books.dates import local_day
from server.console.here import note, now_ms, part, reading, services
from server.console.pages import Pages
from server.models.now import RegionNow
from server.people.mask import masked
from server.stars.browse_lists import browse_list, browse_lists, read_person
from server.stars.on_lists import OnList
from server.stars.thresholds import Scope, thresholds

pages = Pages("stars", __name__)
LISTS_A_PAGE = 20
PEOPLE_A_PAGE = 100
_SCOPES_SHOWN = 100
_HASH_CHARS = 64
_NUMBER_CHARS = 20


@pages.page("/stars", needs=Right.SEE)
def browse() -> str:
    """Show the thresholds that hold today, and the lists, the newest first."""
    before, today = request.args.get("before", "")[:_HASH_CHARS], local_day(now_ms())
    with reading() as connection:
        mine = part(connection, Right.SEE)
        scopes = thresholds(connection).scopes(mine, today)[:_SCOPES_SHOWN]
        regions = _names(connection, scopes)
        page = browse_lists(connection, mine, today, before=before, limit=LISTS_A_PAGE)
    return render_template(
        "stars/browse.html", page=page, scopes=scopes, regions=regions, is_first=not before
    )


@pages.page("/stars/<entry>", needs=Right.SEE)
def one(entry: str) -> str:
    """Show a list: who is on it, and what was objected."""
    after, today = request.args.get("after", "")[:_NUMBER_CHARS], local_day(now_ms())
    keys = services().signer.keys
    with reading() as connection:
        mine, clear = part(connection, Right.SEE), part(connection, Right.UNMASK)
        page = browse_list(connection, keys, mine, today, entry, after=after, limit=PEOPLE_A_PAGE)
    rows = [(_veiled(person, clear), state) for person, state in page.rows]
    told = sum(clear.has_person(person.team, person.region) for person, _ in page.rows)
    read = told + len({said.volunteer for said in page.objections})
    if read:
        note("stars", page.list.entry[:12], read)
    return render_template("stars/one.html", page=page, rows=rows, is_first=not after)


@pages.page("/stars/<entry>/people/<number>", needs=Right.SEE)
def person(entry: str, number: str) -> str:
    """Show what somebody's stars on a list rest on, each posting with the way to its record."""
    with reading() as connection:
        mine, clear = part(connection, Right.SEE), part(connection, Right.UNMASK)
        found = read_person(connection, mine, local_day(now_ms()), entry, number[:_NUMBER_CHARS])
    note("stars", found.person.who, 1)
    return render_template("stars/person.html", found=found, person=_veiled(found.person, clear))


def _veiled(person: OnList, clear: Part) -> OnList:
    """Give somebody as they may be shown: the name in full only where whoever asks may read it."""
    is_clear = clear.has_person(person.team, person.region)
    return person if is_clear else person._replace(name=masked(person.name))


def _names(connection: Connection, scopes: list[Scope]) -> dict[str, str]:
    codes = [scope.region for scope in scopes if scope.region]
    if not codes:
        return {}
    query = select(RegionNow.code, RegionNow.name).where(RegionNow.code.in_(codes))
    return {row.code: row.name for row in connection.execute(query)}
