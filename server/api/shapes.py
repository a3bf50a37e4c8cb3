"""The schema of what goes out, made of the dataclass (or frozen form) that a use case gives: the two cannot drift apart.

Every field is always there; one that may be None is nullable. Times, dates and hashes are text already.
"""

import dataclasses
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import Schema, fields
from msgspec import Struct

NAMES: dict[type, str] = {}
"""What the document calls a dataclass whose own name says too little among all the others."""


@cache
def shape(of: type) -> type[Schema]:
    """Give the schema of a dataclass, or of a `Struct`. Raise `TypeError` for a field that has no form in JSON."""
    hints = get_type_hints(of)
    own = {name: _field(hints[name]) for name in _names(of)}
    words = (of.__doc__ or "").strip()
    meta = type("Meta", (), {"description": words})
    return type(NAMES.get(of, of.__name__), (Schema,), {**own, "Meta": meta})


def page_shape(of: type) -> type[Schema]:
    """Give the schema of a page of a list."""
    return _page_shape(of)


@cache
def _page_shape(of: type) -> type[Schema]:
    meta = type(
        "Meta",
        (),
        {"description": "A page of a list. next: the cursor of the one after it, if there is one."},
    )
    own = {
        "items": fields.List(fields.Nested(shape(of)), required=True),
        "next": fields.String(required=True, allow_none=True),
        "Meta": meta,
    }
    return type(f"{NAMES.get(of, of.__name__)}Page", (Schema,), own)


def _names(of: type) -> tuple[str, ...]:
    if issubclass(of, Struct):
        return of.__struct_fields__
    if not dataclasses.is_dataclass(of):
        raise TypeError(f"no dataclass: {of!r}")
    return tuple(field.name for field in dataclasses.fields(of))


def _is_shaped(hint: Any) -> bool:
    is_struct = isinstance(hint, type) and issubclass(hint, Struct)
    return is_struct or (dataclasses.is_dataclass(hint) and isinstance(hint, type))


def _field(hint: Any, **more: Any) -> fields.Field[Any]:
    told: dict[str, Any] = {"required": True, **more}
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _union(args, told)
    if origin in (list, tuple, frozenset):
        return fields.List(_field(args[0]), **told)
    if origin is dict:
        return fields.Dict(keys=fields.String(), values=_field(args[1]), **told)
    if _is_shaped(hint):
        return fields.Nested(shape(hint), **told)
    return _plain(hint, told)


def _union(args: tuple[Any, ...], told: dict[str, Any]) -> fields.Field[Any]:
    rest = [each for each in args if each is not NoneType]
    if len(rest) == 1:
        return _field(rest[0], **told, allow_none=True)
    kinds = sorted(_KINDS[each] for each in rest)
    return fields.Raw(metadata={"type": kinds}, **told)


def _plain(hint: Any, told: dict[str, Any]) -> fields.Field[Any]:
    if isinstance(hint, type) and issubclass(hint, str):
        return fields.String(**told)
    if hint is bool:
        return fields.Boolean(**told)
    if hint is int:
        return fields.Integer(**told)
    raise TypeError(f"no form in JSON: {hint!r}")


_KINDS = {int: "integer", str: "string"}
