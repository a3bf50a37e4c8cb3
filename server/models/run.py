"""Runs: long work that somebody asked for, worked on in slices, and what has become of each person or site of one."""

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class RunRow(Base):
    """A run (`server.runs.run.Run`).

    owner: name of the account ("": the server's operator); grants: which of its grants brought the right, when it was asked for.
    asked: JSON, as `server.runs.asked` has it. state: `waiting`, `working`, `done`, `failed`, `stopped`. holder: the process
    that works on it (b"": none). tries: slices that were begun and never ended. code, message: why it failed, or what it left
    undone. file: its name in the run's folder; result: what came of it, if that is no file. Times: server time, ms, 0: not yet.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_owner", "owner", "at_ms", "id"),
        Index("ix_run_state", "state", "beat_ms", "at_ms", "id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    owner: Mapped[str] = mapped_column(String(40))
    grants: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(120))
    asked: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    doing: Mapped[str] = mapped_column(String(8))
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    left: Mapped[int]
    people: Mapped[int]
    at_ms: Mapped[int] = mapped_column(BigInteger)
    begun_ms: Mapped[int] = mapped_column(BigInteger)
    beat_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(SmallInteger)
    holder: Mapped[bytes] = mapped_column(LargeBinary)
    code: Mapped[str] = mapped_column(String(32))
    message: Mapped[str] = mapped_column(String(400))
    file: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    result: Mapped[str] = mapped_column(String(200))


class RunItem(Base):
    """One of those whom a run is about, in the order in which it works on them.

    about: a number or code. state: `waiting`, `issued` (written down for good, not drawn yet), `made`, `left`. said: number of
    what was made. code, message: why it was left out.
    """

    __tablename__ = "run_item"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run: Mapped[str] = mapped_column(String(16), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    about: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(8))
    said: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(32))
    message: Mapped[str] = mapped_column(String(200))
