"""Closed periods and what was frozen in them. These are facts: they survive when everything derived is dropped."""

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class PeriodClose(Base):
    """A closed month of a site: the central entry `close_period`. month: as 202611. body: the entry's bytes."""

    __tablename__ = "period_close"
    __table_args__ = ({"sqlite_with_rowid": False},)

    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class FrozenPosting(Base):
    """A posting as it was frozen, by person. month: the period in which it was booked.

    A row whose `day` lies before that month is an adjustment, and its minutes may be negative. They can be derived again
    from what the close covers (`verify` does), and never change.
    """

    __tablename__ = "frozen_posting"
    __table_args__ = (
        Index("ix_frozen_posting_site", "site", "month"),
        {"sqlite_with_rowid": False},
    )

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(String(8), primary_key=True)
    cause: Mapped[str] = mapped_column(String(4), primary_key=True)
    team: Mapped[str] = mapped_column(String(20), primary_key=True)
    region: Mapped[str] = mapped_column(String(20), primary_key=True)
    minutes: Mapped[int]


class FrozenRecord(Base):
    """The minutes of a record as a close left them. intervals: msgpack of (start, end, verdict), within closed months."""

    __tablename__ = "frozen_record"
    __table_args__ = ({"sqlite_with_rowid": False},)

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    intervals: Mapped[bytes] = mapped_column(LargeBinary)
