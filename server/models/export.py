"""What was sent to the official site, and what came back (F5). Facts: a receipt is nowhere else."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class ExportChunk(Base):
    """A file of rows of one site and month. digest: of the file's bytes. people, records, minutes: its control totals."""

    __tablename__ = "export_chunk"
    __table_args__ = ({"sqlite_with_rowid": False},)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    site: Mapped[str] = mapped_column(String(20))
    month: Mapped[int]
    made_ms: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[int]
    records: Mapped[int]
    minutes: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class ExportRow(Base):
    """Confirmed minutes of a record on a local date, as a close booked them in a month: sent in a chunk, under a place in it.

    state: `sent`, `accepted` (then receipt) or `refused` (then reason); a refused row may be sent again, in another chunk.
    """

    __tablename__ = "export_row"
    __table_args__ = (
        Index("ix_export_row_chunk", "chunk", "place"),
        {"sqlite_with_rowid": False},
    )

    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minutes: Mapped[int]
    chunk: Mapped[int]
    place: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    receipt: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200))
