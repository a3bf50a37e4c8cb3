"""Decisions, mergers, closed periods, requests for correction.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "central_place",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("entered", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "seq", name=op.f("pk_central_place")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_central_place_hash"), "central_place", ["hash"])
    op.create_table(
        "decision",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("who", "hash", name=op.f("pk_decision")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_decision_mark"), "decision", ["mark"])
    op.create_table(
        "merger",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("into", sa.String(length=20), nullable=False),
        sa.Column("is_accept", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_merger")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_merger_into"), "merger", ["into"])
    op.create_index(op.f("ix_merger_who"), "merger", ["who"])
    op.create_table(
        "merger_end",
        sa.Column("merger", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("merger", "hash", name=op.f("pk_merger_end")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "period_close",
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "month", name=op.f("pk_period_close")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "frozen_posting",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=4), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "who",
            "site",
            "month",
            "record",
            "day",
            "verdict",
            "cause",
            "team",
            "region",
            name=op.f("pk_frozen_posting"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "frozen_record",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("intervals", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("who", "record", "site", "month", name=op.f("pk_frozen_record")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "correction",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_correction")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_correction_who"), "correction", ["who"])
    op.create_table(
        "correction_answer",
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request", "hash", name=op.f("pk_correction_answer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "adjustment",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=4), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "who",
            "record",
            "day",
            "verdict",
            "cause",
            "site",
            "team",
            "region",
            name=op.f("pk_adjustment"),
        ),
        sqlite_with_rowid=False,
        schema="derived",
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    tag = "X'A3736574'" if is_sqlite else "'\\xa3736574'::bytea"
    op.execute(_PLACES_SO_FAR.format(set=tag))


def downgrade() -> None:
    """Go back."""
    op.drop_table("adjustment", schema="derived")
    op.drop_table("correction_answer")
    op.drop_table("correction")
    op.drop_table("frozen_record")
    op.drop_table("frozen_posting")
    op.drop_table("period_close")
    op.drop_table("merger_end")
    op.drop_table("merger")
    op.drop_table("decision")
    op.drop_table("central_place")


_PLACES_SO_FAR = (
    "INSERT INTO central_place (log, seq, hash, entered) SELECT e.log, e.seq, e.hash, "
    "SUM(CASE WHEN substr(e.body, 2, 4) = {set} THEN 1 ELSE 0 END) "
    "OVER (PARTITION BY e.log ORDER BY e.seq) "
    "FROM log_entry e JOIN log l ON l.id = e.log WHERE l.kind = 'central'"
)
"""Central entries that were written before this table was made; `set` entries are told by their first bytes."""
