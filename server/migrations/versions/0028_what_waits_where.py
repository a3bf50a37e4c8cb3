"""The queue of findings by site, team, region and rule, and of alarms: each filter is answered by an index of what waits.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_QUEUED = ("state", "at_ms", "about", "rule", "digest", "site", "team", "region", "severity")
_WAITS, _ALARM = "state IS NOT NULL", "state IS NOT NULL AND severity = 'alarm'"
_INDEXES = {
    "site": (("site",), _WAITS),
    "team": (("team",), _WAITS),
    "region": (("region",), _WAITS),
    "rule": (("rule",), _WAITS),
    "alarm": ((), _ALARM),
}
"""By name: the columns that come first, and which rows are in it."""


def upgrade() -> None:
    """Go forward."""
    for name, (first, where) in _INDEXES.items():
        op.create_index(
            op.f(f"ix_derived_finding_{name}"),
            "finding",
            [*first, *(column for column in _QUEUED if column not in first)],
            schema="derived",
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    """Go back."""
    for name in _INDEXES:
        op.drop_index(op.f(f"ix_derived_finding_{name}"), table_name="finding", schema="derived")
