"""How far the site-days have come that some records touch, as a temporary table beside the records: `site_day`."""

from sqlalchemy import Connection, text

from server.books.periods import Closed
from server.books.site_days import Reaches, SiteDay, site_day
from server.people.duties import EVER
from server.people.places import Places
from server.reconcile.policy import MINUTE_MS


def gather_site_days(
    connection: Connection, first: int, last: int, *, reaches: Reaches, closed: Closed
) -> dict[tuple[str, int], SiteDay]:
    """Give every site-day that a record between these local dates begins or ends on, and fill the temporary table `site_day`.

    Its open_minutes: how long a stay that began then and has no sign-out may still become. closed: its month is (1 or 0).
    """
    dates = {"first": first, "last": last}
    places = Places(connection, EVER)
    if places.has_policies:
        places.read_all()
    found, rows = {}, []
    for site, day in connection.execute(_SITE_DAYS, dates):
        state = found[site, day] = site_day(reaches.get(site, ()), day)
        longest = 0 if state.complete else places.policy(site, day).open_ms_max // MINUTE_MS
        rows.append(
            {
                "site": site,
                "day": day,
                "complete": int(state.complete),
                "frontier": state.frontier_ms,
                "open_minutes": longest,
                "closed": int(closed.has(site, day)),
            }
        )
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(text(_MAKE + ("" if is_sqlite else " ON COMMIT DROP")))
    connection.execute(_EMPTY)
    if rows:
        connection.execute(_ADD, rows)
    return found


_WITHIN = "WHERE day <= :last AND last_day >= :first"
_SITE_DAYS = text(
    f"SELECT DISTINCT site, day FROM derived.record {_WITHIN} "  # noqa: S608 # constant
    f"UNION SELECT DISTINCT site, last_day FROM derived.record {_WITHIN}"
)
_MAKE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS site_day (site VARCHAR(20), day INTEGER, complete INTEGER, "
    "frontier BIGINT, open_minutes INTEGER, closed INTEGER, PRIMARY KEY (site, day))"
)
_EMPTY = text("DELETE FROM site_day")
_ADD = text(
    "INSERT INTO site_day (site, day, complete, frontier, open_minutes, closed) "
    "VALUES (:site, :day, :complete, :frontier, :open_minutes, :closed)"
)
