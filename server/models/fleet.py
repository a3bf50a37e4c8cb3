"""What kiosks said of themselves. Nobody signed it, and no figure depends on it: it is for whoever looks after them."""

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class KioskHealth(Base):
    """The last health that a kiosk told in a hello. log: number of its log. at_ms: server time. words: JSON, integers by word.

    Words that this software does not know are kept as they came.
    """

    __tablename__ = "kiosk_health"

    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text)
