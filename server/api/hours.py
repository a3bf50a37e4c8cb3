"""Hours: minutes by volunteer, team, region, site, post, day, category or month, with what they rest on."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import LocalDate, PageAsked, number, words
from server.api.shapes import page_shape
from server.books.dates import iso_date
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.periods.months import iso_month
from server.limits import AUDIT_ABOUT_CHARS
from server.reports.figures import Row
from server.reports.page import read_page
from server.reports.query import By, Only, Query

calls = Calls("hours", __name__, "What volunteers gave, in minutes: credited, held and refused.")


@dataclass(frozen=True, slots=True)
class Hours:
    """A row of hours. key: number, code, date or month. people, records: 人 and 人次.

    minutes_low, minutes_high: between which the credited minutes will lie. state: `final` (closed), `complete`, or `provisional`
    (kiosks are still out). as_of: everything before it is in (null: unknown). Names of people are masked without a purpose.
    """

    key: str
    name: str
    people: int
    records: int
    minutes_credited: int
    minutes_held: int
    minutes_refused: int
    minutes_low: int
    minutes_high: int
    grade: str
    state: str
    as_of: str | None


class HoursAsked(PageAsked):
    """Which hours."""

    by = fields.String(load_default=By.VOLUNTEER.value, validate=validate.OneOf(list(By)))
    first = LocalDate(data_key="from", load_default=FIRST_DAY)
    last = LocalDate(data_key="to", load_default=LAST_DAY)
    volunteer = number(load_default=str)
    team = number(load_default=str)
    region = number(load_default=str)
    site = number(load_default=str)
    purpose = words(
        AUDIT_ABOUT_CHARS // 2,
        load_default=str,
        metadata={
            "description": "Why names are to be readable; takes the right `unmask`, and is noted."
        },
    )


@calls.reads("/hours", needs=Right.SEE, asks=HoursAsked, gives=page_shape(Hours))
def browse(asked: dict[str, Any]) -> Page[Hours]:
    """Hours of a period."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.UNMASK if asked["purpose"] else Right.SEE)
        query = Query(
            By(asked["by"]),
            Span(asked["first"], asked["last"]),
            part,
            _only(asked),
            purpose=asked["purpose"],
        )
        rows = read_page(connection, query, behind[0] if behind else None, limit + 1)
    if asked["purpose"] and query.by is By.VOLUNTEER:
        here.note("hours", str(query.only.named() or ""), len(rows[:limit]), asked["purpose"])
    return _told(page(rows, limit, lambda row: (row.key,)), query.by)


def _only(asked: dict[str, Any]) -> Only:
    def some(name: str) -> tuple[str, ...]:
        return (asked[name],) if asked[name] else ()

    return Only(some("volunteer"), some("team"), some("region"), some("site"))


def _told(found: Page[Row], by: By) -> Page[Hours]:
    return Page([_hours(row, by) for row in found.items], found.next)


def _hours(row: Row, by: By) -> Hours:
    now = row.now
    return Hours(
        _key(row, by), row.name, now.people, now.records, now.credited, now.held, now.refused,
        now.low, now.high, now.grade, now.state, now.as_of,
    )  # fmt: skip


def _key(row: Row, by: By) -> str:
    if by is By.DAY:
        return iso_date(int(row.key))
    return iso_month(int(row.key)) if by is By.MONTH else str(row.key)
