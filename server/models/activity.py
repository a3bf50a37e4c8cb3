"""Activities, which a district may have to certify before their hours count (E9)."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Activity(Dated, Base):
    """One version of an activity. first_day, last_day: local dates (None: open). certified: 1 or 0."""

    __tablename__ = "activity"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    site: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[int | None]
    last_day: Mapped[int | None]
    certified: Mapped[int]
