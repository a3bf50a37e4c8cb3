"""Posts: what there is to do at a site."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base
from server.models.dated import Dated


class Post(Dated, Base):
    """One version of a post. role: the local vocabulary. capacity: people at once. needs: what it takes, joined by `;`."""

    __tablename__ = "post"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    site: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int | None]
    needs: Mapped[str] = mapped_column(Text)
