"""Decisions that wait for a second person, and decisions on many records, done in steps.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_COUNTS = ("total", "looked", "decided", "undone", "todo", "people", "left")
_MINUTES = tuple(
    f"{verdict}_{when}"
    for when in ("before", "after")
    for verdict in ("credited", "held", "refused")
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("settles", sa.String(length=4), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("wish", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("seen", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_by", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_state"), "proposal", ["state", "at_ms"])
    op.create_table(
        "sweep",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("asked", sa.String(length=400), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS],
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in _MINUTES],
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_sweep")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sweep_account"), "sweep", ["account", "at_ms"])
    op.create_table(
        "sweep_item",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("seen", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("mark", "place", name=op.f("pk_sweep_item")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("sweep_item")
    op.drop_index(op.f("ix_sweep_account"), "sweep")
    op.drop_table("sweep")
    op.drop_index(op.f("ix_proposal_state"), "proposal")
    op.drop_table("proposal")
