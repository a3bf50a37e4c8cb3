"""What the address of a page asks of a report, and how it is written back: all state is in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.vocabulary import NUMBER_PATTERN, Code
from server.access.part import Part
from server.books.dates import iso_date, read_date
from server.books.explain.words import GRADES
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.periods.months import first_day, month_of
from server.console.words import say as _
from server.reports.query import By, Only, Query
from sync.errors import Refused

KINDS = ("region", "site", "post", "team", "volunteer", "category", "grade")
"""What a report can be narrowed to, by the name of the field; `Only` has them in the plural."""
_PLURALS = {"category": "categories"}
_CUT = re.compile(r"[;；,，\s]+")
_CATEGORY_CHARS = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What the fields say, as they were written. query: what they ask for (None: nothing yet)."""

    fields: Mapping[str, str]
    query: Query | None

    @property
    def is_narrow(self) -> bool:
        """Tell whether a report is narrowed, or compared."""
        return any(self.fields[name] for name in (*KINDS, "before_from", "before_to"))

    def address(self, **more: str) -> dict[str, str]:
        """Give what an address of the same report carries."""
        return {name: value for name, value in {**self.fields, **more}.items() if value}


def read_asked(given: Mapping[str, str], part: Part, today: int, *, purpose: str = "") -> Asked:
    """Read the fields of a page. Raise `Refused(bad_field)` for what they cannot mean."""
    names = ("by", "from", "to", "before_from", "before_to", *KINDS)
    fields = {name: given.get(name, "").strip() for name in names}
    if not fields["by"]:
        month = {"from": iso_date(first_day(month_of(today))), "to": iso_date(today)}
        return Asked({**fields, **month}, None)
    before = None
    if fields["before_from"] or fields["before_to"]:
        before = _span(fields["before_from"], fields["before_to"])
    span = _span(fields["from"], fields["to"])
    return Asked(fields, Query(_by(fields["by"]), span, part, _only(fields), before, purpose))


def _by(text: str) -> By:
    try:
        return By(text)
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "by") from error


def _span(first: str, last: str) -> Span:
    try:
        return Span(read_date(first) if first else FIRST_DAY, read_date(last) if last else LAST_DAY)
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, _("日期应如 2026-11-21。")) from error


def _only(fields: Mapping[str, str]) -> Only:
    codes = {kind: tuple(each for each in _CUT.split(fields[kind]) if each) for kind in KINDS}
    for kind, values in codes.items():
        for value in values:
            if not _is_one(kind, value):
                raise Refused(Code.BAD_FIELD, _("不是编码：%(value)s", value=value[:40]))
    return Only(**{_PLURALS.get(kind, f"{kind}s"): values for kind, values in codes.items()})


def _is_one(kind: str, value: str) -> bool:
    if kind == "category":
        return len(value) <= _CATEGORY_CHARS and value.isprintable()
    return value in GRADES if kind == "grade" else re.match(NUMBER_PATTERN, value) is not None
