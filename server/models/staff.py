"""Accounts of staff, what each may do where, where each is signed in, and who read what.

These are facts of the server's own: they survive when everything derived is dropped.
"""

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class StaffAccount(Base):
    """An account. name: to sign in with, in lower case. number: the person's own volunteer or staff number (E6).

    password: argon2id. stamp: stands for all sessions of the account; a new one ends them. second_factor: the secret of one-time
    codes, sealed with the console's key, "" until set up. spare_codes: what is left of them, sealed, joined by a space.
    failed: attempts since the last that went well; locked_ms: no signing in before then.
    """

    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(20))
    password: Mapped[str] = mapped_column(String(200))
    stamp: Mapped[str] = mapped_column(String(64), unique=True)
    is_active: Mapped[int] = mapped_column(SmallInteger)
    second_factor: Mapped[str] = mapped_column(Text)
    spare_codes: Mapped[str] = mapped_column(Text)
    failed: Mapped[int]
    locked_ms: Mapped[int] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)


class StaffGrant(Base):
    """A role of an account over a part of the tree (`server.access.grant.Grant`)."""

    __tablename__ = "staff_grant"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    over: Mapped[str] = mapped_column(String(8), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)


class StaffSession(Base):
    """Where an account is signed in. token: SHA-256 of what the browser holds. ended_ms: 0 while it lasts."""

    __tablename__ = "staff_session"
    __table_args__ = (
        Index("ix_staff_session_account", "account", "began_ms"),
        {"sqlite_with_rowid": False},
    )

    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account: Mapped[int]
    began_ms: Mapped[int] = mapped_column(BigInteger)
    seen_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int] = mapped_column(BigInteger)
    agent: Mapped[str] = mapped_column(String(200))


class Reading(Base):
    """Somebody read personal data. what: the page, call or file; about: numbers or the search; purpose: where one is asked for.

    by: name of the account, or of the command line's user. people: how many it showed. seal: number of the `seal` entry
    that covers it, 0 until then.
    """

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_seal", "seal", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(400))
    people: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(200))
    seal: Mapped[int] = mapped_column(BigInteger)
