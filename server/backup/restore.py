"""Restore a backup: the whole file is checked first, and whatever happens then, there is the home as it was, or the new one.

Rows mean the same on both databases, so a backup of either can be restored to either. What is derived is not in a backup, nor
what follows from versions; the latter is filled again here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, MetaData, inspect, text

from schemas.vocabulary import Code
from server import bulk
from server.backup import swap
from server.backup.form import Kept
from server.backup.present import Present, look, missing_in
from server.backup.read_backup import Backup, open_backup
from server.books.dates import local_day
from server.config import Config
from server.database import open_database
from server.home_lock import alone
from server.migrate import upgrade_on
from server.people import now
from server.schema import newest, revisions
from sync.errors import Refused

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where the home is kept that was here before ("" if there was none)."""

    kept: Kept
    aside: str


def restore(
    config: Config, file: Path, *, replace: bool, now_ms: int, progress: Progress
) -> Restored:
    """Put a backup in the place of what is here. progress: told the table and how many rows of all are through.

    replace: also where what is here holds entries that the backup does not; it is kept aside in any case.
    Raise `Refused`: `backup_damaged`, `backup_newer`, `backup_foreign`, `home_holds_data`, `home_in_use`.
    """
    with open_backup(file) as backup:
        config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(config.home):
            swap.finish(config.home)
            present = look(config)
            _check(backup, present, replace=replace, progress=progress)
            name = f"before-restore-{now_ms}" if present.made or present.fingerprint else ""
            put = _to_postgresql if config.database_url else _to_sqlite
            put(config, backup, name, local_day(now_ms), progress)
            swap.finish(config.home)
    return Restored(backup.kept, name)


def _check(backup: Backup, present: Present, *, replace: bool, progress: Progress) -> None:
    """Read everything in the backup, and judge whether it may take the place of what is here."""
    if backup.manifest.schema not in revisions():
        words = f"数据结构 {backup.manifest.schema} 本软件不认识，请先升级 / made by newer software: upgrade first"
        raise Refused(Code.BACKUP_NEWER, words)
    backup.keys()
    done = 0
    for table in backup.manifest.tables:
        if table != "log_entry":  # read below, once
            for rows in backup.rows(table):
                done += len(rows)
        progress("check", done)
    missing = missing_in(backup, present.heads if present.used else set())
    progress("check", backup.kept.rows)
    is_foreign = present.fingerprint not in ("", backup.manifest.fingerprint)
    if is_foreign and present.used:
        words = "备份属于另一台服务器，请换空的 REDVEST_HOME / of another server: restore it to an empty home"
        raise Refused(Code.BACKUP_FOREIGN, words)
    if missing and not replace:
        english = f"{len(missing)} logs here hold entries that the backup does not"
        words = f"这里有备份中没有的记录 / {english}: --replace keeps them aside"
        raise Refused(Code.HOME_HOLDS_DATA, words)


def _to_sqlite(config: Config, backup: Backup, name: str, day: int, progress: Progress) -> None:
    making = swap.begin(config.home)
    database = open_database(making)
    try:
        with database.derived.connect() as connection:
            upgrade_on(connection, backup.manifest.schema)
        with database.write_facts() as connection:
            _load(connection, backup, progress)
        with database.derived.connect() as connection:
            upgrade_on(connection, newest())
        with database.write_facts() as connection:
            now.refill(connection, day)
    finally:
        database.close()
    for left in (*making.glob("derived.db*"), *making.glob("*.lock")):
        left.unlink()
    swap.write_keys(making, backup.keys())
    swap.commit(config.home, name or "before-restore")


def _to_postgresql(config: Config, backup: Backup, name: str, day: int, progress: Progress) -> None:
    """Do it in one transaction; the keys follow. They are the same, but where a home that was only set up is replaced."""
    making = swap.begin(config.home)
    swap.write_keys(making, backup.keys())
    database = open_database(config.home, config.database_url)
    try:
        with database.facts.begin() as connection:
            _put_aside(connection, name)
            upgrade_on(connection, backup.manifest.schema)
            _load(connection, backup, progress)
            upgrade_on(connection, newest())
            now.refill(connection, day)
    finally:
        database.close()
    swap.commit(config.home, name or "before-restore")


def _put_aside(connection: Connection, name: str) -> None:
    """Move every table here into a schema of its own, with all that belongs to it; what is derived goes."""
    connection.execute(text("DROP SCHEMA IF EXISTS derived CASCADE"))
    tables = inspect(connection).get_table_names()
    if tables:
        connection.exec_driver_sql(f'CREATE SCHEMA "{name or "before-restore"}"')
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" SET SCHEMA "{name or "before-restore"}"')


def _load(connection: Connection, backup: Backup, progress: Progress) -> None:
    done = 0
    here = MetaData()
    here.reflect(connection)
    for name, part in backup.manifest.tables.items():
        if name not in here.tables:
            raise Refused(Code.BACKUP_DAMAGED, f"no such table: {name}")
        table = here.tables[name]
        if [column.name for column in table.columns] != part.columns:
            raise Refused(Code.BACKUP_DAMAGED, f"other columns: {name}")
        for rows in backup.rows(name):
            bulk.load(connection, table, rows)
            done += len(rows)
            progress("load", done)
        bulk.count_on(connection, table)
