"""Reference data: people, teams, regions, sites, posts, shifts, assignments, activities, policies; each with every version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from schemas.vocabulary import END, Code
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.based_on import seen, tag
from server.api.calls import Calls
from server.api.cursors import Page, after, onward
from server.api.fields import LocalDate, PageAsked, Strict, words
from server.api.shapes import page_shape
from server.books.dates import iso_date, iso_time, local_day
from server.books.derive.queue import queue_people
from server.http.errors import FieldsRefused
from server.imports.change import Author, Pens
from server.imports.columns import Kind
from server.imports.kinds import KINDS
from server.imports.reasons import SENTENCES, FileRefused
from server.imports.written import written
from server.limits import IMPORT_CELL_CHARS_MAX, IMPORT_COLUMNS_MAX, SEARCH_CHARS_MAX
from server.people.browse import FILTERS, Thing, Version, browse, find, key_of
from server.people.edit import Wish, edit
from server.people.mask import masked
from server.people.search import Person, search
from sync.errors import Refused

calls = Calls(
    "reference",
    __name__,
    "People, teams, regions, sites, posts, shifts, assignments, activities, policies.",
)
_CLOSED = ("phone", "born")
"""Columns of people that only whoever may unmask is told."""


@dataclass(frozen=True, slots=True)
class ThingListed:
    """A thing. cells: what is in force, by column as imports name it; people's names are masked, for whoever may not unmask."""

    key: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A version. since: from when it holds ("" from the beginning). by: who brought it ("" by command or import). at: when."""

    since: str
    by: str
    at: str | None
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class ThingTold:
    """A thing. cells: what is in force (null: nothing yet). seen: its version, for changing it."""

    kind: str
    key: str
    seen: str
    cells: dict[str, str] | None
    versions: list[VersionTold]


@dataclass(frozen=True, slots=True)
class ThingSaved:
    """What became of a change. changed: false where it was so before. unknown: it names what nobody has entered yet."""

    kind: str
    key: str
    changed: bool
    unknown: bool


@dataclass(frozen=True, slots=True)
class PersonFound:
    """A person. name: masked, for whoever may not unmask."""

    number: str
    name: str
    team: str
    region: str


class ThingsAsked(PageAsked):
    """Which things. q: in the name, or its initials. by, is: the value of one column (of a site `region`)."""

    q = words(SEARCH_CHARS_MAX, load_default=str)
    by = fields.String(
        load_default=str,
        validate=validate.OneOf(sorted({n for names in FILTERS.values() for n in names})),
    )
    is_ = words(40, data_key="is", load_default=str)


class PeopleAsked(PageAsked):
    """Whom to find: by number, name, pinyin or initials. Never by phone: addresses stand in log files."""

    q = words(SEARCH_CHARS_MAX, 1, required=True)


class ThingWanted(Strict):
    """A change. cells: by column, as in an import; those that are not there stay as they are. since: from when it holds."""

    cells = fields.Dict(
        keys=fields.String(validate=validate.Regexp(rf"^[a-z_]{{1,20}}{END}")),
        values=words(IMPORT_CELL_CHARS_MAX),
        required=True,
        validate=validate.Length(min=1, max=IMPORT_COLUMNS_MAX),
    )
    since = LocalDate(load_default=None)


@calls.reads("/people", needs=Right.SEE, asks=PeopleAsked, gives=page_shape(PersonFound))
def find_people(asked: dict[str, Any]) -> Page[PersonFound]:
    """Find people by what somebody types."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        clear = here.clear(connection)
        text = behind[0] if behind else ""
        found = search(connection, part, asked["q"], after=text, limit=limit, by_phone=False)
    people = [_person(one, clear) for one in found.people]
    shown = sum(clear.has_person(one.team, one.region) for one in found.people)
    if shown:
        here.note("people", asked["q"], shown)
    return Page(people, onward(found.after))


@calls.reads(
    "/reference/<kind:kind>", needs=Right.SEE, asks=ThingsAsked, gives=page_shape(ThingListed)
)
def browse_kind(asked: dict[str, Any], kind: str) -> Page[ThingListed]:
    """What is in force of a kind."""
    behind, found = after(asked), KINDS[kind]
    wanted = {asked["by"]: asked["is_"]} if asked["by"] else {}
    if asked["by"] and asked["by"] not in FILTERS[kind]:
        raise FieldsRefused({"query": {"by": [f"one of {', '.join(FILTERS[kind])}"]}})
    with here.reading() as connection:
        listed = browse(
            connection,
            here.part(connection, Right.SEE),
            kind,
            local_day(here.now_ms()),
            wanted=wanted,
            text=asked["q"],
            after=behind[0] if behind else "",
            limit=asked["limit"],
        )
        clear = here.clear(connection)
    shown = sum(_is_clear(found, clear, row) for row in listed.rows)
    if kind == "volunteers" and shown:
        here.note("reference volunteers", asked["q"] or asked["is_"], shown)
    rows = [ThingListed(key_of(found, row), _cells(found, clear, row)) for row in listed.rows]
    return Page(rows, onward(listed.after))


@calls.reads(
    "/reference/<kind:kind>/<path:key>", needs=Right.SEE, gives=ThingTold, has_version=True
)
def one(_asked: dict[str, Any], kind: str, key: str) -> tuple[ThingTold, dict[str, str]]:
    """A thing with every version of it."""
    found = KINDS[kind]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        thing = find(connection, part, kind, _storable(key), local_day(here.now_ms()))
        clear = here.clear(connection)
    if thing is None:
        raise Refused(Code.NOT_FOUND)
    if kind == "volunteers":
        here.note("reference volunteer", key, 1)
    return _told(found, key, clear, thing), tag(thing.token)


@calls.acts(
    "/reference/<kind:kind>", needs=Right.EDIT, takes=ThingWanted, gives=ThingSaved, is_based=True
)
def save(wanted: dict[str, Any], kind: str) -> ThingSaved:
    """Enter something (`If-Match: *`), or change it: a new version. The same again changes nothing."""
    found, services, now = KINDS[kind], here.services(), here.now_ms()
    with here.reading() as connection:
        part = here.part(connection, Right.EDIT)
    author = Author(here.caller().account.username, now)
    day = local_day(now) if wanted["since"] is None else wanted["since"]
    wish = Wish(found, wanted["cells"], seen(), day, author)
    pens = Pens(services.central.record_change, queue_people)
    try:
        saved = edit(services.database, part, wish, pens)
    except FileRefused as refused:  # columns that are missing, or twice
        raise FieldsRefused({"json": {"cells": [refused.message]}}) from refused
    if saved.faults:
        told = {fault.column[:20]: [SENTENCES[fault.reason][1]] for fault in saved.faults}
        raise FieldsRefused({"json": {"cells": told}})
    row = {column.field: value for column, value in zip(found.columns, saved.row, strict=True)}
    return ThingSaved(kind, key_of(found, row), saved.changed, saved.unknown)


def _is_clear(kind: Kind, clear: Part, row: Mapping[str, Any]) -> bool:
    return kind.name != "volunteers" or clear.has_person(row["team"], row["region"])


def _cells(kind: Kind, clear: Part, row: Mapping[str, Any]) -> dict[str, str]:
    """Write a row by column; of a person whom one may not read in full, the name is masked and the rest left out."""
    cells = {column.name: written(column, row[column.field]) for column in kind.columns}
    if _is_clear(kind, clear, row):
        return cells
    return {**cells, "name": masked(cells["name"]), **dict.fromkeys(_CLOSED, "")}


def _told(kind: Kind, key: str, clear: Part, thing: Thing) -> ThingTold:
    cells = _cells(kind, clear, thing.in_force) if thing.in_force else None
    versions = [_version(kind, clear, version) for version in thing.versions]
    return ThingTold(kind.name, key, thing.token, cells, versions)


def _version(kind: Kind, clear: Part, version: Version) -> VersionTold:
    since = iso_date(version.valid_from) if version.valid_from else ""
    at = iso_time(version.at_ms) if version.at_ms else None
    return VersionTold(since, version.by, at, _cells(kind, clear, version.values))


def _person(one: Person, clear: Part) -> PersonFound:
    name = one.name if clear.has_person(one.team, one.region) else masked(one.name)
    return PersonFound(one.number, name, one.team, one.region)


def _storable(key: str) -> str:
    """Refuse (`not_found`) a key that no database keeps."""
    if not key.isprintable() or len(key) > IMPORT_CELL_CHARS_MAX:
        raise Refused(Code.NOT_FOUND)
    return key
