"""How findings stand, with the queue of those that wait for a person; views of it that staff keep.

What was derived before is dropped, and derived again.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
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
    "adjustment",
    "group_hold",
)
_INDEX = ("state", "at_ms", "about", "rule", "digest", "site", "team", "region", "severity")


def upgrade() -> None:
    """Go forward."""
    _make_anew(with_standing=True)
    op.create_index(
        op.f("ix_derived_finding_state"),
        "finding",
        list(_INDEX),
        schema="derived",
        sqlite_where=sa.text("state IS NOT NULL"),
        postgresql_where=sa.text("state IS NOT NULL"),
    )
    op.create_table(
        "saved_view",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("account", "page", "name", name=op.f("pk_saved_view")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("saved_view")
    _make_anew(with_standing=False)


def _make_anew(*, with_standing: bool) -> None:
    """Make the table of findings anew, and empty what else is derived, so that everything is derived again."""
    for table in _DERIVED:
        op.execute(sa.text(f"DELETE FROM derived.{table}"))  # noqa: S608 # closed set
    op.drop_table("finding", schema="derived")
    standing = [
        sa.Column("state", sa.String(length=8), nullable=True),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
    ]
    op.create_table(
        "finding",
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.String(length=400), nullable=False),
        *(standing if with_standing else []),
        sa.PrimaryKeyConstraint("about", "at_ms", "rule", "digest", name=op.f("pk_finding")),
        sqlite_with_rowid=False,
        schema="derived",
    )
