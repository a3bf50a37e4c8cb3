"""On PostgreSQL the records of some dates are found by blocks that say when theirs began. SQLite has an index that does.

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_NAME = "ix_derived_record_began"


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            op.f(_NAME),
            "record",
            ["in_ms"],
            schema="derived",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 32, "autosummarize": True},
        )


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index(op.f(_NAME), table_name="record", schema="derived")
