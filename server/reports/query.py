"""What a report is asked for: by what, of which dates, within which part, narrowed to what, compared with what."""

from dataclasses import dataclass, field, fields
from enum import StrEnum

from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.books.dates import iso_date
from server.books.derive.beginnings import Beginnings
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.limits import REPORT_FILTER_CODES_MAX
from sync.errors import Refused


class By(StrEnum):
    """What a report has a row for. category: a person of several is in each; every other row counts its minutes alone."""

    VOLUNTEER = "volunteer"
    TEAM = "team"
    REGION = "region"
    SITE = "site"
    POST = "post"
    DAY = "day"
    CATEGORY = "category"
    MONTH = "month"


OF_TIME = frozenset({By.DAY, By.MONTH})
"""Rows that are dates: two periods share none of them."""


@dataclass(frozen=True, slots=True)
class Only:
    """What a report is narrowed to: codes of each kind, none for all. A region brings those below it; grades: letters of E1."""

    volunteers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()

    def named(self) -> dict[str, tuple[str, ...]]:
        """Give what it is narrowed to, by kind."""
        all_kinds = {each.name: getattr(self, each.name) for each in fields(self)}
        return {kind: codes for kind, codes in all_kinds.items() if codes}


@dataclass(frozen=True, slots=True)
class Query:
    """A report. before: the period to compare with (None: none). purpose: why names are to be readable ("": they are masked).

    ways: how its records are found (None: by looking at all); `server.reports.reach` says it.
    """

    by: By
    span: Span = field(default_factory=Span)
    part: Part = EVERYTHING
    only: Only = field(default_factory=Only)
    before: Span | None = None
    purpose: str = ""
    ways: Beginnings | None = None

    def __post_init__(self) -> None:
        """Refuse what has no meaning. Raise `Refused(bad_field)`."""
        for span in (self.span, self.before):
            if span is not None and span.first > span.last:
                raise Refused(Code.BAD_FIELD, f"起止颠倒 / ends before it begins: {dates_of(span)}")
        if self.before is not None and self.by in OF_TIME:
            words = f"按日期的行无从比较 / rows by {self.by} of two periods have nothing in common"
            raise Refused(Code.BAD_FIELD, words)
        if self.purpose and self.by is not By.VOLUNTEER:
            raise Refused(Code.BAD_FIELD, f"没有姓名 / rows by {self.by} have no names of people")
        if any(len(codes) > REPORT_FILTER_CODES_MAX for codes in self.only.named().values()):
            words = f"最多 {REPORT_FILTER_CODES_MAX} 个 / at most {REPORT_FILTER_CODES_MAX} codes of a kind"
            raise Refused(Code.BAD_FIELD, words)


def dates_of(span: Span) -> str:
    """Write a span of local dates, as in 2026-11-01/2026-11-30; an open end is `..`, as ISO 8601-2 has it."""
    first = ".." if span.first == FIRST_DAY else iso_date(span.first)
    last = ".." if span.last == LAST_DAY else iso_date(span.last)
    return f"{first}/{last}"
