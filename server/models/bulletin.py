"""Bulletins that were issued, and what each rests on. Facts: a number keeps its figures, whatever is derived later."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Bulletin(Base):
    """A bulletin of a region and a span of local dates. content: its figures as JSON; digest: its SHA-256, which it prints.

    replaces: the number of the one that it takes the place of (0: none). made_by: who issued it ("": nobody said).
    """

    __tablename__ = "bulletin"
    __table_args__ = (Index("ix_bulletin_about", "region", "first_day", "last_day"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[int]
    last_day: Mapped[int]
    made_ms: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str] = mapped_column(String(20))
    replaces: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class BulletinFile(Base):
    """A file of a bulletin, as it went out (`zh.docx`, `zh.pdf`, …), or some of its rows (`rows-00001`), packed."""

    __tablename__ = "bulletin_file"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
