"""How far the site-days have come that some records touch, as a temporary table beside the records: `site_day`."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, CompoundSelect, Connection, select, text

from server import bulk
from server.books.derive.beginnings import Beginnings
from server.books.derive.site_days import Reaches, SiteDay, site_day
from server.books.periods.closed_months import Closed
from server.models.derived import RecordRow
from server.people.places import EVER, Places
from server.reconcile.policy import MINUTE_MS


def gather_site_days(
    connection: Connection,
    first: int,
    last: int,
    *,
    reaches: Reaches,
    closed: Closed,
    ways: Beginnings | None = None,
    only: Sequence[ColumnElement[bool]] = (),
) -> dict[tuple[str, int], SiteDay]:
    """Give every site-day that a record between these local dates begins or ends on, and fill the temporary table `site_day`.

    ways: how to find these records (None: by looking at all). only: conditions that they meet besides.

    Its open_minutes: how long a stay that began then and has no sign-out may still become. closed: its month is (1 or 0).
    """
    places = Places(connection, EVER)
    if places.has_policies:
        places.read_all()
    found, rows = {}, []
    for site, day in connection.execute(_site_days(first, last, ways, only)):
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
    bulk.make_temporary(connection, "site_day", _COLUMNS)
    if rows:
        connection.execute(_ADD, rows)
    return found


def _site_days(
    first: int, last: int, ways: Beginnings | None, only: Sequence[ColumnElement[bool]]
) -> CompoundSelect[str, int]:
    within = [_RECORD.day <= last, _RECORD.last_day >= first, *only]
    within += ways.of(first, last) if ways else []
    began = select(_RECORD.site, _RECORD.day).where(*within).distinct()
    return began.union(select(_RECORD.site, _RECORD.last_day).where(*within).distinct())


_RECORD = RecordRow.__table__.c
_COLUMNS = (
    "site VARCHAR(20), day INTEGER, complete INTEGER, frontier BIGINT, open_minutes INTEGER, "
    "closed INTEGER, PRIMARY KEY (site, day)"
)
_ADD = text(
    "INSERT INTO site_day (site, day, complete, frontier, open_minutes, closed) "
    "VALUES (:site, :day, :complete, :frontier, :open_minutes, :closed)"
)
