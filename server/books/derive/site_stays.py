"""What a site saw: its records in order of time, as the rules about several people look at them. Read by (site, in_ms)."""

from collections.abc import Iterator

from sqlalchemy import Connection

from schemas.vocabulary import How
from server import bulk
from server.books.derive import stored
from server.books.derive.known import Logs
from server.reconcile.facts import More, ScanFact
from server.reconcile.order import is_stated
from server.reconcile.rules.together import Entered, SiteStay

LONGEST_MS = 2**62
"""Longer than any record."""

_NOTHING = More()


def read_site_stays(
    connection: Connection,
    site: str,
    first_ms: int,
    last_ms: int,
    logs: Logs,
    *,
    shorter_than_ms: int = LONGEST_MS,
) -> Iterator[SiteStay]:
    """Give the records at a site that began in this time, both ends included, in order; only short ones, if so wished.

    Left out: those whose kiosk's log does not stand for them (A5), and what is left of a record that is none any more.
    """
    rows = bulk.fetch(connection, _STAYS, (site, first_ms, last_ms, shorter_than_ms))
    for who, id_, in_ms, post, facts in rows:
        stay = _stay(who, bytes(id_), in_ms, post, stored.unpack_scans(who, logs, bytes(facts)))
        if stay is not None:
            yield stay


def _stay(who: str, record: bytes, in_ms: int, post: str, scans: list[ScanFact]) -> SiteStay | None:
    opened = next((scan for scan in scans if scan.hash == record), None)
    if opened is None or opened.at_ms != in_ms or any(scan.apart for scan in scans):
        return None
    closed = next((scan for scan in scans if scan.hash != record), None)
    entered = tuple(
        Entered((scan.more or _NOTHING).by, scan.at_ms) for scan in scans if _is_entered(scan)
    )
    return SiteStay(
        in_ms,
        record,
        who,
        post,
        closed.at_ms if closed else None,
        closed is not None and closed.site == opened.site,
        entered,
        tuple(sorted(scan.hash for scan in scans)),
    )


def _is_entered(scan: ScanFact) -> bool:
    """Tell whether a lead typed or stated an end (grade D or E)."""
    return is_stated(scan) or scan.how == How.TYPED or bool((scan.more or _NOTHING).by)


_STAYS = (
    "SELECT who, id, in_ms, post, facts FROM derived.record "
    "WHERE site = ? AND in_ms BETWEEN ? AND ? AND COALESCE(out_ms - in_ms, 0) < ? ORDER BY in_ms, id"
)
