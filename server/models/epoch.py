"""Lives of this server's database: one restored from an old copy begins another, with a central log of its own (I6)."""

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Epoch(Base):
    """An epoch. central: id of its central log. started_ms: 0 for one of which only a receipt is known. reason: stable word."""

    __tablename__ = "epoch"

    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text, unique=True)
    central: Mapped[str] = mapped_column(String(32))
    started_ms: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(20))
