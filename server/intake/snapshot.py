"""Snapshots: all rows of a channel, signed once and stored, the same bytes for every kiosk. They name their cursor.

One is prepared when a kiosk needs it and none is fresh; whoever else needs it at that moment waits for it.
"""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, delete, select

from schemas.limits import PARCEL_CUT_BYTES, PARCEL_ROWS_MAX
from server import bulk, epochs
from server.database import Database
from server.intake import feed
from server.limits import SNAPSHOT_STALE_ROWS
from server.models.feed import FeedRow, SnapshotPart
from server.signing import Signer
from sync import parcel

Row = tuple[str, str, bytes, int, int]
"""A row as it is read for a page: kind, key, value, gone, number."""


def part_of(database: Database, signer: Signer, channel: str, *, staged: int, part: int) -> bytes:
    """Give a part of the channel's snapshot; the first one of a newer one, where `staged` is another's number."""
    for _ in range(2):
        with database.read() as connection:
            found = _fresh_part(connection, channel, staged, part)
        if found is not None:
            return found
        with database.exclusive("snapshot"):
            _prepare(database, signer, channel)
    raise RuntimeError("a snapshot grows old while it is prepared")


def groups_of(rows: list[Row]) -> bytes:
    """Give the content of a page with these rows."""
    groups: dict[str, tuple[list[object], list[str]]] = {}
    for kind, key, value, gone, _ in rows:
        come, left = groups.setdefault(kind, ([], []))
        if gone:
            left.append(key)
        else:
            come.append([key, *(msgspec.msgpack.decode(value) if value else ())])
    return parcel.pack_groups([(kind, *both) for kind, both in groups.items()])


def cut(rows: list[Row]) -> int:
    """Say how many of these rows make a page: at least one."""
    size = 0
    for count, (_, key, value, _, _) in enumerate(rows):
        size += len(key) + len(value) + 8
        if size > PARCEL_CUT_BYTES and count:
            return count
    return len(rows)


def _fresh_part(connection: Connection, channel: str, staged: int, part: int) -> bytes | None:
    """Give a part that is prepared, if it is of this epoch, not too old, and what the feed has forgotten is not missed."""
    first = connection.execute(
        select(SnapshotPart.epoch, SnapshotPart.number, SnapshotPart.parts).where(
            SnapshotPart.channel == channel, SnapshotPart.part == 1
        )
    ).one_or_none()
    if first is None or first.epoch != epochs.current(connection).name:
        return None
    later = select(FeedRow.number).where(FeedRow.channel == channel, FeedRow.number > first.number)
    is_stale = connection.scalar(later.offset(SNAPSHOT_STALE_ROWS).limit(1)) is not None
    if is_stale or first.number < feed.floor(connection, channel):
        return None
    wanted = part if staged == first.number and part <= first.parts else 1
    query = select(SnapshotPart.wire).where(
        SnapshotPart.channel == channel, SnapshotPart.part == wanted
    )
    return bytes(connection.execute(query).scalar_one())


def _prepare(database: Database, signer: Signer, channel: str) -> None:
    """Prepare a channel's snapshot, unless another process has just done so."""
    with database.read() as connection:
        if _fresh_part(connection, channel, 0, 1) is not None:
            return
        epoch = epochs.current(connection).name
        number = feed.heads(connection, [channel])[channel]
        contents = [groups_of(rows) for rows in _pages(connection, channel)] or [groups_of([])]
    rows = [
        (
            channel,
            part,
            len(contents),
            epoch,
            number,
            _part(signer, epoch, channel, number, part, contents),
        )
        for part in range(1, len(contents) + 1)
    ]
    with database.write_facts() as connection:
        connection.execute(delete(SnapshotPart).where(SnapshotPart.channel == channel))
        bulk.insert(connection, SnapshotPart, rows)


def _part(
    signer: Signer, epoch: str, channel: str, number: int, part: int, contents: list[bytes]
) -> bytes:
    content = contents[part - 1]
    signed = signer.sign(
        "snapshot",
        epoch=epoch,
        channel=channel,
        number=number,
        part=part,
        parts=len(contents),
        digest=parcel.digest(content),
        server_ms=signer.clock.wall_ms(),
    )
    return parcel.pack(signed["statement"], bytes.fromhex(signed["signature"]), content)


def _pages(connection: Connection, channel: str) -> Iterator[list[Row]]:
    """Read the rows that are in a channel, a page at a time, by key."""
    kind, key = "", ""
    while True:
        found = bulk.fetch(connection, _PAGE, (channel, kind, kind, key, PARCEL_ROWS_MAX))
        if not found:
            return
        rows = [(k, name, bytes(value), 0, number) for k, name, value, number in found]
        page = rows[: cut(rows)]
        yield page
        kind, key = page[-1][:2]


_PAGE = """
SELECT kind, key, value, number FROM feed_row
WHERE channel = ? AND gone = 0 AND (kind > ? OR (kind = ? AND key > ?)) ORDER BY kind, key LIMIT ?
"""
