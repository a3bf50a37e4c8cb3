"""Rules about several people at a site: records by site and time, and the holds that groups put on them.

What was derived without them is dropped, and derived again.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DERIVED = (
    "log_state",
    "mark",
    "loose_scan",
    "said",
    "person_done",
    "record",
    "posting_part",
    "finding",
    "adjustment",
)


def upgrade() -> None:
    """Go forward."""
    for table in _DERIVED:
        op.execute(sa.text(f"DELETE FROM derived.{table}"))  # noqa: S608 # closed set
    op.create_table(
        "group_hold",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("in_ms", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("who", "record", name=op.f("pk_group_hold")),
        sqlite_with_rowid=False,
        schema="derived",
    )
    op.create_index(op.f("ix_group_hold_site"), "group_hold", ["site", "in_ms"], schema="derived")
    op.create_index(op.f("ix_derived_record_site"), "record", ["site", "in_ms"], schema="derived")


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_derived_record_site"), table_name="record", schema="derived")
    op.drop_table("group_hold", schema="derived")
