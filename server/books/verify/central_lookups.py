"""Verify what is looked up: tables that hold what the central log says must hold exactly that."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.orm import DeclarativeBase

from schemas.entry import BadgeKey, Enrol, Entry, RevokeBadge, RevokeLog
from server import epochs
from server.books import central_rows
from server.books.verify.held import Trouble, entries
from server.books.verify.readings import Seals
from server.keys import Keys
from server.models.badge import BadgeKey as BadgeKeyRow
from server.models.badge import BadgeRevocation
from server.models.log import Enrolment, Log, LogRevocation
from sync.canonical import Strange, understand
from sync.ids import badge_key_id

_LOOKED_UP: Mapping[str, type[DeclarativeBase]] = {
    "enrolment": Enrolment,
    "revocation": BadgeRevocation,
    "revocation of the log": LogRevocation,
    "badge key": BadgeKeyRow,
    **{name: model for model, name in central_rows.TABLES.items()},
}
"""Tables that hold what the central log says, entry by entry."""


Said = dict[tuple[object, ...], int]
"""Rows of those tables, each behind what it is called, as the central log says them; with the seq of the entry."""


def check_central_lookups(connection: Connection, keys: Keys) -> Iterator[Trouble]:
    """Enrolments, revocations of badges and logs, and badge keys must be exactly what the centre's own logs say."""
    central = keys.central_log
    own = Log.name.in_(epochs.own_logs(connection, keys))
    numbers = connection.scalars(select(Log.id).where(own).order_by(Log.id)).all()
    if not numbers:
        yield Trouble(central, 0, "the central log is not there")
        return
    written_now = Log.name == epochs.current(connection).central
    seals = Seals(connection.scalar(select(Log.id).where(written_now)) or 0)
    said: Said = {}
    for number in numbers:
        for seq, entry_hash, body in entries(connection, number):
            entry = understand(body)
            seals.hear(number, entry)
            row = None if isinstance(entry, Strange) else _row_of(entry, entry_hash)
            if row is not None:
                said[row] = seq
    yield from _compare(connection, central, said)
    yield from (Trouble(central, 0, words) for words in seals.troubles(connection))


def _row_of(entry: Entry, entry_hash: bytes) -> tuple[object, ...] | None:
    """Give the row that an entry must have where it is looked up, behind what that is called; None: it has none."""
    match entry:
        case Enrol():
            fields = (entry.log, entry.from_ms, entry.to_ms, entry.site, entry.post)
            return ("enrolment", *fields, entry_hash)
        case RevokeBadge():
            return ("revocation", entry.who, entry_hash, entry.serial, entry.from_ms)
        case RevokeLog():
            cut = (entry_hash, entry.seq, entry.hash, entry.from_ms)
            return ("revocation of the log", entry.log, *cut)
        case BadgeKey():
            what = (entry_hash, entry.public, entry.state, entry.from_ms, entry.wall_ms)
            return ("badge key", badge_key_id(entry.public), *what)
    its = central_rows.row_of(entry, entry_hash)
    return (central_rows.TABLES[its[0]], *its[1]) if its else None


def _compare(connection: Connection, central: str, said: Said) -> Iterator[Trouble]:
    """Compare what the tables have with what was said."""
    for kind, model in _LOOKED_UP.items():
        for row in connection.execute(select(model)):
            kept = (bytes(v) if isinstance(v, memoryview) else v for v in row)
            if said.pop((kind, *kept), None) is None:
                yield Trouble(central, 0, f"the {kind} of {_shown(row[0])} rests on no entry")
    for (name, who, *_), seq in said.items():
        yield Trouble(central, seq, f"the {name} of {_shown(who)} is not where it is looked up")


def _shown(name: object) -> str:
    return name.hex() if isinstance(name, bytes | memoryview) else str(name)
