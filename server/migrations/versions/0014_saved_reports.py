"""Reports that are made by themselves.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _number(name: str, *, is_big: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger() if is_big else sa.Integer(), nullable=False)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "saved_report",
        _text("name", 20),
        _text("by", 10),
        _text("every", 8),
        _text("form", 4),
        sa.Column("only", sa.Text(), nullable=False),
        _number("compares"),
        _text("owner", 80),
        _number("made_ms", is_big=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_saved_report")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_run",
        _text("name", 20),
        _number("first"),
        _number("last"),
        _text("state", 8),
        *(_number(name, is_big=True) for name in ("rows", "started_ms", "ended_ms")),
        _text("file", 60),
        _number("size", is_big=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _text("problem", 100),
        sa.PrimaryKeyConstraint("name", "first", name=op.f("pk_report_run")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("report_run")
    op.drop_table("saved_report")
