"""What is in force now of people, teams, regions, sites and posts, and the words by which people are found.

The tables are filled by `setup` (`server/people/now.py`): how names are read is no part of a schema.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ORDERED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CODE = sa.String(length=20)


def upgrade() -> None:
    """Go forward."""
    _make(
        "volunteer_now",
        "number",
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("team", _CODE, nullable=False),
        sa.Column("region", _CODE, nullable=False),
        sa.Column("born", sa.Integer(), nullable=True),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        within=("team", "region"),
    )
    op.create_table(
        "volunteer_word",
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("word", _ORDERED, nullable=False),
        *(sa.Column(name, _CODE, nullable=False) for name in ("number", "team", "region")),
        sa.PrimaryKeyConstraint(
            "kind", "word", "number", "team", "region", name=op.f("pk_volunteer_word")
        ),
        sqlite_with_rowid=False,
    )
    _make("team_now", "code", sa.Column("region", _CODE, nullable=False), within=("region",))
    _make("region_now", "code", sa.Column("parent", _CODE, nullable=False), within=("parent",))
    _make(
        "site_now",
        "code",
        sa.Column("kind", _CODE, nullable=False),
        sa.Column("region", _CODE, nullable=False),
        sa.Column("latitude_e6", sa.Integer(), nullable=True),
        sa.Column("longitude_e6", sa.Integer(), nullable=True),
        within=("region",),
    )
    _make(
        "post_now",
        "code",
        sa.Column("site", _CODE, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=False),
        within=("site",),
    )
    op.create_table(
        "now_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_now_state")),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("now_state", "post_now", "site_now", "region_now", "team_now"):
        op.drop_table(table)
    op.drop_table("volunteer_word")
    op.drop_table("volunteer_now")


def _make(table: str, key: str, *own: sa.Column, within: tuple[str, ...]) -> None:
    """Make a table of what is in force, indexed by what its things lie in."""
    op.create_table(
        table,
        sa.Column(key, _CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", _ORDERED, nullable=False),
        sa.Column("initials", _ORDERED, nullable=False),
        *own,
        sa.Column("valid_from", sa.Integer(), nullable=False),
        sa.Column("entered", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    for column in within:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column, key])
