"""Who is on duty, and which shifts go on, are found by an index; what kiosks say of themselves is kept.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_OPEN = sa.text("out_ms IS NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        op.f("ix_derived_record_open"),
        "record",
        ["in_ms", "site", "post", "who"],
        schema="derived",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.drop_index(op.f("ix_shift_post"), table_name="shift")
    op.create_index(op.f("ix_shift_post"), "shift", ["post", "start_ms"])
    op.create_index(op.f("ix_shift_start"), "shift", ["start_ms", "end_ms", "post", "needed"])
    op.create_table(
        "kiosk_health",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_kiosk_health")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("kiosk_health")
    op.drop_index(op.f("ix_shift_start"), table_name="shift")
    op.drop_index(op.f("ix_shift_post"), table_name="shift")
    op.create_index(op.f("ix_shift_post"), "shift", ["post"])
    op.drop_index(op.f("ix_derived_record_open"), table_name="record", schema="derived")
