"""Long work that somebody asked for, and what has become of each person or site of it.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TIMES = ("at_ms", "begun_ms", "beat_ms", "ended_ms")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("grants", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("doing", sa.String(length=8), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in _TIMES],
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("message", sa.String(length=400), nullable=False),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_run_owner"), "run", ["owner", "at_ms", "id"])
    op.create_index(op.f("ix_run_state"), "run", ["state", "beat_ms", "at_ms", "id"])
    op.create_table(
        "run_item",
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("said", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("run", "place", name=op.f("pk_run_item")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("run_item")
    op.drop_index(op.f("ix_run_state"), table_name="run")
    op.drop_index(op.f("ix_run_owner"), table_name="run")
    op.drop_table("run")
