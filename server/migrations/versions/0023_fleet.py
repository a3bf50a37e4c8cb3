"""Messages to the leads at sites, which batches that were set aside are whose, and who looked at them.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "kiosk_message",
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "hash", name=op.f("pk_kiosk_message")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kiosk_message_end",
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message", "hash", name=op.f("pk_kiosk_message_end")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "set_aside_mark",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("log", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_by", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_set_aside_mark")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_set_aside_mark_seen"), "set_aside_mark", ["seen_ms", "log"])
    op.execute(
        "INSERT INTO set_aside_mark (digest, log, size, seen_ms, seen_by, note) "
        "SELECT digest, '', length(raw), 0, '', '' FROM set_aside"
    )
    for column in (
        sa.Column("made_by", sa.String(length=40), server_default="", nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ended_by", sa.String(length=40), server_default="", nullable=False),
    ):
        op.add_column("enrolment_code", column)
    op.create_index(op.f("ix_enrolment_code_created"), "enrolment_code", ["created_ms", "id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_enrolment_code_created"), table_name="enrolment_code")
    for column in ("made_by", "ended_ms", "ended_by"):
        op.drop_column("enrolment_code", column)
    op.drop_index(op.f("ix_set_aside_mark_seen"), table_name="set_aside_mark")
    op.drop_table("set_aside_mark")
    op.drop_table("kiosk_message_end")
    op.drop_table("kiosk_message")
