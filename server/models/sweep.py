"""Sweeps: one decision on many records, looked at first, done in steps, and undone at once."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class SweepRow(Base):
    """A sweep. mark: on all its decisions. account, by: who began it. asked: the filters, as the address has them.

    phase: `looking`, `ready`, `deciding`, `done`, `undoing` or `undone`. looked, decided, undone: rows worked off in each phase.
    todo, people: what will be decided, about how many; left: what will not. The six others are minutes of these people, before
    and after.
    """

    __tablename__ = "sweep"
    __table_args__ = (Index("ix_sweep_account", "account", "at_ms"), {"sqlite_with_rowid": False})

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[int]
    by: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(8))
    why: Mapped[str] = mapped_column(String(300))
    asked: Mapped[str] = mapped_column(String(400))
    phase: Mapped[str] = mapped_column(String(8))
    total: Mapped[int]
    looked: Mapped[int]
    decided: Mapped[int]
    undone: Mapped[int]
    todo: Mapped[int]
    people: Mapped[int]
    left: Mapped[int]
    credited_before: Mapped[int] = mapped_column(BigInteger)
    held_before: Mapped[int] = mapped_column(BigInteger)
    refused_before: Mapped[int] = mapped_column(BigInteger)
    credited_after: Mapped[int] = mapped_column(BigInteger)
    held_after: Mapped[int] = mapped_column(BigInteger)
    refused_after: Mapped[int] = mapped_column(BigInteger)


class SweepItem(Base):
    """A record of a sweep, in order of people. seen: the token of what was looked at. code: why it is left out ("" if not)."""

    __tablename__ = "sweep_item"
    __table_args__ = ({"sqlite_with_rowid": False},)

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    who: Mapped[str] = mapped_column(String(20))
    record: Mapped[bytes] = mapped_column(LargeBinary)
    rule: Mapped[str] = mapped_column(String(4))
    site: Mapped[str] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(20))
    seen: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(32))
