"""How far ends reach that leads stated about an entry: from the time stated to where that entry's record lies, however far apart.

A history is not cut through such a time. Where the entry is not known of that person, nobody can tell how far it reaches.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection

from server import bulk
from server.books.derive.known import Fresh, Logs
from server.books.derive.said import About
from server.books.derive.tied import Stays, marks, read_stays
from server.people.roster import in_parts
from server.reconcile.cuts import Span, span_of_stated


def read_reached(
    connection: Connection, abouts: Mapping[str, Sequence[About]], logs: Logs, fresh: Fresh
) -> dict[str, list[Span] | None]:
    """Give the times through which no cut may go, of each person with news; None: an entry is not known, and may lie anywhere.

    abouts: ends that leads stated of entries, by number.
    """
    concerned = {who: own for who, own in abouts.items() if who in fresh}
    if not concerned:
        return {}
    named = {who: [one.entry for one in own] for who, own in concerned.items()}
    stays = read_stays(connection, named, logs)
    loose = _read_loose(connection, named)
    found: dict[str, list[Span] | None] = {}
    for who, own in concerned.items():
        new = {one.hash: Span(one.at_ms, one.at_ms) for one in fresh[who]}
        found[who] = _spans(own, {**new, **loose.get(who, {}), **stays.get(who, {})})
    return found


def _spans(abouts: Iterable[About], known: Stays) -> list[Span] | None:
    spans = []
    for one in abouts:
        if one.entry not in known:
            return None
        spans.append(span_of_stated(one.at_ms, *known[one.entry]))
    return spans


def _read_loose(
    connection: Connection, named: Mapping[str, Collection[bytes]]
) -> dict[str, dict[bytes, Span]]:
    found: dict[str, dict[bytes, Span]] = {}
    for people in in_parts(named):
        for hashes in in_parts(sorted({one for who in people for one in named[who]})):
            query = _LOOSE.format(people=marks(people), hashes=marks(hashes))
            for who, entry_hash, at_ms in bulk.fetch(connection, query, (*people, *hashes)):
                found.setdefault(who, {})[bytes(entry_hash)] = Span(at_ms, at_ms)
    return found


_LOOSE = (
    "SELECT who, hash, at_ms FROM derived.loose_scan WHERE who IN ({people}) AND hash IN ({hashes})"
)
