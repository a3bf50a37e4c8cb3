"""Changes of reference data say who made them, and when.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "reference_change",
        sa.Column("by", sa.String(length=40), server_default="", nullable=False),
    )
    op.add_column(
        "reference_change", sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Go back."""
    op.drop_column("reference_change", "at_ms")
    op.drop_column("reference_change", "by")
