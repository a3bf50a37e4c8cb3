"""Records, loose scans and findings by person and time, so that news reads and writes only the days that it can change.

What was derived before is dropped, and derived again.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_DERIVED = (
    "log_state",
    "mark",
    "said",
    "person_done",
    "record",
    "posting_part",
    "adjustment",
    "group_hold",
)


def upgrade() -> None:
    """Go forward."""
    _make_anew(by_time=True)
    op.drop_index(op.f("ix_derived_record_who"), table_name="record", schema="derived")
    op.create_index(op.f("ix_derived_record_who"), "record", ["who", "in_ms"], schema="derived")


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_derived_record_who"), table_name="record", schema="derived")
    op.create_index(op.f("ix_derived_record_who"), "record", ["who"], schema="derived")
    _make_anew(by_time=False)


def _make_anew(*, by_time: bool) -> None:
    """Make the two tables whose keys change anew, and empty the others, so that everything is derived again."""
    for table in _DERIVED:
        op.execute(sa.text(f"DELETE FROM derived.{table}"))  # noqa: S608 # closed set
    op.drop_table("loose_scan", schema="derived")
    op.drop_table("finding", schema="derived")
    op.create_table(
        "loose_scan",
        sa.Column("who", sa.String(length=20), nullable=False),
        *([sa.Column("at_ms", sa.BigInteger(), nullable=False)] if by_time else []),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "who", *(["at_ms"] if by_time else []), "hash", name=op.f("pk_loose_scan")
        ),
        sqlite_with_rowid=False,
        schema="derived",
    )
    op.create_table(
        "finding",
        sa.Column("about", sa.String(length=32), nullable=False),
        *([sa.Column("at_ms", sa.BigInteger(), nullable=False)] if by_time else []),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint(
            "about", *(["at_ms"] if by_time else []), "rule", "digest", name=op.f("pk_finding")
        ),
        sqlite_with_rowid=False,
        schema="derived",
    )
