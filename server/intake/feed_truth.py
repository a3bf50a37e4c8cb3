"""What the feed should say, by kind of row, compared with what it says: what differs comes, and what is no longer so leaves."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, func, select, text, update

from server.badges.signing_keys import verifying_keys
from server.intake.messages import lasting
from server.limits import FEED_GONE_MAX
from server.models.badge import BadgeRevocation
from server.models.feed import FeedRow
from server.models.post import Post
from server.models.site import Site
from server.signing import Signer
from sync import view_rows
from sync.parcel import ALL, site_channel

Fresh = tuple[str, str, str, bytes, int]
"""A row as it should be: channel, kind, key, value, gone."""
Truth = dict[tuple[str, str], bytes]
"""Value by channel and key."""
pack = msgspec.msgpack.encode


def badge_keys(connection: Connection, _signer: Signer, _keys: set[str]) -> Iterable[Fresh]:
    """Compare the keys that verify badges."""
    keys = verifying_keys(connection)
    truth: Truth = {(ALL, key.hex()): pack([public]) for key, public in keys.items()}
    return compare(connection, view_rows.BADGE_KEY, truth, set())


def revoked(connection: Connection, _signer: Signer, keys: set[str]) -> Iterable[Fresh]:
    """Compare the highest revoked serials of these people, or of all."""
    query = select(BadgeRevocation.number, func.max(BadgeRevocation.serial)).group_by(
        BadgeRevocation.number
    )
    if keys:
        query = query.where(BadgeRevocation.number.in_(keys))
    truth: Truth = {(ALL, number): pack([serial]) for number, serial in connection.execute(query)}
    return compare(connection, view_rows.REVOKED, truth, keys)


def sites(connection: Connection, _signer: Signer, _keys: set[str]) -> Iterable[Fresh]:
    """Compare the sites' names: each in its own channel."""
    query = select(Site.code, Site.name).order_by(Site.valid_from, Site.entered)
    truth: Truth = {
        (site_channel(code), code): pack([name]) for code, name in connection.execute(query)
    }
    return compare(connection, view_rows.SITE, truth, set())


def posts(connection: Connection, _signer: Signer, _keys: set[str]) -> Iterable[Fresh]:
    """Compare the posts' names. One that moved leaves the channel of its old site and comes into the new one's."""
    query = select(Post.code, Post.site, Post.name).order_by(Post.valid_from, Post.entered)
    newest = {code: (site, name) for code, site, name in connection.execute(query)}
    truth: Truth = {
        (site_channel(site), code): pack([name]) for code, (site, name) in newest.items()
    }
    return compare(connection, view_rows.POST, truth, set())


def told(connection: Connection, signer: Signer, _keys: set[str]) -> Iterable[Fresh]:
    """Compare what leads are told: each message in the channel of its site, until it ends."""
    now_ms = signer.clock.wall_ms()
    truth: Truth = {
        (site_channel(message.site), message.key): pack([message.text, message.until_ms])
        for message in lasting(connection, now_ms)
    }
    return compare(connection, view_rows.MESSAGE, truth, set())


def follow_known(connection: Connection, number: int) -> int:
    """Number who came and who left, within the database: there are millions. Give the last number."""
    values = {"number": number, "none": b""}
    come = connection.execute(text(_COME), values).rowcount
    left = connection.execute(text(_LEFT), {"limit": FEED_GONE_MAX}).scalars().all()
    for at, key in enumerate(left, number + come + 1):
        row = (FeedRow.channel == ALL) & (FeedRow.kind == view_rows.KNOWN) & (FeedRow.key == key)
        connection.execute(update(FeedRow).where(row).values(gone=1, number=at))
    return number + come + len(left)


_COME = """
INSERT INTO feed_row (channel, kind, key, value, gone, number)
SELECT 'all', 'known', fresh.number, :none, 0, :number + row_number() OVER (ORDER BY fresh.number)
FROM (SELECT DISTINCT volunteer.number FROM volunteer WHERE NOT EXISTS (
    SELECT 1 FROM feed_row WHERE channel = 'all' AND kind = 'known' AND key = volunteer.number AND gone = 0
)) AS fresh WHERE true
ON CONFLICT (channel, kind, key) DO UPDATE SET gone = 0, number = excluded.number
"""
_LEFT = """
SELECT key FROM feed_row WHERE channel = 'all' AND kind = 'known' AND gone = 0
AND NOT EXISTS (SELECT 1 FROM volunteer WHERE volunteer.number = feed_row.key) ORDER BY key LIMIT :limit
"""


def compare(
    connection: Connection, kind: str, truth: Truth, keys: set[str], *, channel: str = ""
) -> Iterable[Fresh]:
    """Give the rows that differ, in order: those that come or change, and those that are gone. channel: "" for any."""
    query = select(FeedRow.channel, FeedRow.key, FeedRow.value, FeedRow.gone).where(
        FeedRow.kind == kind
    )
    if channel:
        query = query.where(FeedRow.channel == channel)
    if keys:
        query = query.where(FeedRow.key.in_(keys))
    stored = {
        (channel, key): (bytes(value), gone)
        for channel, key, value, gone in connection.execute(query)
    }
    for (channel, key), value in sorted(truth.items()):
        if stored.get((channel, key)) != (value, 0):
            yield channel, kind, key, value, 0
    for (channel, key), (_, gone) in sorted(stored.items()):
        if not gone and (channel, key) not in truth:
            yield channel, kind, key, b"", 1
