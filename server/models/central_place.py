"""Where each central entry stands, by its hash: decisions, closes and revocations are put in central order by it."""

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class CentralPlace(Base):
    """A central entry. log, seq: where it stands. entered: changes of reference data (`set`) made up to it, itself included."""

    __tablename__ = "central_place"
    __table_args__ = ({"sqlite_with_rowid": False},)

    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    entered: Mapped[int] = mapped_column(BigInteger)
