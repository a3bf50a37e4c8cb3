"""Hours, as staff see them: sums of postings, and how complete they are. Minutes are integers; nothing depends on now."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, TextClause, text

from server.books.dates import iso_date, iso_time
from server.books.derive.gather_site_days import gather_site_days
from server.books.derive.site_days import SiteDay, read_reaches
from server.books.periods.closed_months import read_closed
from server.limits import OUT_LISTED_MAX
from server.people.titles import titles

FIRST_DAY, LAST_DAY = -(2**31), 2**31 - 1


class By(StrEnum):
    """What hours are summed by."""

    VOLUNTEER = "volunteer"
    TEAM = "team"
    REGION = "region"
    SITE = "site"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Span:
    """Local dates, both included."""

    first: int = FIRST_DAY
    last: int = LAST_DAY


def read_hours(connection: Connection, by: By, span: Span) -> list[dict[str, object]]:
    """Give a row for everyone (or every team, region, site, day) with a record, in order of code points.

    people, records: 人 and 人次. complete: every site-day concerned is complete; else the figures are provisional, `out` names
    kiosks still waited for (at most `OUT_LISTED_MAX`), and the credited minutes of who is known lie between `minutes_low` (no
    minute held is credited, no open stay ends) and `minutes_high` (all are, and each open stay of a date that is not complete
    is as long as it can be). as_of: the smallest frontier concerned.
    """
    dates = {"first": span.first, "last": span.last}
    reaches, closed = read_reaches(connection), read_closed(connection)
    days = gather_site_days(connection, span.first, span.last, reaches=reaches, closed=closed)
    minutes: dict[str | int, dict[str, int]] = {}
    for key, verdict, total in connection.execute(_sql(_MINUTES, _POSTING_KEY, by), dates):
        minutes.setdefault(key, {})[verdict] = int(total)
    counts = {
        key: (people, records)
        for key, people, records in connection.execute(_sql(_COUNTS, _RECORD_KEY, by), dates)
    }
    states = {
        key: tuple(rest) for key, *rest in connection.execute(_sql(_STATES, _RECORD_KEY, by), dates)
    }
    open_minutes = {
        key: int(more) for key, more in connection.execute(_sql(_OPEN, _RECORD_KEY, by), dates)
    }
    out = _out(connection, by, dates, days)
    known = titles(connection, by.value)
    rows = []
    for key in sorted({*counts, *minutes}, key=lambda k: (isinstance(k, str), k)):
        people, records = counts.get(key, (0, 0))
        own = minutes.get(key, {})
        credited, held = own.get("credited", 0), own.get("held", 0)
        rows.append(
            {
                by.value: iso_date(int(key)) if by is By.DAY else key,
                "name": known.get(str(key)),
                "people": people,
                "records": records,
                "minutes_credited": credited,
                "minutes_held": held,
                "minutes_refused": own.get("refused", 0),
                "minutes_low": credited,
                "minutes_high": credited + held + open_minutes.get(key, 0),
                **_state(states.get(key)),
                "out": out.get(key, []),
            }
        )
    return rows


def _out(
    connection: Connection, by: By, dates: dict[str, int], days: Mapping[tuple[str, int], SiteDay]
) -> dict[str | int, list[str]]:
    """Give the kiosks' logs that each row waits for, in order: at most `OUT_LISTED_MAX` of them."""
    if all(day.complete for day in days.values()):
        return {}
    found: dict[str | int, set[str]] = {}
    for key, site, day in connection.execute(_sql(_INCOMPLETE, _RECORD_KEY, by), dates):
        found.setdefault(key, set()).update(reach.log for reach in days[site, day].out)
    return {key: sorted(logs)[:OUT_LISTED_MAX] for key, logs in found.items()}


def _state(state: tuple[int, int | None, int] | None) -> dict[str, object]:
    """Say how complete a row is: `as_of` is unknown while a kiosk concerned has never said how far it is."""
    if state is None:
        return {"complete": False, "as_of": None}
    complete, frontier, unknown = state
    as_of = None if frontier is None or unknown else iso_time(int(frontier))
    return {"complete": bool(complete), "as_of": as_of}


_POSTING_KEY = {
    By.VOLUNTEER: "who",
    By.TEAM: "team",
    By.REGION: "region",
    By.SITE: "site",
    By.DAY: "day",
}
_RECORD_KEY = {by: f"r.{column}" for by, column in _POSTING_KEY.items()} | {
    By.DAY: "CASE WHEN r.day < :first THEN :first ELSE r.day END"
}
"""A record that began before the span counts on the first date of it, as in reports; minutes have dates of their own."""


def _sql(template: str, keys: Mapping[By, str], by: By) -> TextClause:
    """Fill in what to sum by, from the closed sets above."""
    return text(template.format(key=keys[by]))


_COUNTS = (
    "SELECT {key}, COUNT(DISTINCT r.who), COUNT(*) FROM derived.record r "
    "WHERE r.day <= :last AND r.last_day >= :first GROUP BY 1"
)
_MINUTES = (
    "SELECT {key}, verdict, SUM(minutes) FROM derived.posting "
    "WHERE day BETWEEN :first AND :last GROUP BY {key}, verdict"
)
_STATES = (
    "SELECT {key}, MIN(s.complete), MIN(s.frontier), SUM(CASE WHEN s.frontier IS NULL THEN 1 ELSE 0 END) "
    "FROM derived.record r JOIN site_day s ON s.site = r.site AND s.day IN (r.day, r.last_day) "
    "WHERE r.day <= :last AND r.last_day >= :first GROUP BY 1"
)
_OPEN = (
    "SELECT {key}, SUM(s.open_minutes) FROM derived.record r "
    "JOIN site_day s ON s.site = r.site AND s.day = r.day "
    "WHERE r.out_ms IS NULL AND r.day <= :last AND r.last_day >= :first GROUP BY 1"
)
_INCOMPLETE = (
    "SELECT DISTINCT {key}, s.site, s.day "
    "FROM derived.record r JOIN site_day s ON s.site = r.site AND s.day IN (r.day, r.last_day) "
    "WHERE r.day <= :last AND r.last_day >= :first AND s.complete = 0"
)
