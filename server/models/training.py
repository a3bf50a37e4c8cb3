"""Trainings that volunteers have had (D7)."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Training(Dated, Base):
    """One version of a training. hours_e2: hundredths of an hour. day: local date."""

    __tablename__ = "training"
    __table_args__ = ({"sqlite_with_rowid": False},)

    volunteer: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    hours_e2: Mapped[int | None]
    organiser: Mapped[str] = mapped_column(Text)
