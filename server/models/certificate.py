"""Certificates: the central entries `certify` and `withdraw`, ready to be looked up."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class CertificateRow(Base):
    """A certificate. hash: of its entry. number, who, replaces: as in it. body: the entry's bytes."""

    __tablename__ = "certificate"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), index=True)
    who: Mapped[str] = mapped_column(String(20), index=True)
    replaces: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class CertificateEnd(Base):
    """A certificate that was withdrawn, by the `withdraw` entry `hash`. body: its bytes."""

    __tablename__ = "certificate_end"
    __table_args__ = ({"sqlite_with_rowid": False},)

    certificate: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
