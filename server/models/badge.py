"""Badges that were issued, and which of them stopped counting. The text of a badge is not kept: it follows from the row."""

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Badge(Base):
    """A badge as issued. key: 4-byte id of the key that signed it. issued_s, expires_s: Unix seconds."""

    __tablename__ = "badge"
    __table_args__ = ({"sqlite_with_rowid": False},)

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    issued_s: Mapped[int] = mapped_column(BigInteger)
    expires_s: Mapped[int] = mapped_column(BigInteger)


class BadgeRevocation(Base):
    """The badges of a person up to `serial` stop counting from `from_ms` on, by the central entry `entry_hash`."""

    __tablename__ = "badge_revocation"
    __table_args__ = ({"sqlite_with_rowid": False},)

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    serial: Mapped[int]
    from_ms: Mapped[int] = mapped_column(BigInteger)
