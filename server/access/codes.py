"""A column within a set of codes, as one parameter however many codes there are.

A district has more than a thousand sites, teams and regions: written out one by one in every question of a page, they cost more
to send and to read than the answer does.
"""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Dialect, String, bindparam, false
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NULLTYPE, TypeDecorator, TypeEngine


def one_of(column: SQLCoreOperations[str], codes: Collection[str]) -> ColumnElement[bool]:
    """Give the condition that a column has one of these codes; never, if there are none."""
    if not codes:
        return false()
    if len(codes) == 1:  # so that an index by it gives the rows in the order of what comes next
        return column == next(iter(codes))
    return _OneOf(column, bindparam(None, tuple(sorted(codes)), type_=_Codes()))


class _Codes(TypeDecorator[tuple[str, ...]]):
    """Codes as an array of PostgreSQL, or as JSON, which is what SQLite can take apart."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = String() if dialect.name == "sqlite" else ARRAY(String())
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else list(value or ())


class _OneOf(FunctionElement[bool]):
    """Of no type, so that nobody asks of SQLite whether it is 1, which no index answers."""

    type = NULLTYPE  # type: ignore[assignment] # on purpose: see above
    inherit_cache = True


@compiles(_OneOf)
def _as_array(one: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    name, codes = (compiler.process(each, **options) for each in one.clauses)
    return f"{name} = ANY ({codes})"


@compiles(_OneOf, "sqlite")
def _as_json(one: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    name, codes = (compiler.process(each, **options) for each in one.clauses)
    return f"{name} IN (SELECT value FROM json_each({codes}))"  # noqa: S608 # made of compiled parts
