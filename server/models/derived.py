"""What facts mean. Everything here can be dropped and rebuilt to the same rows; written in sorted bulk, behind the log."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Derived


class LogState(Derived):
    """How far a log has been derived.

    version: of the log (`log.version`) that these rows mean. ranges: what was derived, as msgpack of (first, last).
    enrolled: digest of the log's enrolments and revocations then. frontier_ms: everything before it is in ("" facts: None).
    gaps: local dates that a gap makes incomplete, as msgpack of (first day, last day).
    """

    __tablename__ = "log_state"

    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)
    ranges: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled: Mapped[bytes] = mapped_column(LargeBinary)
    frontier_ms: Mapped[int | None] = mapped_column(BigInteger)
    gaps: Mapped[bytes] = mapped_column(LargeBinary)


class Mark(Derived):
    """An entry that says something about its log, not about a person: an anchor, a frontier, a code of nobody, a strange entry.

    kind: `anchor`, `frontier`, `code`, `strange`, `void`. at_ms: its time (of a frontier: everything before it is in; of a
    void: the seq of what it names; 0 if strange).
    fact: msgpack of its values.
    """

    __tablename__ = "mark"
    __table_args__ = ({"sqlite_with_rowid": False, "schema": "derived"},)

    log: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    fact: Mapped[bytes] = mapped_column(LargeBinary)


class LooseScan(Derived):
    """A scan that named a person but neither opens nor closes a record of theirs (a repeat, a lone sign-out).

    fact: as in `RecordRow.facts`. Every scan of a person is in exactly one row of either table: together they are the
    index by person that the log itself does not have.
    """

    __tablename__ = "loose_scan"
    __table_args__ = ({"sqlite_with_rowid": False, "schema": "derived"},)

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    facts: Mapped[bytes] = mapped_column(LargeBinary)


class SaidRow(Derived):
    """A void or walk-in that concerns a person (`server.books.derive.said`): no scan, but a fact about theirs.

    kind: `void`, `walk_in`, or `about` for which entry an end was stated. fact: msgpack of its values.
    """

    __tablename__ = "said"
    __table_args__ = ({"sqlite_with_rowid": False, "schema": "derived"},)

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    fact: Mapped[bytes] = mapped_column(LargeBinary)


class PersonDone(Derived):
    """How far the queue of people has been worked off."""

    __tablename__ = "person_done"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    queue: Mapped[int] = mapped_column(BigInteger)


ODD_MS = 3_600_000
ENTERED = "judged >= 'C'"
"""Of a record: its grade is worse than that of two signed cards, because a lead typed or stated an end."""

ODD = f"out_ms - in_ms < {ODD_MS} OR {ENTERED}"
"""Of a record: it is short, or a lead entered an end. Nothing else makes a held group (E2)."""


class RecordRow(Derived):
    """A service record (`server.reconcile.facts.Record`) and, in most cases, its postings.

    day, last_day: local dates it begins and ends on. cause: of the held or refused minutes, if all minutes are of `day` and
    have one cause a verdict; `*` where that is not so, and `posting_part` holds the postings. facts: its scans
    (`server.books.derive.stored`), the index by person. row: means nothing; rows are appended as they are derived, which costs
    half of writing each where its person's are. The index by person holds the id, too, so that `explain` finds a record by
    its id without reading records; an index by id alone would cost a random write for each. The indexes of open records and
    of odd ones have few rows, however many records there are: they say who is on duty, and who may have come and gone as a
    group. On PostgreSQL blocks of rows say when their records began (BRIN, next to nothing to write); on SQLite the index by
    site and time finds the records of some dates (`beginnings`).
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_derived_record_who", "who", "in_ms", "id"),
        Index("ix_derived_record_site", "site", "in_ms"),
        Index(
            "ix_derived_record_odd",
            *("site", "in_ms"),
            sqlite_where=text(ODD),
            postgresql_where=text(ODD),
        ),
        Index(
            "ix_derived_record_open",
            *("in_ms", "site", "post", "who"),
            sqlite_where=text("out_ms IS NULL"),
            postgresql_where=text("out_ms IS NULL"),
        ),
        Index(
            "ix_derived_record_began",
            "in_ms",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 32, "autosummarize": True},
        ).ddl_if(dialect="postgresql"),
        {"schema": "derived"},
    )

    row: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    who: Mapped[str] = mapped_column(String(20))
    in_ms: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[bytes] = mapped_column(LargeBinary)
    site: Mapped[str] = mapped_column(String(20))
    post: Mapped[str] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(20))
    day: Mapped[int] = mapped_column()
    last_day: Mapped[int] = mapped_column()
    out_ms: Mapped[int | None] = mapped_column(BigInteger)
    within_ms: Mapped[int] = mapped_column(BigInteger)
    credited: Mapped[int] = mapped_column()
    held: Mapped[int] = mapped_column()
    refused: Mapped[int] = mapped_column()
    cause: Mapped[str] = mapped_column(String(4))
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    judged: Mapped[str] = mapped_column(String(40), server_default="")


class PostingPart(Derived):
    """A posting of a record that has several. The view `derived.posting` gives all postings."""

    __tablename__ = "posting_part"
    __table_args__ = (
        Index("ix_posting_part_site", "site", "day"),
        {"sqlite_with_rowid": False, "schema": "derived"},
    )

    who: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    verdict: Mapped[str] = mapped_column(String(8), primary_key=True)
    cause: Mapped[str] = mapped_column(String(4), primary_key=True)
    site: Mapped[str] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int] = mapped_column()


_QUEUED = ("state", "at_ms", "about", "rule", "digest", "site", "team", "region", "severity")


def _waiting(name: str, *first: str, also: str = "") -> Index:
    """Give an index of the findings that wait: in order of time behind what comes first, with all that they are searched by."""
    columns = (*first, *(column for column in _QUEUED if column not in first))
    only = text(f"state IS NOT NULL{also}")
    return Index(f"ix_derived_finding_{name}", *columns, sqlite_where=only, postgresql_where=only)


class FindingRow(Derived):
    """A rule that fired (`server.reconcile.facts.Finding`).

    about: the person's number, or the log for a kiosk's finding. at_ms: when the record that it weighs on began, or the first
    of its scans was; 0 for a kiosk's. state: how it stands (`server.books.review.standing.State`), None for a note that asks for
    nothing; team, region: the person's and the site's on that day.

    The indexes are the queue of what waits for a person, in order of time, with all that it is searched by: all of it, and as it
    is at a site, of a team, of a region, of a rule, and of alarms, which are few. Only rows with a state are in them, so that
    notes, which are most, cost nothing more to write.
    """

    __tablename__ = "finding"
    __table_args__ = (
        _waiting("state"),
        _waiting("site", "site"),
        _waiting("team", "team"),
        _waiting("region", "region"),
        _waiting("rule", "rule"),
        _waiting("alarm", also=" AND severity = 'alarm'"),
        {"sqlite_with_rowid": False, "schema": "derived"},
    )

    about: Mapped[str] = mapped_column(String(32), primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rule: Mapped[str] = mapped_column(String(4), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    severity: Mapped[str] = mapped_column(String(8))
    site: Mapped[str] = mapped_column(String(20))
    record: Mapped[bytes] = mapped_column(LargeBinary)
    entries: Mapped[bytes] = mapped_column(LargeBinary)
    figures: Mapped[str] = mapped_column(String(400))
    state: Mapped[str | None] = mapped_column(String(8))
    team: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(20))


def posting_view(dialect: str) -> str:
    """Give the statement that makes `derived.posting`: every posting, from records and `posting_part`.

    A view of SQLite may name only tables of its own file, so there it names them plainly.
    """
    schema = "" if dialect == "sqlite" else "derived."
    told = " UNION ALL ".join(
        f"SELECT who, day, id AS record, '{verdict}' AS verdict, {cause} AS cause, site, team, region, "  # noqa: S608 # closed sets
        f"{verdict} AS minutes FROM {schema}record WHERE cause <> '*' AND {verdict} > 0"
        for verdict, cause in (("credited", "''"), ("held", "cause"), ("refused", "cause"))
    )
    parts = "who, day, record, verdict, cause, site, team, region, minutes"
    both = f"{told} UNION ALL SELECT {parts} FROM {schema}posting_part"  # noqa: S608 # closed sets
    return f"CREATE VIEW derived.posting AS {both}"
