"""Kiosks that record for long without a contact are noted (C4), and records are found by id in an index alone.

What was derived before is dropped, and derived again.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
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
    "group_hold",
)


def upgrade() -> None:
    """Go forward."""
    _make_anew(["who", "in_ms", "id"])


def downgrade() -> None:
    """Go back."""
    _make_anew(["who", "in_ms"])


def _make_anew(columns: list[str]) -> None:
    """Empty what is derived, and index records by these columns."""
    for table in _DERIVED:
        op.execute(sa.text(f"DELETE FROM derived.{table}"))  # noqa: S608 # closed set
    op.drop_index(op.f("ix_derived_record_who"), table_name="record", schema="derived")
    op.create_index(op.f("ix_derived_record_who"), "record", columns, schema="derived")
