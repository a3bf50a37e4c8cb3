"""Policies: dated figures that rules use, by region or site (`server.reconcile.policy`)."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class PolicyFigure(Dated, Base):
    """One version of a figure. region, site: where it holds (both "": everywhere). key: a field of `Policy`."""

    __tablename__ = "policy"
    __table_args__ = ({"sqlite_with_rowid": False},)

    region: Mapped[str] = mapped_column(String(20), primary_key=True)
    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
