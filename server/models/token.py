"""Tokens with which programs call the API for an account, and the answers that their repeated requests get."""

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class StaffToken(Base):
    """A token. secret: SHA-256 of what the program holds. rights: names of `Right`, joined by a space.

    used_ms: when it was last used, to the minute (0: never). ended_ms: when somebody revoked it (0: nobody did).
    """

    __tablename__ = "staff_token"
    __table_args__ = (Index("ix_staff_token_account", "account", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int]
    secret: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[str] = mapped_column(String(60))
    rights: Mapped[str] = mapped_column(String(400))
    made_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int] = mapped_column(BigInteger)


class GivenAnswer(Base):
    """What a request with an `Idempotency-Key` was answered, so that its repetition changes nothing and is told the same.

    request: SHA-256 of method, address and body. status: 0 while it is being worked on. sealed: headers and body, sealed with a
    key that follows from the console's: an answer may hold what is not kept anywhere in clear.
    """

    __tablename__ = "given_answer"
    __table_args__ = (
        Index("ix_given_answer_begun", "begun_ms"),
        {"sqlite_with_rowid": False},
    )

    account: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary)
    begun_ms: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[int] = mapped_column(SmallInteger)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
