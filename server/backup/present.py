"""What is in a home before something is restored into it: nothing, what a backup holds as well, or more."""

from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import inspect, select

from server.backup.read_backup import Backup
from server.backup.swap import FACTS
from server.config import Config
from server.database import Database, open_database
from server.keys import KeysMissing, read_keys
from server.models.dated import ReferenceChange
from server.models.log import Log, LogRange

Wanted = set[tuple[str, int, bytes]]
"""Heads: log, seq, hash."""


@dataclass(slots=True)
class Present:
    """What is here now. fingerprint: of the server whose keys are here ("" if none).

    heads: of every run of entries held. made: tables are there at all. used: anything that setting up does not make.
    """

    fingerprint: str = ""
    heads: Wanted = field(default_factory=set)
    made: bool = False
    used: bool = False


def look(config: Config) -> Present:
    """Look at a home, and make nothing."""
    found = Present()
    with suppress(KeysMissing, ValueError):
        found.fingerprint = read_keys(config.keys).fingerprint.hex()
    if not config.database_url and not (config.home / FACTS).exists():
        return found
    database = open_database(config.home, config.database_url)
    try:
        _look_at_facts(database, found)
    finally:
        database.close()
    return found


def _look_at_facts(database: Database, found: Present) -> None:
    with database.read() as connection:
        tables = set(inspect(connection).get_table_names())
        found.made = "log" in tables
        if not found.made:
            return
        query = select(Log.name, LogRange.last, LogRange.head).join(Log, Log.id == LogRange.log)
        found.heads = {(name, last, bytes(head)) for name, last, head in connection.execute(query)}
        kiosk = select(Log.id).where(Log.kind == "kiosk").limit(1)
        change = select(ReferenceChange.entered).limit(1)
        found.used = any(connection.scalar(one) is not None for one in (kiosk, change))


def missing_in(backup: Backup, heads: Wanted) -> Wanted:
    """Give those heads whose entries a backup does not hold. All its entries are read."""
    missing = set(heads)
    logs = _column_of(backup, "log", "id", "name")
    columns = backup.manifest.tables["log_entry"].columns
    log, seq, entry_hash = (columns.index(name) for name in ("log", "seq", "hash"))
    for rows in backup.rows("log_entry"):
        for row in rows if missing else ():
            missing.discard((str(logs.get(row[log])), row[seq], bytes(row[entry_hash])))
    return missing


def _column_of(backup: Backup, table: str, key: str, value: str) -> dict[object, object]:
    columns = backup.manifest.tables[table].columns
    at, of = columns.index(key), columns.index(value)
    return {row[at]: row[of] for rows in backup.rows(table) for row in rows}
