"""Logs as they came: entries, the ranges held, the signatures of heads. Appended, never changed.

`log_entry` has no index but its key (log, seq, slot): a random one halves the rate of ingest at five million rows. A slot
other than 0 is a second entry with the same seq, from a fork (A2); which branch has which slot means nothing.
"""

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class Log(Base):
    """A log: its name, its key, and how far it has come.

    version: grows with every change of what is held, so that deriving finds what changed. announced: the highest seq that
    its kiosk spoke of; contact_ms: when it last said hello (server time).
    """

    __tablename__ = "log"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    announced: Mapped[int] = mapped_column(BigInteger, default=0)
    contact_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    software: Mapped[str] = mapped_column(String(40), default="")


class LogEntry(Base):
    """One entry: the exact bytes, and its chain hash."""

    __tablename__ = "log_entry"
    __table_args__ = ({"sqlite_with_rowid": False},)

    log: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class LogRange(Base):
    """A maximal run of held entries (`sync.heads.Range`)."""

    __tablename__ = "log_range"
    __table_args__ = ({"sqlite_with_rowid": False},)

    log: Mapped[int] = mapped_column(primary_key=True)
    head: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[bytes] = mapped_column(LargeBinary)


class HeadSignature(Base):
    """The author's signature of a head, as a batch brought it: proof of everything up to that entry."""

    __tablename__ = "head_signature"
    __table_args__ = ({"sqlite_with_rowid": False},)

    log: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class SetAside(Base):
    """A batch that could not be accepted: its raw bytes and the reason, kept until a person has looked."""

    __tablename__ = "set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    received_ms: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(200))
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class SetAsideMark(Base):
    """What stands beside a batch that was set aside, and is read without its bytes.

    log: which it says that it is of ("": it says none); nothing proves that. size: of its raw bytes. seen_ms: when somebody
    looked at it and let it be (0: it waits for that); seen_by: their account, with a note.
    """

    __tablename__ = "set_aside_mark"
    __table_args__ = (
        Index("ix_set_aside_mark_seen", "seen_ms", "log"),
        {"sqlite_with_rowid": False},
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    log: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    seen_ms: Mapped[int] = mapped_column(BigInteger)
    seen_by: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(300))


class Enrolment(Base):
    """Where a log belongs and when: the central `enrol` entries, ready to be looked up."""

    __tablename__ = "enrolment"
    __table_args__ = ({"sqlite_with_rowid": False},)

    log: Mapped[str] = mapped_column(String(32), primary_key=True)
    from_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    to_ms: Mapped[int] = mapped_column(BigInteger)
    site: Mapped[str] = mapped_column(String(20))
    post: Mapped[str] = mapped_column(String(20))
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogRevocation(Base):
    """The log `log` stands up to the entry `seq` with `hash`: the central `revoke_log` entries, ready to be looked up.

    from_ms: when its device was lost.
    """

    __tablename__ = "log_revocation"
    __table_args__ = ({"sqlite_with_rowid": False},)

    log: Mapped[str] = mapped_column(String(32), primary_key=True)
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    from_ms: Mapped[int] = mapped_column(BigInteger)


class EnrolmentCode(Base):
    """A one-use code: only the hash of its secret is kept.

    made_by, ended_by: accounts ("": the server's operator). ended_ms: when it was ended before it was used (0: it was not).
    """

    __tablename__ = "enrolment_code"
    __table_args__ = (Index("ix_enrolment_code_created", "created_ms", "id"),)

    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    site: Mapped[str] = mapped_column(String(20))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(default=0)
    used_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    used_by: Mapped[str] = mapped_column(String(32), default="")
    made_by: Mapped[str] = mapped_column(String(40), server_default="")
    ended_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
    ended_by: Mapped[str] = mapped_column(String(40), server_default="")


class EnrolmentAttempt(Base):
    """Failed attempts by source, so that guessing is slow whatever code is tried."""

    __tablename__ = "enrolment_attempt"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    failed: Mapped[int] = mapped_column(default=0)


class Meta(Base):
    """Facts about this server: its epoch, its central log."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(400))


class PersonQueue(Base):
    """People whose records must be derived again because reference data changed. who: "" for everyone."""

    __tablename__ = "person_queue"

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(20))
