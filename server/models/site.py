"""Sites: where volunteers serve."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Site(Dated, Base):
    """One version of a site. kind: a `SiteKind`. latitude_e6, longitude_e6: millionths of a degree (None: unknown)."""

    __tablename__ = "site"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(20))
    latitude_e6: Mapped[int | None]
    longitude_e6: Mapped[int | None]
