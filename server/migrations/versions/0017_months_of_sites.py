"""Found by an index: what lies in a month of a site (parts of records, frozen postings, adjustments), the oldest requests.

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_posting_part_site", "posting_part", ["site", "day"], schema="derived")
    op.create_index("ix_adjustment_site", "adjustment", ["site", "day"], schema="derived")
    op.create_index("ix_frozen_posting_site", "frozen_posting", ["site", "month"])
    op.create_index("ix_correction_asked", "correction", ["asked_ms", "hash"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_correction_asked", "correction")
    op.drop_index("ix_frozen_posting_site", "frozen_posting")
    op.drop_index("ix_adjustment_site", "adjustment", schema="derived")
    op.drop_index("ix_posting_part_site", "posting_part", schema="derived")
