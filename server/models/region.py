"""Regions: the tree of administrative divisions."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Region(Dated, Base):
    """One version of a region. parent: code of the region it lies in ("" for a top)."""

    __tablename__ = "region"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    parent: Mapped[str] = mapped_column(String(20))
