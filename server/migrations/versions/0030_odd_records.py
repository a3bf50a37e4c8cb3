"""Records that may make a held group are found by an index of the odd ones: not every record of a site is looked at for them.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_NAME = "ix_derived_record_odd"
_ODD = "out_ms - in_ms < 3600000 OR judged >= 'C'"


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        op.f(_NAME),
        "record",
        ["site", "in_ms"],
        schema="derived",
        sqlite_where=sa.text(_ODD),
        postgresql_where=sa.text(_ODD),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f(_NAME), table_name="record", schema="derived")
