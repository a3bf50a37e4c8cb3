"""The tables, one subject a file. Facts are appended and kept; the schema `derived` can be dropped and rebuilt."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData


def everything() -> Iterator[MetaData]:
    """Load every table and give the metadata that hold them."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    from server.models.base import Base, Derived

    yield Base.metadata
    yield Derived.metadata
