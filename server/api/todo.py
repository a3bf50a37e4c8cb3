"""What needs a person: how much waits, how old it is, and which sites keep the last month open."""

from dataclasses import dataclass
from typing import Any

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Month, Nothing, PageAsked
from server.api.shapes import page_shape
from server.books.dates import iso_time, local_day
from server.books.decisions.deadlines import Deadlines
from server.books.periods.blocked_months import Blocked, blocked_months
from server.books.periods.months import iso_month, month_before, month_of
from server.books.review.todo import OfRule, read_todo
from server.workdays.calendar import read_calendar

calls = Calls("todo", __name__, "What needs a person, with how many and how old.")


@dataclass(frozen=True, slots=True)
class RuleWaits:
    """Findings of a rule that wait. changed: of these, those that came back after a decision. days: how long the oldest waits."""

    rule: str
    severity: str
    count: int
    changed: int
    since: str
    days: int


@dataclass(frozen=True, slots=True)
class RequestsWait:
    """Requests for correction that nobody answered. overdue: past ten working days; soon: due within two dates.

    since: when the oldest was made. year_missing: the table of working days that is not there (0: none); then neither is known.
    """

    count: int
    since: str | None
    overdue: int
    soon: int
    year_missing: int


@dataclass(frozen=True, slots=True)
class TodoTold:
    """What waits within your part. alarms: findings about kiosks. silent: kiosks that are missed, since `silent_since`.

    proposals: decisions that another person has to confirm.
    """

    findings: int
    changed: int
    rules: list[RuleWaits]
    walk_ins: int
    alarms: int
    silent: int
    silent_since: str | None
    corrections: RequestsWait
    proposals: int


@dataclass(frozen=True, slots=True)
class LogWaitedFor:
    """A log that a site waits for. why: `pending` (a person has to confirm it), `never` heard, `gap`, or `behind`."""

    log: str
    why: str


@dataclass(frozen=True, slots=True)
class MonthBlocked:
    """A site that keeps a month open. days: how many of its dates are not complete."""

    site: str
    month: str
    days: int
    logs: list[LogWaitedFor]


class BlockedAsked(PageAsked):
    """Which month; the last that is over, if none is named."""

    month = Month(load_default=None)


@calls.reads("/todo", needs=Right.SEE, asks=Nothing, gives=TodoTold)
def landing(_asked: dict[str, Any]) -> TodoTold:
    """What needs a person, in numbers."""
    calendar = read_calendar(here.services().config.home)
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_todo(connection, part, calendar, here.now_ms())
    return TodoTold(
        found.total,
        found.changed,
        [_rule(one) for one in found.rules],
        found.walk_ins,
        found.alarms,
        found.silent,
        iso_time(found.silent_ms) if found.silent_ms else None,
        _requests(found.deadlines),
        found.proposals,
    )


@calls.reads("/todo/months", needs=Right.SEE, asks=BlockedAsked, gives=page_shape(MonthBlocked))
def months(asked: dict[str, Any]) -> Page[MonthBlocked]:
    """Sites that keep a month open, those with the most open dates first, and what each waits for."""
    behind, limit = after(asked), asked["limit"]
    month = asked["month"] or month_before(month_of(local_day(here.now_ms())))
    with here.reading() as connection:
        found = blocked_months(connection, here.part(connection, Right.SEE), month).blocked
    rest = [one for one in found if behind is None or _place(one) > tuple(behind)]
    some = page(rest[: limit + 1], limit, _place)
    return Page([_blocked(one, month) for one in some.items], some.next)


def _place(one: Blocked) -> tuple[int, str]:
    return -one.days, one.site


def _blocked(one: Blocked, month: int) -> MonthBlocked:
    logs = [LogWaitedFor(log, why) for log, why in one.logs]
    return MonthBlocked(one.site, iso_month(month), one.days, logs)


def _rule(one: OfRule) -> RuleWaits:
    since = iso_time(one.oldest_ms)
    return RuleWaits(one.rule, one.severity, one.count, one.changed, since, one.age)


def _requests(found: Deadlines) -> RequestsWait:
    since = iso_time(found.oldest_ms) if found.oldest_ms else None
    return RequestsWait(found.count, since, found.overdue, found.soon, found.year_missing)
