"""Shifts: when a post is to be held."""

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Shift(Dated, Base):
    """One version of a shift. start_ms, end_ms: Unix milliseconds. needed: people."""

    __tablename__ = "shift"
    __table_args__ = (
        Index("ix_shift_post", "post", "start_ms"),
        Index("ix_shift_start", "start_ms", "end_ms", "post", "needed"),
        {"sqlite_with_rowid": False},
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    post: Mapped[str] = mapped_column(String(20))
    start_ms: Mapped[int] = mapped_column(BigInteger)
    end_ms: Mapped[int] = mapped_column(BigInteger)
    needed: Mapped[int | None]
