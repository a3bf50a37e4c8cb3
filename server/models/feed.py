"""The change feed: what concerns kiosks, a row each, numbered in the order in which readers may see them.

A row is the present state of one key, so the feed never grows beyond what there is and what lately left; it can be made again
from facts at any time, in a new epoch. Writers only leave a touch; numbers are given by one at a time (`server/intake/feed.py`).
"""

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class FeedTouch(Base):
    """Something that may concern kiosks has changed. kind: of which rows; key: "" for any."""

    __tablename__ = "feed_touch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))


class FeedRow(Base):
    """A row of a channel. value: its fields behind the key, msgpack, "" for none. gone: 1 if it left. number: of its change."""

    __tablename__ = "feed_row"
    __table_args__ = (
        Index("ix_feed_row_number", "channel", "number"),
        {"sqlite_with_rowid": False},
    )

    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    gone: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(BigInteger)


class FeedHead(Base):
    """One row, id 1: the last number given. Whoever gives numbers holds it until the commit."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class FeedFloor(Base):
    """Up to which number rows that left a channel have been forgotten: an older cursor needs a snapshot."""

    __tablename__ = "feed_floor"

    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class SnapshotPart(Base):
    """A part of a channel's prepared snapshot: the signed parcel as it is sent to every kiosk."""

    __tablename__ = "snapshot_part"

    channel: Mapped[str] = mapped_column(String(30), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parts: Mapped[int]
    epoch: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(BigInteger)
    wire: Mapped[bytes] = mapped_column(LargeBinary)


class DepositHead(Base):
    """Up to which entry a central log has been made into deposits."""

    __tablename__ = "deposit_head"

    log: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
