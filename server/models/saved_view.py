"""Views of lists that staff keep under a name."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class SavedView(Base):
    """A view of one's own. page: which list; query: its filters, as the address has them."""

    __tablename__ = "saved_view"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    page: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    query: Mapped[str] = mapped_column(String(400))
