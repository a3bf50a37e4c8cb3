"""Badges that were issued, which of them stopped counting, and the keys that sign them.

The text of a badge is not kept: it follows from the row.
"""

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Badge(Base):
    """A badge as issued. key: 4-byte id of the key that signed it. issued_s, expires_s: Unix seconds.

    reissued_ms: when it was issued in place of what there was, be it nothing; 0 for one that was only printed.
    """

    __tablename__ = "badge"
    __table_args__ = ({"sqlite_with_rowid": False},)

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    issued_s: Mapped[int] = mapped_column(BigInteger)
    expires_s: Mapped[int] = mapped_column(BigInteger)
    reissued_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")


class BadgeRevocation(Base):
    """The badges of a person up to `serial` stop counting from `from_ms` on, by the central entry `entry_hash`."""

    __tablename__ = "badge_revocation"
    __table_args__ = ({"sqlite_with_rowid": False},)

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    serial: Mapped[int]
    from_ms: Mapped[int] = mapped_column(BigInteger)


class BadgeKey(Base):
    """What a central entry `badge_key` says of a key that signs badges. key: its 4-byte id. at_ms: when it was said.

    What holds of a key is what all its rows say together, in whatever order (`server/badges/signing_keys.py`).
    """

    __tablename__ = "badge_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(32))
    from_ms: Mapped[int] = mapped_column(BigInteger)
    at_ms: Mapped[int] = mapped_column(BigInteger)
