"""Tokens with which programs call the API, and the answers that their repeated requests get.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "staff_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rights", sa.String(length=400), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_token")),
        sa.UniqueConstraint("secret", name=op.f("uq_staff_token_secret")),
    )
    op.create_index(op.f("ix_staff_token_account"), "staff_token", ["account", "id"])
    op.create_table(
        "given_answer",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "key", name=op.f("pk_given_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_given_answer_begun"), "given_answer", ["begun_ms"])


def downgrade() -> None:
    """Go back: every token ends."""
    op.drop_index(op.f("ix_given_answer_begun"), "given_answer")
    op.drop_table("given_answer")
    op.drop_index(op.f("ix_staff_token_account"), "staff_token")
    op.drop_table("staff_token")
