"""What closed periods owe or are owed: derived, like everything that may still change."""

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Derived


class AdjustmentRow(Derived):
    """Derived now minus what was frozen, of one posting of a closed month. minutes: never 0.

    The month that it corrects follows from `day`; that in which it is booked, from which months of the site are closed.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        Index("ix_adjustment_site", "site", "day"),
        {"sqlite_with_rowid": False, "schema": "derived"},
    )

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(String(8), primary_key=True)
    cause: Mapped[str] = mapped_column(String(4), primary_key=True)
    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    team: Mapped[str] = mapped_column(String(20), primary_key=True)
    region: Mapped[str] = mapped_column(String(20), primary_key=True)
    minutes: Mapped[int]
