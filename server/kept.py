"""What is read once: within one view of the database, or by a process until what it follows from has changed.

Pages ask the same thing in several places, and the database once. Outside a view (`Database.read`) nothing is kept from one
question to the next: whoever writes sees what was written.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from server.models.dated import ReferenceChange
from server.models.now import NowState

Value = TypeVar("Value")
Read = Callable[[Connection], Value]

_VIEW = "redvest.view"
_KINDS = ("activities", "policies", "posts", "regions", "sites", "teams")
"""Kinds of reference data that `Kept` things follow from: places and rules, never people, who change all day."""

State = tuple[int, bytes, int]
"""Number and digest of the last change of such data, and the date as of which is kept what is in force."""


@contextmanager
def view(connection: Connection) -> Iterator[None]:
    """Let `once` keep what it is given: for a transaction that sees one state of everything, and writes nothing."""
    connection.info[_VIEW] = {}
    try:
        yield
    finally:
        connection.info.pop(_VIEW, None)


def is_view(connection: Connection) -> bool:
    """Tell whether what is read now is still so at the end of the transaction."""
    return _VIEW in connection.info


def once(connection: Connection, read: Read[Value]) -> Value:
    """Read something, within a view only the first time. read: a function of a module, or a question that equals its like."""
    found: dict[Read[Any], Any] | None = connection.info.get(_VIEW)
    if found is None:
        return read(connection)
    if read not in found:
        found[read] = read(connection)
    kept: Value = found[read]
    return kept


class Kept(Generic[Value]):
    """Something that follows from places and rules alone: kept by the process, one for each database, until these change."""

    def __init__(self, read: Read[Value]) -> None:
        """Read nothing yet. read: gives it anew; nobody may change what it gave."""
        self._read = read
        self._held: WeakKeyDictionary[Engine, tuple[State, Value]] = WeakKeyDictionary()
        self._turn = Lock()

    def of(self, connection: Connection) -> Value:
        """Give it as the caller's transaction sees it."""
        state = once(connection, _state)
        with self._turn:
            held = self._held.get(connection.engine)
        if held is not None and held[0] == state:
            return held[1]
        found = self._read(connection)
        with self._turn:
            self._held[connection.engine] = state, found
        return found


def _state(connection: Connection) -> State:
    """Say what kept things follow from. The digest tells apart two changes of one number, the first of which was given up."""
    newest = [
        select(ReferenceChange.entered)
        .where(ReferenceChange.kind == kind)
        .order_by(ReferenceChange.entered.desc())
        .limit(1)
        .scalar_subquery()
        for kind in _KINDS
    ]
    day = select(NowState.day).where(NowState.id == 1).scalar_subquery()
    last = select(ReferenceChange.entered, ReferenceChange.digest, day)
    asked = last.where(ReferenceChange.entered.in_(newest))
    row = connection.execute(asked.order_by(ReferenceChange.entered.desc()).limit(1)).one_or_none()
    return (0, b"", -1) if row is None else (row[0], bytes(row[1]), row[2] or -1)
