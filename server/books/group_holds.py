"""The holds that rules about several people put on records, as `server.books.groups` keeps them, by person."""

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection

from server import bulk
from server.people.roster import in_parts
from server.reconcile.facts import GroupHold, Severity

_Stored = tuple[tuple[bytes, ...], tuple[tuple[str, int | str], ...]]
_unpack = msgspec.msgpack.Decoder(_Stored).decode


def read_holds(connection: Connection, people: Collection[str]) -> dict[str, list[GroupHold]]:
    """Read the holds on these people's records; those without any are left out."""
    if not bulk.fetch(connection, ANY_HOLD):
        return {}
    found: dict[str, list[GroupHold]] = {}
    for some in in_parts(people):
        query = _OF_PEOPLE.format(people=", ".join("?" * len(some)))
        for who, record, fact in bulk.fetch(connection, query, tuple(some)):
            entries, figures = _unpack(bytes(fact))
            hold = GroupHold("E2", bytes(record), Severity.HOLD, entries, figures)
            found.setdefault(who, []).append(hold)
    return found


ANY_HOLD = "SELECT 1 FROM derived.group_hold LIMIT 1"
_OF_PEOPLE = "SELECT who, record, fact FROM derived.group_hold WHERE who IN ({people})"
