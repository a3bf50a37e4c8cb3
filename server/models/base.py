"""What all tables share: one metadata, names of constraints that Alembic can find again."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of the tables that hold facts and reference data."""

    metadata = MetaData(naming_convention=_NAMES)


class Derived(DeclarativeBase):
    """Base of the tables that hold what facts mean: schema `derived`, a file of its own on SQLite."""

    metadata = MetaData(naming_convention=_NAMES, schema="derived")
