"""Keys that leads at kiosks announced, so that the names of their site's people can be sealed to them."""

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class LeadKey(Base):
    """The last `names_key` note of a kiosk's log that a code proves, ready to be looked up. code: its id. seq: the note's."""

    __tablename__ = "lead_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    log: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    code: Mapped[bytes] = mapped_column(LargeBinary)
