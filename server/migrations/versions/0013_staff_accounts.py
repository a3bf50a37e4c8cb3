"""Accounts of staff with roles over parts of the tree, their sessions, and who read what.

The first administrator, whom set-up made before there were accounts, gets one.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("is_active", sa.SmallInteger(), nullable=False),
        sa.Column("second_factor", sa.Text(), nullable=False),
        sa.Column("spare_codes", sa.Text(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_account_name")),
        sa.UniqueConstraint("stamp", name=op.f("uq_staff_account_stamp")),
    )
    op.create_table(
        "staff_grant",
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("over", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("account", "role", "over", "code", name=op.f("pk_staff_grant")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff_session",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_staff_session")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_staff_session_account"), "staff_session", ["account", "began_ms"])
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=400), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("seal", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_seal"), "reading", ["seal", "id"])
    op.execute(
        "INSERT INTO staff_account (name, title, number, password, stamp, is_active, second_factor, "
        "spare_codes, failed, locked_ms, created_ms) "
        "SELECT lower(name), name, '', password_hash, 'first-' || lower(name), 1, '', '', 0, 0, created_ms FROM staff"
    )
    op.execute(
        'INSERT INTO staff_grant (account, role, "over", code) '
        "SELECT id, 'administrator', 'all', '' FROM staff_account"
    )
    op.drop_table("staff")


def downgrade() -> None:
    """Go back: administrators keep their names and passwords, other accounts cannot be told apart there."""
    op.create_table(
        "staff",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff")),
    )
    op.execute(
        "INSERT INTO staff (name, password_hash, role, created_ms) "
        "SELECT name, password, 'administrator', created_ms FROM staff_account "
        "WHERE id IN (SELECT account FROM staff_grant WHERE role = 'administrator')"
    )
    op.drop_index(op.f("ix_reading_seal"), "reading")
    op.drop_table("reading")
    op.drop_index(op.f("ix_staff_session_account"), "staff_session")
    op.drop_table("staff_session")
    op.drop_table("staff_grant")
    op.drop_table("staff_account")
