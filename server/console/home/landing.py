"""What needs a person: findings by rule, with how many and how old, and everything else that waits for somebody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.books.blocked_months import Why, blocked_months
from server.books.dates import local_day
from server.books.deadlines import read_deadlines
from server.books.months import iso_month, month_of
from server.books.open_findings import Counted, count_by_rule
from server.books.propose import count_proposals
from server.books.silent import count_silent
from server.books.standing import WAITING, State
from server.console.here import now_ms, part, reading, services
from server.console.pages import Pages
from server.console.review.wording import rule_words
from server.limits import BLOCKED_LISTED_MAX
from server.workdays.calendar import read_calendar

pages = Pages("home", __name__)
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class OfRule:
    """Findings of a rule that wait. changed: of these, those that came back after a decision; age: days of the oldest."""

    rule: str
    severity: str
    count: int
    changed: int
    oldest_ms: int
    age: int


@pages.page("/", needs=Right.SEE)
def landing() -> str:
    """Show what needs a person."""
    now = now_ms()
    with reading() as connection:
        mine = part(connection, Right.SEE)
        counted = count_by_rule(connection, mine, (*WAITING, State.KIOSK))
        silent, silent_ms = count_silent(connection, mine)
        deadlines = read_deadlines(connection, mine, read_calendar(services().config.home), now)
        proposals, _ = count_proposals(connection, mine)
    waiting = [one for one in counted if one.state is not State.KIOSK]
    return render_template(
        "home/landing.html",
        rules=_by_rule(waiting, now),
        total=sum(one.count for one in waiting),
        changed=sum(one.count for one in waiting if one.state is State.CHANGED),
        walk_ins=sum(one.count for one in waiting if one.rule == "D4"),
        alarms=sum(one.count for one in counted if one.state is State.KIOSK),
        silent=silent,
        silent_ms=silent_ms,
        deadlines=deadlines,
        proposals=proposals,
        rule_words=rule_words,
    )


@pages.page("/todo/months", needs=Right.SEE)
def months() -> str:
    """Show which sites keep the last month open, and why; alone, or as a part of the landing page."""
    month = month_of(local_day(now_ms()))
    month = month - 1 if month % 100 > 1 else month - 89
    with reading() as connection:
        waits = blocked_months(connection, part(connection, Right.SEE), month)
    is_part = bool(request.headers.get("HX-Request"))
    return render_template(
        "home/months_part.html" if is_part else "home/months.html",
        waits=waits,
        whys=list(Why),
        month=iso_month(month),
        listed=BLOCKED_LISTED_MAX,
    )


@pages.page("/find", needs=Right.SEE)
def find() -> Response:
    """Search among people, from the head of every page."""
    text = request.args.get("q", "")[:80]
    return redirect(url_for("reference.browse_kind", kind="volunteers", q=text))


def _by_rule(counted: Sequence[Counted], now: int) -> list[OfRule]:
    """Put together what waits of each rule: the changed first, then the most."""
    by_rule: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for one in counted:
        by_rule[one.rule, one.severity].append(one)
    found = []
    for (rule, severity), own in by_rule.items():
        changed = sum(one.count for one in own if one.state is State.CHANGED)
        oldest = min(one.oldest_ms for one in own)
        age = max(0, now - oldest) // _DAY_MS
        found.append(OfRule(rule, severity, sum(c.count for c in own), changed, oldest, age))
    return sorted(found, key=lambda r: (-r.changed, r.severity != "alarm", -r.count, r.rule))
