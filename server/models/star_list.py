"""Lists of people with stars: the central entries `listed`, `publish`, `object` and `conclude`, ready to be looked up."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class StarList(Base):
    """A list that was put up. mark: of its parts. body: the entry's bytes."""

    __tablename__ = "star_list"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class StarListPart(Base):
    """Some people on a list: an entry `listed`."""

    __tablename__ = "star_list_part"
    __table_args__ = ({"sqlite_with_rowid": False},)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class StarObjection(Base):
    """An objection to somebody on the list `list`, by the entry `hash`. Its answer is a `CorrectionAnswer`."""

    __tablename__ = "star_objection"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    list: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    who: Mapped[str] = mapped_column(String(20))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class StarListEnd(Base):
    """A list that was concluded; the first entry in central order counts."""

    __tablename__ = "star_list_end"
    __table_args__ = ({"sqlite_with_rowid": False},)

    list: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
