"""Volunteers: personal data, which no kiosk, QR code, log file or error may show (I9)."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Volunteer(Dated, Base):
    """One version of a volunteer. born: local date. categories, skills: lists joined by `;`."""

    __tablename__ = "volunteer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    team: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(20))
    born: Mapped[int | None]
    categories: Mapped[str] = mapped_column(Text)
    skills: Mapped[str] = mapped_column(Text)
