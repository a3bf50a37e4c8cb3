"""What the server does by itself: how each job went last, and what it found that somebody should look at."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class JobRun(Base):
    """The last run of a job, on whichever server.

    slot: the stretch of time it was run for (`server.jobs.once`). started_ms, ended_ms, done_ms: server time; the last is of
    the last run that did not fail. problem: type of the error of the last run, "" if none. said: what it did, in figures.
    """

    __tablename__ = "job_run"
    __table_args__ = ({"sqlite_with_rowid": False},)

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger)
    started_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int] = mapped_column(BigInteger)
    done_ms: Mapped[int] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(String(100))
    said: Mapped[str] = mapped_column(String(400))


class Alarm(Base):
    """Something that a job found and that goes away when it is seen to. It depends on the time of day, so it is no finding.

    kind: `kiosk_silent`, `derived_differs`. about: a log, or a volunteer's number. since_ms: server time.
    """

    __tablename__ = "alarm"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    about: Mapped[str] = mapped_column(String(32), primary_key=True)
    since_ms: Mapped[int] = mapped_column(BigInteger)
