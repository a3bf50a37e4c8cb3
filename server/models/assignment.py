"""Assignments: who is expected on a shift."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Assignment(Dated, Base):
    """One version of an assignment."""

    __tablename__ = "assignment"
    __table_args__ = ({"sqlite_with_rowid": False},)

    shift: Mapped[str] = mapped_column(String(20), primary_key=True)
    volunteer: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)
