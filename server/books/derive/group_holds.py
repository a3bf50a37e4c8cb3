"""The holds that rules about several people put on records, as `server.books.derive.groups` keeps them, by person."""

from collections.abc import Iterable

import msgspec

from server.reconcile.facts import GroupHold, Severity

_Stored = tuple[tuple[bytes, ...], tuple[tuple[str, int | str], ...]]
_unpack = msgspec.msgpack.Decoder(_Stored).decode

HoldOf = tuple[str, bytes, bytes]
"""A row: who, record, fact."""


def holds_by(rows: Iterable[HoldOf]) -> dict[str, list[GroupHold]]:
    """Give the holds that these rows put on records, by person."""
    found: dict[str, list[GroupHold]] = {}
    for who, record, fact in rows:
        entries, figures = _unpack(bytes(fact))
        hold = GroupHold("E2", bytes(record), Severity.HOLD, entries, figures)
        found.setdefault(who, []).append(hold)
    return found
