"""Insurances that volunteers have (D7)."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Insurance(Dated, Base):
    """One version of an insurance. policy: its number. first_day, last_day: local dates (None: open)."""

    __tablename__ = "insurance"
    __table_args__ = ({"sqlite_with_rowid": False},)

    volunteer: Mapped[str] = mapped_column(String(20), primary_key=True)
    policy: Mapped[str] = mapped_column(Text, primary_key=True)
    first_day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_day: Mapped[int | None]
