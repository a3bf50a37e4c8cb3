"""Decisions that wait for a second person."""

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Proposal(Base):
    """What somebody would decide, until another person confirms it and it becomes a decision (E2).

    by: number of who proposes, account: theirs. who, entry: whose record, and which. site, team, region: as of the record. wish:
    msgpack of the times and other records meant. seen: the token of what was looked at. state: `open`, `confirmed` or
    `withdrawn`; done_ms, done_by: when, and by whom.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_state", "state", "at_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[int]
    by: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(20))
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    site: Mapped[str] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(20))
    settles: Mapped[str] = mapped_column(String(4))
    action: Mapped[str] = mapped_column(String(8))
    wish: Mapped[bytes] = mapped_column(LargeBinary)
    why: Mapped[str] = mapped_column(String(300))
    seen: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    done_ms: Mapped[int] = mapped_column(BigInteger)
    done_by: Mapped[str] = mapped_column(String(20))
