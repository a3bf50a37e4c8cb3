"""An index that says when places and rules last changed: what follows from them is kept by each process until then.

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_reference_change_kind", "reference_change", ["kind", "entered"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_reference_change_kind", table_name="reference_change")
