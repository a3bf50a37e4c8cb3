"""Which version of something was in force on a day."""

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Version(NamedTuple, Generic[Value]):
    """A value from a local date on (days since 1970-01-01)."""

    valid_from: int
    value: Value


class Entered(NamedTuple, Generic[Value]):
    """A value from a local date on, brought by the change with this number."""

    valid_from: int
    entered: int
    value: Value


def as_stood(versions: Iterable[Entered[Value]], upto: int) -> tuple[Version[Value], ...]:
    """Give these, in their order, as they stood after so many changes."""
    return tuple(Version(one.valid_from, one.value) for one in versions if one.entered <= upto)


def in_force(versions: Sequence[Version[Value]], day: int, otherwise: Value) -> Value:
    """Give the value of the last of these, in the order of `valid_from` and entry, that holds on this day."""
    for version in reversed(versions):
        if version.valid_from <= day:
            return version.value
    return otherwise


def last_in_force(versions: Sequence[Version[Value]], day: int) -> Value | None:
    """Give the value that holds on this day, None where none does yet."""
    for version in reversed(versions):
        if version.valid_from <= day:
            return version.value
    return None
