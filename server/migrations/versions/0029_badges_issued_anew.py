"""When a badge was issued in place of what there was: so that asking again within minutes does not revoke the one just printed.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Of badges that are there it is not known: 0, as if they were printed only."""
    column = sa.Column("reissued_ms", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("badge", column)


def downgrade() -> None:
    """Go back."""
    op.drop_column("badge", "reissued_ms")
