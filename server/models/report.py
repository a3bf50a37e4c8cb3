"""Reports that are made by themselves: what is asked for, and which stretches were done."""

from sqlalchemy import BigInteger, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class SavedReport(Base):
    """A report that is made once in every stretch. by, every, form: as the enums say. only: JSON of codes by kind.

    compares: 1 if the stretch before stands beside it. owner: account whose part it keeps to ("": the server's operator).
    """

    __tablename__ = "saved_report"
    __table_args__ = ({"sqlite_with_rowid": False},)

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    by: Mapped[str] = mapped_column(String(10))
    every: Mapped[str] = mapped_column(String(8))
    form: Mapped[str] = mapped_column(String(4))
    only: Mapped[str] = mapped_column(Text)
    compares: Mapped[int]
    owner: Mapped[str] = mapped_column(String(80))
    made_ms: Mapped[int] = mapped_column(BigInteger)


class ReportRun(Base):
    """A stretch of a saved report, by its first local date. rows: written so far. file: its name in the report's folder.

    state: `running`, `done` or `failed` (then problem: type of the error). size: bytes.

    digest: of the file, SHA-256. Times: server time.
    """

    __tablename__ = "report_run"
    __table_args__ = ({"sqlite_with_rowid": False},)

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    rows: Mapped[int] = mapped_column(BigInteger)
    started_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int] = mapped_column(BigInteger)
    file: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    problem: Mapped[str] = mapped_column(String(100))
