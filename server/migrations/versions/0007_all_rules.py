"""All rules about a person: what is said about them beside scans, how records were judged; indexes to find shifts by.

What was derived by fewer rules is dropped, and derived again.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_DERIVED = (
    "log_state",
    "mark",
    "loose_scan",
    "person_done",
    "record",
    "posting_part",
    "finding",
    "adjustment",
)


def upgrade() -> None:
    """Go forward."""
    _drop_derived_rows()
    op.create_table(
        "said",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("fact", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("who", "hash", name=op.f("pk_said")),
        sqlite_with_rowid=False,
        schema="derived",
    )
    judged = sa.Column("judged", sa.String(length=40), server_default="", nullable=False)
    op.add_column("record", judged, schema="derived")
    op.create_index(op.f("ix_shift_post"), "shift", ["post"])
    op.create_index(op.f("ix_post_site"), "post", ["site"])
    op.create_index(op.f("ix_assignment_volunteer"), "assignment", ["volunteer"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_assignment_volunteer"), table_name="assignment")
    op.drop_index(op.f("ix_post_site"), table_name="post")
    op.drop_index(op.f("ix_shift_post"), table_name="shift")
    op.drop_column("record", "judged", schema="derived")
    op.drop_table("said", schema="derived")
    _drop_derived_rows()


def _drop_derived_rows() -> None:
    for table in _DERIVED:
        op.execute(sa.text(f"DELETE FROM derived.{table}"))  # noqa: S608 # closed set
