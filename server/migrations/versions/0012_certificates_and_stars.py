"""Certificates, and lists of people with stars: central entries, ready to be looked up.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _octets(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=20), nullable=False)


def upgrade() -> None:
    """Go forward."""
    _table("certificate", ["hash"], _octets("hash"), _code("number"), _code("who"), _octets("replaces"))  # fmt: skip
    for column in ("number", "who", "replaces"):
        op.create_index(op.f(f"ix_certificate_{column}"), "certificate", [column])
    _table("certificate_end", ["certificate", "hash"], _octets("certificate"), _octets("hash"))
    _table("star_list", ["hash"], _octets("hash"), _octets("mark"))
    _table("star_list_part", ["mark", "hash"], _octets("mark"), _octets("hash"))
    _table("star_objection", ["hash"], _octets("hash"), _octets("list"), _code("who"))
    op.create_index(op.f("ix_star_objection_list"), "star_objection", ["list"])
    _table("star_list_end", ["list", "hash"], _octets("list"), _octets("hash"))


def downgrade() -> None:
    """Go back."""
    for table in (
        "star_list_end",
        "star_objection",
        "star_list_part",
        "star_list",
        "certificate_end",
        "certificate",
    ):
        op.drop_table(table)


def _table(name: str, key: list[str], *columns: sa.Column[object]) -> None:
    """Make a table of entries: what it is looked up by, then the entry's bytes."""
    op.create_table(
        name,
        *columns,
        _octets("body"),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )
