"""Hours, as staff see them: sums of postings, and how complete they are. Minutes are integers; nothing depends on now."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, TextClause, text

from server.books.dates import iso_date, iso_time
from server.books.site_days import ALWAYS, read_reaches
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

    people, records: 人 and 人次. complete: every site-day concerned is complete. as_of: the smallest frontier concerned.
    """
    dates = {"first": span.first, "last": span.last}
    _gather_site_days(connection, dates)
    minutes: dict[str | int, dict[str, int]] = {}
    for key, verdict, total in connection.execute(_sql(_MINUTES, by), dates):
        minutes.setdefault(key, {})[verdict] = int(total)
    counts = {
        key: (people, records)
        for key, people, records in connection.execute(_sql(_COUNTS, by), dates)
    }
    states = {key: tuple(rest) for key, *rest in connection.execute(_sql(_STATES, by), dates)}
    known = titles(connection, by.value)
    return [
        {
            by.value: iso_date(int(key)) if by is By.DAY else key,
            "name": known.get(str(key)),
            "people": counts.get(key, (0, 0))[0],
            "records": counts.get(key, (0, 0))[1],
            "minutes_credited": minutes.get(key, {}).get("credited", 0),
            "minutes_held": minutes.get(key, {}).get("held", 0),
            "minutes_refused": minutes.get(key, {}).get("refused", 0),
            **_state(states.get(key)),
        }
        for key in sorted({*counts, *minutes}, key=lambda k: (isinstance(k, str), k))
    ]


def _state(state: tuple[int, int | None, int] | None) -> dict[str, object]:
    """Say how complete a row is: `as_of` is unknown while a kiosk concerned has never said how far it is."""
    if state is None:
        return {"complete": False, "as_of": None}
    complete, frontier, unknown = state
    as_of = None if frontier is None or unknown else iso_time(int(frontier))
    return {"complete": bool(complete), "as_of": as_of}


def _gather_site_days(connection: Connection, dates: dict[str, int]) -> None:
    """Put every site-day with a record into the temporary table `site_day`: complete or not, and its smallest frontier."""
    reaches = read_reaches(connection)
    rows = []
    for site, day in connection.execute(_SITE_DAYS, dates):
        here = [reach for reach in reaches.get(site, ()) if reach.is_there(day)]
        complete = bool(here) and all(reach.is_in(day) for reach in here)
        frontiers = [reach.until_ms for reach in here if reach.until_ms != ALWAYS]
        least = (
            None
            if not frontiers or None in frontiers
            else min(f for f in frontiers if f is not None)
        )
        rows.append({"site": site, "day": day, "complete": int(complete), "frontier": least})
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(text(_MAKE_SITE_DAY + ("" if is_sqlite else " ON COMMIT DROP")))
    connection.execute(_EMPTY_SITE_DAY)
    if rows:
        connection.execute(_ADD_SITE_DAY, rows)


_RECORD_COLUMN = {
    By.VOLUNTEER: "who",
    By.TEAM: "team",
    By.REGION: "region",
    By.SITE: "site",
    By.DAY: "day",
}


def _sql(template: str, by: By) -> TextClause:
    """Fill in the one column to sum by, from the closed set above."""
    return text(template.format(key=_RECORD_COLUMN[by]))


_WITHIN = "WHERE day <= :last AND last_day >= :first"
_COUNTS = (
    f"SELECT {{key}}, COUNT(DISTINCT who), COUNT(*) FROM derived.record {_WITHIN} GROUP BY {{key}}"  # noqa: S608 # closed set
)
_MINUTES = (
    "SELECT {key}, verdict, SUM(minutes) FROM derived.posting "
    "WHERE day BETWEEN :first AND :last GROUP BY {key}, verdict"
)
_STATES = (
    "SELECT r.{key}, MIN(s.complete), MIN(s.frontier), SUM(CASE WHEN s.frontier IS NULL THEN 1 ELSE 0 END) "
    "FROM derived.record r JOIN site_day s ON s.site = r.site AND s.day IN (r.day, r.last_day) "
    "WHERE r.day <= :last AND r.last_day >= :first GROUP BY r.{key}"
)
_SITE_DAYS = text(
    f"SELECT DISTINCT site, day FROM derived.record {_WITHIN} "  # noqa: S608 # constant
    f"UNION SELECT DISTINCT site, last_day FROM derived.record {_WITHIN}"
)
_MAKE_SITE_DAY = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS site_day "
    "(site VARCHAR(20), day INTEGER, complete INTEGER, frontier BIGINT, PRIMARY KEY (site, day))"
)
_EMPTY_SITE_DAY = text("DELETE FROM site_day")
_ADD_SITE_DAY = text(
    "INSERT INTO site_day (site, day, complete, frontier) VALUES (:site, :day, :complete, :frontier)"
)
