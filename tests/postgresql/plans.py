"""How PostgreSQL would answer a question if its tables were large: which of them it would read from end to end."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

Node = Mapping[str, Any]

ROWS = 5_000_000
_SORTS = frozenset({"Sort", "Incremental Sort", "Hash", "Aggregate", "WindowAgg", "SetOp"})
"""Nodes that take all of what lies below them before they give anything, whatever limit stands above."""
_TEXTS = frozenset({"character varying", "text", "bytea"})
_BY_KEY = ("Index Cond", "Recheck Cond", "TID Cond")


def pretend_large(connection: Connection, tables: Collection[str]) -> None:
    """Let the planner believe that each of these tables has `ROWS` rows, of which it knows nothing more.

    One that is empty gets a row that means nothing: the planner sees for itself that a table has no page, and believes no more.
    """
    for table in sorted(tables):
        _begin(connection, table)
    sizes = text(
        "UPDATE pg_class SET relpages = GREATEST(1, pg_relation_size(oid) / 8192), reltuples = :rows "
        "WHERE relkind = 'r' AND relname = ANY(:tables)"
    )
    connection.execute(sizes, {"rows": ROWS, "tables": sorted(tables)})


def _begin(connection: Connection, table: str) -> None:
    asked = text(
        "SELECT table_schema, column_name, data_type FROM information_schema.columns WHERE table_name = :table "
        "AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
    )
    columns = connection.execute(asked, {"table": table}).all()
    whole = f"{columns[0][0]}.{table}"
    if connection.execute(text(f"SELECT 1 FROM {whole} LIMIT 1")).first() is None:  # noqa: S608 # our own tables
        names = ", ".join(f'"{name}"' for _, name, _ in columns)
        values = ", ".join("''" if kind in _TEXTS else "0" for *_, kind in columns)
        connection.execute(text(f"INSERT INTO {whole} ({names}) VALUES ({values})"))  # noqa: S608 # our own tables


def read_whole(
    connection: Connection, statement: str, given: Any, tables: Collection[str]
) -> list[str]:
    """Give those of these tables that a question reads from end to end; reading on in order of a key, up to a limit, is no such
    thing.
    """
    # An empty table is read whole whatever it is told; what has an index now does by it, and nothing else.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).scalar_one()
    return sorted(set(_whole(plan["Plan"], tables, is_limited=False)))


def _whole(node: Node, tables: Collection[str], *, is_limited: bool) -> Iterator[str]:
    kind, table = node["Node Type"], node.get("Relation Name", "")
    if table in tables and not any(by in node for by in _BY_KEY):
        reads_on = is_limited and (kind != "Seq Scan" or "Filter" not in node)
        if not reads_on:
            yield f"{table}: {kind} {node.get('Index Name', '')}".rstrip()
    is_limited = kind == "Limit" or (is_limited and not _takes_all(node))
    for below in node.get("Plans", ()):
        yield from _whole(below, tables, is_limited=is_limited)


def _takes_all(node: Node) -> bool:
    """Tell whether a node gives nothing before it has taken everything. Groups that come sorted are given one by one."""
    return node["Node Type"] in _SORTS and node.get("Strategy") != "Sorted"
