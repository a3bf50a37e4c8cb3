"""What rules about several people weigh on records: derived, and read when a person is."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Derived


class GroupHoldRow(Derived):
    """A record that E2 holds.

    in_ms: when it began, so that what changes near it finds it. fact: msgpack of entries and figures.
    """

    __tablename__ = "group_hold"
    __table_args__ = (
        Index("ix_group_hold_site", "site", "in_ms"),
        {"sqlite_with_rowid": False, "schema": "derived"},
    )

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    site: Mapped[str] = mapped_column(String(20))
    in_ms: Mapped[int] = mapped_column(BigInteger)
    fact: Mapped[bytes] = mapped_column(LargeBinary)
