"""The change feed of kiosks, and the epochs of this database.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. The feed is filled at the next hello; the epoch is the one that was written down at set-up."""
    _feed()
    op.create_table(
        "epoch",
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("central", sa.String(length=32), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_epoch")),
        sa.UniqueConstraint("name", name=op.f("uq_epoch_name")),
    )
    op.execute(
        "INSERT INTO epoch (ordinal, name, central, started_ms, reason) "
        "SELECT 1, meta.value, log.name, 0, 'setup' FROM meta, log "
        "WHERE meta.key = 'epoch' AND log.kind = 'central'"
    )
    lived = "FROM meta WHERE key = 'epoch'"  # in a database that was set up before
    op.execute(f"INSERT INTO feed_head (id, number) SELECT 1, 0 {lived}")
    op.execute(f"INSERT INTO feed_touch (kind, key) SELECT 'everything', '' {lived}")


def _feed() -> None:
    op.create_table(
        "feed_touch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_touch")),
    )
    op.create_table(
        "feed_row",
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("gone", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "kind", "key", name=op.f("pk_feed_row")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_feed_row_number"), "feed_row", ["channel", "number"])
    op.create_table(
        "feed_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_head")),
    )
    op.create_table(
        "feed_floor",
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_feed_floor")),
    )
    op.create_table(
        "snapshot_part",
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("wire", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "part", name=op.f("pk_snapshot_part")),
    )
    op.create_table(
        "deposit_head",
        sa.Column("log", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_deposit_head")),
    )


def downgrade() -> None:
    """Go back. Kiosks fetch their view whole again."""
    for table in (
        *("epoch", "deposit_head", "snapshot_part", "feed_floor"),
        *("feed_head", "feed_row", "feed_touch"),
    ):
        op.drop_table(table)
