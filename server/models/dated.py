"""What the tables of reference data share: each change is a new version row, nothing is updated in place (RULES, 10)."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base

ALWAYS = 0
"""The `valid_from` of a first version: it counts from the beginning."""


class Dated:
    """Columns of a versioned row, the last of its primary key.

    valid_from: local date, days since 1970-01-01 in Asia/Shanghai. entered: number of the change that brought the row
    (`ReferenceChange`); of several rows of one key and `valid_from` the last entered wins.
    """

    valid_from: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=90)
    entered: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, sort_order=91
    )


class ReferenceChange(Base):
    """A change of reference data: the n-th here is the n-th central `set` entry, with the same digest.

    day: from when it holds. by: the account that made it, "" for the command line. at_ms: server time, 0 if not known.
    """

    __tablename__ = "reference_change"
    __table_args__ = (Index("ix_reference_change_kind", "kind", "entered"),)

    entered: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[int]
    rows: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(String(40), server_default="")
    at_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
