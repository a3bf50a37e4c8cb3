"""The change feed: writers leave touches, one at a time gives numbers, readers go on by number. No row is ever skipped (I8).

A transaction that changes what kiosks see leaves a touch, and takes no lock for it. `follow` sees the touches of transactions
that are committed, compares what they speak of with the feed, and numbers what differs, alone until its own commit. So
numbers become visible in their order, whatever overlaps: what is not committed yet has a touch that a later `follow` finds.
"""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection, delete, func, select, update

from server import bulk
from server.intake import feed_fit, feed_names, feed_truth
from server.intake.deposits import make_deposits
from server.intake.feed_sites import take_sites
from server.intake.feed_truth import Fresh
from server.intake.touch import EVERYTHING
from server.limits import FEED_GONE_MAX
from server.models.feed import FeedFloor, FeedHead, FeedRow, FeedTouch
from server.people.roster import ASKED_AT_A_TIME
from server.signing import Signer
from sync import view_rows


def follow(connection: Connection, signer: Signer) -> int:
    """Bring the feed up to what is committed, in the caller's transaction; give the last number."""
    if not is_behind(connection):
        return head(connection)
    number = hold(connection)
    touched = connection.execute(delete(FeedTouch).returning(FeedTouch.kind, FeedTouch.key)).all()
    wanted: dict[str, set[str]] = {}
    for kind, key in touched:
        wanted.setdefault(kind, set()).add(key)
    sites = take_sites(connection, wanted)
    for kind, find in _FINDERS.items():
        keys = wanted.get(kind, set()) | wanted.get(EVERYTHING, set())
        if keys:
            any_key = "" in keys or len(keys) > ASKED_AT_A_TIME
            found = find(connection, signer, set() if any_key else keys)
            number = _number(connection, found, number)
    number = _number_sites(connection, signer, sites, number)
    if wanted.keys() & {EVERYTHING, view_rows.KNOWN}:
        number = feed_truth.follow_known(connection, number)
    connection.execute(update(FeedHead).values(number=number))
    _forget(connection)
    return number


def is_behind(connection: Connection) -> bool:
    """Tell whether something was touched since numbers were last given."""
    return bool(bulk.fetch(connection, _TOUCHED))


def hold(connection: Connection) -> int:
    """Be the only one to give numbers until the transaction ends; give the last one."""
    return connection.scalar(select(FeedHead.number).with_for_update()) or 0


def head(connection: Connection) -> int:
    """Give the last number that the feed has given."""
    return connection.scalar(select(FeedHead.number)) or 0


def heads(connection: Connection, channels: Iterable[str]) -> dict[str, int]:
    """Give the number of the last change in each of these channels; 0 for one that has nothing.

    A question a channel: asked of several at once, the database reads all their rows, and a hello waits for it.
    """
    return {name: int(bulk.fetch(connection, _LAST, (name,))[0][0]) for name in channels}


def floor(connection: Connection, channel: str) -> int:
    """Give the number below which a cursor needs a snapshot."""
    query = select(FeedFloor.number).where(FeedFloor.channel == channel)
    return connection.scalar(query) or 0


def _number(connection: Connection, rows: Iterable[Fresh], number: int) -> int:
    """Write rows, each under the next number."""
    numbered = [(*row, number + index) for index, row in enumerate(rows, 1)]
    bulk.upsert(connection, FeedRow, numbered)
    return number + len(numbered)


def _number_sites(
    connection: Connection, signer: Signer, sites: Mapping[str, set[str]], number: int
) -> int:
    """Write rows about the people of these sites, by kind; give the last number."""
    for kind, find in _SITE_FINDERS.items():
        for site in sorted(sites.get(kind, ())):
            number = _number(connection, find(connection, signer, site), number)
    return number


def _forget(connection: Connection) -> None:
    """Where too many rows have left a channel, forget the older half of them."""
    crowded = connection.execute(
        select(FeedRow.channel, func.count())
        .where(FeedRow.gone == 1)
        .group_by(FeedRow.channel)
        .having(func.count() > FEED_GONE_MAX)
    ).all()
    for channel, count in crowded:
        left = (FeedRow.channel == channel) & (FeedRow.gone == 1)
        query = select(FeedRow.number).where(left).order_by(FeedRow.number)
        last = connection.scalar(query.offset(count // 2).limit(1)) or 0
        connection.execute(delete(FeedRow).where(left, FeedRow.number <= last))
        bulk.upsert(connection, FeedFloor, [(channel, last)])


_TOUCHED = "SELECT 1 FROM feed_touch LIMIT 1"
_LAST = "SELECT COALESCE(MAX(number), 0) FROM feed_row WHERE channel = ?"

Find = Callable[[Connection, Signer, set[str]], Iterable[Fresh]]
_FINDERS: Mapping[str, Find] = {
    view_rows.BADGE_KEY: feed_truth.badge_keys,
    view_rows.REVOKED: feed_truth.revoked,
    view_rows.SITE: feed_truth.sites,
    view_rows.POST: feed_truth.posts,
    view_rows.MESSAGE: feed_truth.told,
    view_rows.NEED: feed_fit.needs,
    view_rows.DEPOSIT: make_deposits,
}
"""By kind: what gives the rows that differ from the feed, of these keys (empty: of all)."""

_SITE_FINDERS: Mapping[str, Callable[[Connection, Signer, str], Iterable[Fresh]]] = {
    view_rows.NAME_KEY: feed_names.name_keys,
    view_rows.PERSON: feed_names.people,
    view_rows.FIT: feed_fit.fits,
}
"""By kind of rows about a site's people: what gives those of a site that differ from the feed."""
