"""What kiosks said of themselves, which nobody signed and no figure depends on; and what the centre tells their leads."""

from sqlalchemy import BigInteger, LargeBinary, String, Text
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


class KioskMessage(Base):
    """What the centre tells the leads at a site: the central `tell` entries, ready to be looked up. body: the entry's bytes."""

    __tablename__ = "kiosk_message"
    __table_args__ = ({"sqlite_with_rowid": False},)

    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class KioskMessageEnd(Base):
    """A message that was taken back, by the `untell` entry `hash`."""

    __tablename__ = "kiosk_message_end"
    __table_args__ = ({"sqlite_with_rowid": False},)

    message: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
