"""How Alembic reaches the database: always by a connection that `server.migrate` hands over."""

from typing import Any

from alembic import context

from server.models import everything

_connection = context.config.attributes["connection"]


def _named(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "schema" or name in (None, "derived")


context.configure(
    connection=_connection,
    target_metadata=list(everything()),
    include_schemas=True,
    include_name=_named,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
