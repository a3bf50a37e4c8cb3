"""What a call asks of a report: all that pages and the command line know, as parameters of an address."""

from typing import Any

from marshmallow import fields, validate

from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.fields import Codes, LocalDate, PageAsked, Strict, words
from server.books.explain.words import GRADES
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.limits import AUDIT_ABOUT_CHARS
from server.reports.query import By, Only, Query
from server.reports.write import Form

_CATEGORY = r"[^,;\x00-\x1f\x7f\ud800-\udfff]{1,40}"


class SeriesAsked(Strict):
    """Of which dates, narrowed to what. A region brings those below it."""

    first = LocalDate(data_key="from", load_default=FIRST_DAY)
    last = LocalDate(data_key="to", load_default=LAST_DAY)
    volunteers = Codes(data_key="volunteer")
    teams = Codes(data_key="team")
    regions = Codes(data_key="region")
    sites = Codes(data_key="site")
    posts = Codes(data_key="post")
    categories = Codes(each=_CATEGORY, data_key="category")
    grades = Codes(each=f"[{''.join(GRADES)}]", data_key="grade")


class TotalAsked(SeriesAsked):
    """Which report. before_from, before_to: the period to compare with."""

    by = fields.String(required=True, validate=validate.OneOf([by.value for by in By]))
    before_first = LocalDate(data_key="before_from", load_default=None)
    before_last = LocalDate(data_key="before_to", load_default=None)


def purpose() -> fields.String:
    """Give the field that says why names are to be readable."""
    told = (
        "Why names are to be readable, by volunteer alone; takes the right `unmask`, and is noted."
    )
    most = AUDIT_ABOUT_CHARS // 2
    return words(most, load_default=str, metadata={"description": told})


class RowsAsked(TotalAsked, PageAsked):
    """Which rows of a report."""

    purpose = purpose()


class FileAsked(TotalAsked):
    """A report as a file."""

    form = fields.String(required=True, validate=validate.OneOf([form.value for form in Form]))
    purpose = purpose()


def right_for(asked: dict[str, Any]) -> Right:
    """Give the right that the part goes by: names in full are read where one may unmask."""
    return Right.UNMASK if asked.get("purpose", "").strip() else Right.REPORT


def query_of(asked: dict[str, Any], part: Part) -> Query:
    """Give what is asked for, within a part. Raise `Refused(bad_field)` for what has no meaning."""
    by, span = By(asked["by"]), Span(asked["first"], asked["last"])
    return Query(by, span, part, _only(asked), _before(asked), asked.get("purpose", "").strip())


def read_query(asked: dict[str, Any]) -> Query:
    """Give what is asked for, within the part of whoever calls."""
    with here.reading() as connection:
        return query_of(asked, here.part(connection, right_for(asked)))


def _before(asked: dict[str, Any]) -> Span | None:
    first, last = asked.get("before_first"), asked.get("before_last")
    if first is None and last is None:
        return None
    return Span(FIRST_DAY if first is None else first, LAST_DAY if last is None else last)


def _only(asked: dict[str, Any]) -> Only:
    kinds = ("volunteers", "teams", "regions", "sites", "posts", "categories", "grades")
    return Only(**{kind: asked[kind] for kind in kinds})
