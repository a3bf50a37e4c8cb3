"""What the server sent down for this kiosk: badge keys, revocations, who is known (numbers; names sealed), its site, deposits.

It comes by channels (`docs/protocol.md`, 11.6). A page of changes is one transaction; a snapshot is gathered beside the view
(`kiosk/fill.py`) and put in its place in one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiosk import device
from kiosk.store import Database
from sync import view_rows
from sync.parcel import ALL, CENTRAL, Group, site_channel


@dataclass(frozen=True, slots=True)
class Table:
    """Where rows of a kind are kept: its key and the columns behind."""

    name: str
    key: str
    columns: tuple[str, ...] = ()

    @property
    def every(self) -> str:
        """All columns, as SQL lists them."""
        return ", ".join((self.key, *self.columns))


TABLES: Mapping[str, Table] = {
    view_rows.BADGE_KEY: Table("badge_keys", "id", ("key",)),
    view_rows.REVOKED: Table("revoked", "number", ("serial",)),
    view_rows.KNOWN: Table("roster", "number"),
    view_rows.SITE: Table("sites", "code", ("name",)),
    view_rows.POST: Table("posts", "code", ("name",)),
    view_rows.MESSAGE: Table("messages", "key", ("text", "until_ms")),
    view_rows.NAME_KEY: Table("name_keys", "public", ("mark", "sealed")),
    view_rows.PERSON: Table("people", "number", ("sealed",)),
    view_rows.NEED: Table("needs", "post", ("needs",)),
    view_rows.FIT: Table("fits", "number", ("fits",)),
    view_rows.DEPOSIT: Table("deposits", "key", ("statement", "signature", "sealed")),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far this kiosk's view has come in a channel. server_ms: when the server signed it."""

    epoch: str
    number: int
    server_ms: int


def followed(db: Database) -> list[str]:
    """Give the channels that concern this kiosk."""
    enrolment = device.read_enrolment(db)
    return [ALL, *([site_channel(enrolment.site)] if enrolment else []), CENTRAL]


def standings(db: Database) -> dict[str, Standing]:
    """Read how far the view has come, by channel."""
    rows = db.execute("SELECT channel, epoch, number, server_ms FROM channels")
    return {channel: Standing(epoch, number, ms) for channel, epoch, number, ms in rows}


def cursor(db: Database) -> str:
    """Say in one text how far the view has come, for a bundle to the server (`docs/protocol.md`, 11.6)."""
    return ";".join(f"{name} {at.epoch} {at.number}" for name, at in sorted(standings(db).items()))


def is_filled(db: Database) -> bool:
    """Tell whether this kiosk ever had a view."""
    return bool(db.execute("SELECT 1 FROM channels WHERE channel = ?", (ALL,)).fetchall())


def stand(db: Database, channel: str, at: Standing) -> None:
    """Write down how far the view has come, within the caller's transaction; the channel of another site is left."""
    row = (channel, at.epoch, at.number, at.server_ms)
    db.execute("INSERT OR REPLACE INTO channels VALUES (?, ?, ?, ?)", row)
    if channel.startswith("site:"):
        db.execute("DELETE FROM channels WHERE channel LIKE 'site:%' AND channel <> ?", (channel,))
        _name_site(db)


def apply_rows(db: Database, kind: str, come: Sequence[Sequence[Any]], gone: Sequence[Any]) -> None:
    """Put rows of a kind in and take others out, within the caller's transaction. Keys are as `stored_key` gives them."""
    table = TABLES[kind]
    marks = ", ".join("?" * (1 + len(table.columns)))
    db.executemany(f"DELETE FROM {table.name} WHERE {table.key} = ?", [(key,) for key in gone])  # noqa: S608 - names from above
    db.executemany(f"INSERT OR REPLACE INTO {table.name} VALUES ({marks})", come)  # noqa: S608 - as above


def stored(group: Group) -> tuple[str, list[list[Any]], list[Any]]:
    """Give a page's rows as the tables have them: the id of a badge key is bytes there."""
    kind, come, gone = group
    if kind != view_rows.BADGE_KEY:
        return kind, [list(row) for row in come], list(gone)
    rows = [[bytes.fromhex(str(row[0])), *row[1:]] for row in come]
    return kind, rows, [bytes.fromhex(key) for key in gone]


def badge_keys(db: Database) -> dict[bytes, bytes]:
    """Read the keys that sign badges, by their 4-byte id."""
    return {bytes(row[0]): bytes(row[1]) for row in db.execute("SELECT id, key FROM badge_keys")}


def revoked_serial(db: Database, number: str) -> int:
    """Read the highest serial of this person that does not count any more; -1 if none."""
    row = db.execute("SELECT serial FROM revoked WHERE number = ?", (number,)).fetchone()
    return -1 if row is None else int(row[0])


def counts(db: Database) -> dict[str, int]:
    """Count what the view holds, for people who look after the kiosk."""
    return {
        table.name: db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608 - names from above
        for table in TABLES.values()
    }


def forget(db: Database) -> None:
    """Let go what was told of people, places and keys, within the caller's transaction; deposits stay, nobody here reads them."""
    tables = {table.name for table in TABLES.values()} - {TABLES[view_rows.DEPOSIT].name}
    for name in sorted(tables | {"channels", "fills", "fill_parts", "incoming"}):
        db.execute(f"DELETE FROM {name}")  # noqa: S608 - names from above


def _name_site(db: Database) -> None:
    """Bring the site's name to where the screen looks for it."""
    here = device.require_enrolment(db)
    row = db.execute("SELECT name FROM sites WHERE code = ?", (here.site,)).fetchone()
    if row is not None and row[0] != here.site_name:
        device.write(db, "enrolment", replace(here, site_name=row[0]))
