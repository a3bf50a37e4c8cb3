"""Badges that stopped counting: those of people that were revoked, and those that a withdrawn key signed."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from server import bulk
from server.badges.signing_keys import KeyState
from server.central_order import PLACED, order_of
from server.people.roster import in_parts, is_worth_asking
from server.reconcile.facts import Revocation


@dataclass(frozen=True, slots=True)
class Gone:
    """badges: what was revoked of each number's, in order of time. keys: since when each, by its id, is withdrawn."""

    badges: Mapping[str, tuple[Revocation, ...]]
    keys: Mapping[bytes, int]


GoneRow = tuple[str, bytes | None, int, int, int | None, int]
"""number ("" for a key), key (None for a badge), serial, from_ms; rank (None: nobody said so) and seq of the entry."""


def gone_of(rows: Iterable[GoneRow], before: int | None) -> Gone:
    """Give what these rows say together. before: only what was said before this place in central order."""
    badges: dict[str, list[tuple[int, int]]] = {}
    keys: dict[bytes, int] = {}
    for number, key, serial, from_ms, rank, seq in rows:
        if before is not None and rank is not None and order_of(rank, seq) >= before:
            continue
        if key is None:
            badges.setdefault(number, []).append((from_ms, serial))
        else:
            keys[bytes(key)] = min(from_ms, keys.get(bytes(key), from_ms))
    told = {
        number: tuple(Revocation(serial, from_ms) for from_ms, serial in sorted(own))
        for number, own in badges.items()
    }
    return Gone(told, keys)


def gone_rows(connection: Connection, people: Collection[str] | None) -> Iterator[GoneRow]:
    """Read what was revoked of these people's (None: of everyone's) badges, and all keys that were withdrawn.

    Few badges are revoked: of many people none is looked up where nobody's was.
    """
    if people is None:
        yield from bulk.fetch(connection, f"{_BADGES} UNION ALL {_KEYS}")
        return
    some = list(people) if is_worth_asking(connection, people, _ANY_BADGE) else []
    for place, part in enumerate(list(in_parts(some)) or [[""]]):
        query = f"{_BADGES} WHERE b.number IN ({', '.join('?' * len(part))})"
        whole = query if place else f"{query} UNION ALL {_KEYS}"
        yield from bulk.fetch(connection, whole, tuple(part))


_ANY_BADGE = "SELECT 1 FROM badge_revocation LIMIT 1"
SAID = PLACED.replace("JOIN", "LEFT JOIN")
"""Joins where what was said stands, if a central entry said it. hash: the column with that entry's."""

_BADGES = (
    "SELECT b.number, NULL, b.serial, b.from_ms, o.ordinal, p.seq FROM badge_revocation b "  # noqa: S608 # our own words
    + SAID.format(hash="b.entry_hash")
)
_KEYS = (
    "SELECT '', k.key, 0, k.from_ms, o.ordinal, p.seq FROM badge_key k "  # noqa: S608 # our own words
    + SAID.format(hash="k.entry_hash")
    + f" WHERE k.state = '{KeyState.WITHDRAWN}'"
)
