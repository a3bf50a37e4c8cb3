"""Decisions, and who is who: the central entries `decide`, `merge`, `accept` and `unmerge`, ready to be looked up.

Every row here follows from one entry of a central log; `server.books.central_rows` writes them, and can write them anew.
"""

from sqlalchemy import LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Decision(Base):
    """A decision. who, record, mark: as in its entry. body: the entry's bytes."""

    __tablename__ = "decision"
    __table_args__ = ({"sqlite_with_rowid": False},)

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    mark: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Merger(Base):
    """Two numbers that were said to be one person. is_accept: 1 if `who` was the temporary number of a walk-in."""

    __tablename__ = "merger"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    who: Mapped[str] = mapped_column(String(20), index=True)
    into: Mapped[str] = mapped_column(String(20), index=True)
    is_accept: Mapped[int] = mapped_column(SmallInteger)


class MergerEnd(Base):
    """A merger that was taken back, by the `unmerge` entry `hash`."""

    __tablename__ = "merger_end"
    __table_args__ = ({"sqlite_with_rowid": False},)

    merger: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
