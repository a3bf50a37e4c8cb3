"""What the kinds of reference data, and their columns, are called on pages, and how their values are shown."""

from collections.abc import Mapping

from flask import abort

from schemas.vocabulary import SITE_KIND_ZH, SiteKind
from server.access.part import Part
from server.console.words import CHINESE, chosen
from server.console.words import say as _
from server.imports import cells
from server.imports.columns import Column, Kind
from server.imports.kinds import KINDS
from server.imports.written import written
from server.people.browse import FILTERS

HIDDEN = frozenset({"phone", "born"})
"""Columns of people that lists never show, and pages only to whoever may see names and phones in full."""
_LISTED = {"volunteers": 4}
"""How many columns a list of a kind shows, where not all: those that a search shows, too."""


def kind_of(name: str) -> Kind:
    """Give the kind of this name, as addresses carry it; 404 for what is none."""
    kind = KINDS.get(name)
    if kind is None:
        abort(404)
    return kind


def names() -> Mapping[str, str]:
    """Give what the kinds are called, in the order of the menu."""
    return {
        "volunteers": _("志愿者"),
        "teams": _("队伍"),
        "regions": _("区划"),
        "sites": _("站点"),
        "posts": _("岗位"),
        "shifts": _("班次"),
        "assignments": _("排班"),
        "activities": _("活动"),
        "trainings": _("培训"),
        "insurances": _("保险"),
        "policies": _("规则参数"),
    }


def label(column: Column) -> str:
    """Say what a column is called: as files call it."""
    return column.chinese[0] if chosen() == CHINESE else column.name.capitalize()


def listed(kind: Kind) -> list[Column]:
    """Give the columns that a list shows."""
    return [column for column in kind.columns if column.name not in HIDDEN][
        : _LISTED.get(kind.name)
    ]


def shown(column: Column, value: object) -> str:
    """Write a value for people to read."""
    if value is None or value == "":
        return "—"
    if column.read is cells.site_kind and chosen() == CHINESE:
        return SITE_KIND_ZH.get(SiteKind(str(value)), str(value))
    if column.read is cells.yes_no:
        return _("是") if value else _("否")
    text = written(column, value)  # type: ignore[arg-type] # of a checked row
    return text.replace("T", " ") if column.read is cells.moment else text


def is_within(part: Part, kind: str, code: str) -> bool:
    """Tell whether a place lies within a part, so that a link to it leads somewhere; of other things it is not known here."""
    ask = {"regions": part.has_region, "teams": part.has_team, "sites": part.has_site}.get(kind)
    return ask is None or ask(code)


def hint(column: Column) -> str:
    """Show how a value is written, where that is not plain."""
    return _HINTS.get(column.read, "")


def below(kind: str) -> list[tuple[str, str]]:
    """Give the kinds that name things of this one, each with the filter that finds them."""
    return [
        (other.name, column.field)
        for other in KINDS.values()
        for column in other.columns
        if column.refers == kind and column.field in FILTERS[other.name]
    ]


_HINTS: Mapping[cells.Reader, str] = {
    cells.day: "2026-11-22",
    cells.day_or_none: "2026-11-22",
    cells.day_or_always: "2026-11-22",
    cells.moment: "2026-11-22T08:00",
    cells.items: "A;B",
    cells.latitude_or_none: "32.123456",
    cells.longitude_or_none: "114.123456",
    cells.yes_no: "0 / 1",
}
