"""Change one thing of the reference data from a form: the same checks as an import, a new version, one central `set` entry.

Nothing can be entered here that a file could not bring. Whoever saves says what they saw (`token`): where somebody else changed
the thing meanwhile, nothing is saved. Saving the same again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.books.dates import local_day
from server.database import Database
from server.imports.change import Author, Pens, next_entered, record
from server.imports.check_rows import Fault, make_checker
from server.imports.columns import Kind, Row
from server.imports.references import unknown_references
from server.imports.rows import RawRow, Sheet
from server.imports.write_rows import Writer
from server.people import now
from server.people.browse import token_of
from server.people.may_change import require_place, require_standing
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Wish:
    """A change. cells: texts as typed, by the English name of the column; those that are not there stay as they are.

    key: values that name the thing ("" of a new one); token: what was seen of it, "" for a new one. day: from when it holds.
    """

    kind: Kind
    cells: Mapping[str, str]
    token: str
    day: int
    author: Author


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of it. faults: why nothing was saved, by column. unknown: it names what nobody has entered yet."""

    changed: bool
    row: Row
    faults: Sequence[Fault] = ()
    unknown: bool = False


def edit(database: Database, part: Part, wish: Wish, pens: Pens) -> Saved:
    """Save a change. Raise `Refused`: `not_found` outside the part, `changed_since`, `bad_field` for a new one that exists."""
    header = RawRow(1, list(wish.cells))
    raw = RawRow(1, list(wish.cells.values()))
    checker = make_checker(wish.kind, Sheet(header, iter([raw]), pads=False))
    checked = next(iter(checker.check(Sheet(header, iter([raw]), pads=False))))
    if checked.row is None:
        return Saved(False, [], checked.faults)
    row = checked.row
    with database.write_facts() as connection:
        entered = next_entered(connection, lock=True)
        known = _known(connection, wish.kind, row)
        standing = require_standing(connection, part, wish.kind, row) if known else {}
        today = local_day(wish.author.at_ms)
        writer = Writer(wish.kind, wish.day, today, entered, checker.absent, dry_run=False)
        written = writer.write(connection, [row])  # which fills in what the form does not have
        require_place(connection, part, wish.kind, row, standing)
        if not written.added + written.changed:
            return Saved(False, row)
        _require_seen(wish, known)
        if written.people:
            pens.queue_people(connection, written.people)
        record(connection, writer, 1, wish.author, pens)
        unknown = unknown_references(connection, wish.kind, [row], set())
    return Saved(True, row, unknown=bool(unknown))


def _known(connection: Connection, kind: Kind, row: Row) -> str:
    """Give what stands for all that was ever said of this thing, "" for nothing."""
    table = now.table_of(kind.model)
    same = and_(*(table.c[name] == row[kind.index(name)] for name in kind.key))
    return token_of(connection.scalars(select(table.c.entered).where(same)))


def _require_seen(wish: Wish, known: str) -> None:
    """Refuse what rests on an older state. Raised within the transaction, so that nothing of it stays."""
    if wish.token == known:
        return
    if not wish.token:
        raise Refused(
            Code.BAD_FIELD, "编号已存在，请打开它来修改 / exists already: open it to change it"
        )
    raise Refused(Code.CHANGED_SINCE, "这期间有人改过 / somebody changed it meanwhile")
