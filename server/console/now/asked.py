"""What is asked of the pages of this area: all of it stands in the address, and what cannot be read counts as not asked."""

from dataclasses import dataclass, replace
from enum import StrEnum
from re import fullmatch
from typing import TypeVar

from flask import request, url_for

from server.books.dates import day_end_ms, read_date
from server.now.sites import Ask, SiteNow

WORDS_CHARS_MAX = 80
_CODE = r"[0-9A-Za-z-]{1,20}"
_BOX = r"-?\d{1,9},-?\d{1,9},-?\d{1,9},-?\d{1,9}"
_AFTER = rf"\d{{1,9}}\.{_CODE}|{_CODE}"

Closed = TypeVar("Closed", bound=StrEnum)

Box = tuple[int, int, int, int]
"""South, west, north, east in millionths of a degree."""


class Sort(StrEnum):
    """In which order sites are listed."""

    CODE = ""
    SHORT = "short"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Asked:
    """A board as it is asked for. after: the place in the order behind which the page begins ("": at the start)."""

    view: str = ""
    region: str = ""
    words: str = ""
    ask: Ask = Ask.ALL
    sort: Sort = Sort.CODE
    box: Box | None = None
    after: str = ""

    def address(self, **changes: object) -> str:
        """Give the address of this board with changes; each change leads back to the first page."""
        new = replace(self, **{"after": "", **changes})  # type: ignore[arg-type] # names of its own fields
        told = {
            "view": new.view,
            "region": new.region,
            "q": new.words,
            "ask": new.ask,
            "sort": new.sort,
            "box": ",".join(map(str, new.box)) if new.box else "",
            "after": new.after,
        }
        return url_for("now.board", **{key: value for key, value in told.items() if value})  # type: ignore[arg-type] # texts

    def place(self, site: SiteNow) -> tuple[int, str]:
        """Give where a site stands in the order."""
        figure = {Sort.SHORT: site.short, Sort.PEOPLE: site.people}.get(self.sort, 0)
        return -figure, site.site.code

    def after_place(self) -> tuple[int, str] | None:
        """Give the place behind which the page begins; None: it is the first one."""
        if not self.after:
            return None
        figure, _, code = self.after.rpartition(".")
        return -int(figure or 0), code

    def holds(self, place: tuple[int, int] | None) -> bool:
        """Tell whether a place lies within the box."""
        if self.box is None:
            return True
        south, west, north, east = self.box
        return place is not None and south <= place[0] <= north and west <= place[1] <= east


def read_asked() -> Asked:
    """Read the board that is asked for."""
    box = _matching("box", _BOX)
    return Asked(
        view="map" if request.args.get("view") == "map" else "",
        region=_matching("region", _CODE),
        words=read_words(),
        ask=_one_of(Ask, "ask"),
        sort=_one_of(Sort, "sort"),
        box=tuple(map(int, box.split(","))) if box else None,  # type: ignore[arg-type] # four, by the pattern
        after=_matching("after", _AFTER),
    )


def read_words() -> str:
    """Read what is searched for."""
    return request.args.get("q", "").strip()[:WORDS_CHARS_MAX]


def read_region() -> str:
    """Read the region that is asked for."""
    return _matching("region", _CODE)


def read_day(today: int) -> int:
    """Read the local date that is asked for; one that lies ahead, or is none, is today's."""
    try:
        return min(read_date(request.args.get("day", "")), today)
    except ValueError:
        return today


def read_time(day: int) -> int | None:
    """Read the moment of a date that is asked for, as 14:05; None for none."""
    text = request.args.get("at", "")
    if fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is None:
        return None
    hour, minute = text.split(":")
    return day_end_ms(day - 1) + (int(hour) * 60 + int(minute)) * 60_000


def _matching(name: str, pattern: str) -> str:
    text = request.args.get(name, "").strip()
    return text if fullmatch(pattern, text) else ""


def _one_of(kind: type[Closed], name: str) -> Closed:
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return kind("")
