"""Requests for correction and their answers: the central entries `correct` and `answer`, ready to be looked up."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Correction(Base):
    """A volunteer's request (E8). asked_ms: when they asked. body: the entry's bytes."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_asked", "asked_ms", "hash"),
        {"sqlite_with_rowid": False},
    )

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    who: Mapped[str] = mapped_column(String(20), index=True)
    site: Mapped[str] = mapped_column(String(20))
    asked_ms: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class CorrectionAnswer(Base):
    """An answer to a request; the first in central order counts."""

    __tablename__ = "correction_answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    request: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
