"""What could be wrong with this server, each thing looked at by itself."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import text

from server.badges.signing_keys import signing_key
from server.books.dates import iso_date, iso_time, local_day
from server.books.derive.drain import is_behind
from server.clock import Clock
from server.config import Config
from server.database import Database, open_database
from server.demo import is_marked
from server.fleet.aside import count_waiting
from server.fonts.files import find_fonts
from server.intake.reapply import lost_changes
from server.jobs.alarms import DERIVED_DIFFERS, count_alarms
from server.jobs.once import last_runs
from server.keys import KeysMissing, read_badge_keys, read_keys
from server.people import now
from server.schema import NotSetUp, require_current_schema
from sync.demo import BANNER, MARK
from sync.errors import Refused

DISK_BYTES_MIN = 1_000_000_000
_FAULTY = ((3, 7, 0), (3, 51, 2))
"""SQLite versions that can corrupt a database in WAL mode (the WAL-reset fault)."""
_POSTGRESQL_MIN = 150_000
_SANE_MS = 1_735_689_600_000  # 2025-01-01


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ok: False is a fault; a warning is ok with words."""

    name: str
    ok: bool
    detail: str


def examine(config: Config, clock: Clock) -> list[Check]:
    """Look at everything; what cannot be looked at is a fault, and the rest goes on. Make nothing."""
    if not config.home.exists():
        return [Check("home", ok=False, detail=f"{config.home.name} is not there: run setup")]
    database = open_database(config.home, config.database_url)
    checks: list[tuple[str, Callable[[], tuple[bool, str]]]] = [
        ("sqlite", _sqlite),
        ("clock", lambda: (clock.wall_ms() > _SANE_MS, f"{clock.wall_ms()} ms")),
        ("demo", lambda: _demo(config.home, clock)),
        ("disk", lambda: _disk(config.home)),
        ("keys", lambda: _keys(config.keys)),
        ("badge_key", lambda: _badge_key(database, config.keys, clock.wall_ms())),
        ("fonts", lambda: _fonts(config.fonts)),
        ("schema", lambda: _schema(database)),
        ("integrity", lambda: _integrity(database)),
        ("set_aside", lambda: _set_aside(database)),
        ("derived", lambda: _derived(database)),
        ("in_force", lambda: _in_force(database, clock.wall_ms())),
        ("restored", lambda: _restored(database)),
        ("jobs", lambda: _jobs(database)),
        ("alarms", lambda: _alarms(database)),
    ]
    try:
        return [_run(name, check) for name, check in checks]
    finally:
        database.close()


def _run(name: str, check: Callable[[], tuple[bool, str]]) -> Check:
    try:
        ok, detail = check()
    except Exception as error:  # noqa: BLE001 # a doctor reports every failure as a finding
        return Check(name, ok=False, detail=f"{type(error).__name__}: {str(error)[:200]}")
    return Check(name, ok, detail)


def _sqlite() -> tuple[bool, str]:
    version = tuple(int(part) for part in sqlite.sqlite_version.split("."))
    return not _FAULTY[0] <= version <= _FAULTY[1], sqlite.sqlite_version


def _demo(home: Path, clock: Clock) -> tuple[bool, str]:
    """Say whether this is a demo; a mark that somebody put into a real home means nothing, and should go."""
    if clock.is_demo:
        return True, BANNER
    return not is_marked(home), f"{MARK} means nothing here" if is_marked(home) else "no"


def _disk(home: Path) -> tuple[bool, str]:
    free = shutil.disk_usage(home).free
    return free >= DISK_BYTES_MIN, f"{free // 1_000_000} MB free"


def _keys(folder: Path) -> tuple[bool, str]:
    try:
        keys = read_keys(folder)
    except KeysMissing as error:
        return False, f"run setup: {error}"
    open_to_others = [file.name for file in folder.glob("*.key") if file.stat().st_mode & 0o077]
    if open_to_others:
        return False, f"readable by others: {', '.join(sorted(open_to_others))}"
    return True, f"fingerprint {keys.fingerprint.hex()}"


def _badge_key(database: Database, folder: Path, now_ms: int) -> tuple[bool, str]:
    """Say which key signs badges; without its private half none can be issued."""
    with database.read() as connection:
        signing = signing_key(connection, now_ms).id
    if signing in read_badge_keys(folder):
        return True, f"{signing.hex()} signs"
    return False, f"badge-{signing.hex()}.key is not here: bring it, or `badge-key withdraw`"


def _fonts(folder: Path) -> tuple[bool, str]:
    """Say whether badges can be printed as PDF; everything else works without."""
    try:
        return True, find_fonts(folder).regular.name
    except Refused:
        return True, "none: `python -m server fetch-fonts`, or badges can only be printed as PNG"


def _schema(database: Database) -> tuple[bool, str]:
    try:
        require_current_schema(database)
    except NotSetUp as error:
        return False, str(error)
    return True, "current"


def _integrity(database: Database) -> tuple[bool, str]:
    with database.read() as connection:
        if not database.is_sqlite:
            version = int(connection.scalar(text("SHOW server_version_num")) or 0)
            encoding = str(connection.scalar(text("SHOW server_encoding")))
            sound = version >= _POSTGRESQL_MIN and encoding == "UTF8"
            return sound, f"PostgreSQL {version // 10_000}.{version % 10_000}, {encoding}"
        found = connection.scalar(text("PRAGMA main.quick_check(1)"))
        return found == "ok", str(found)


def _set_aside(database: Database) -> tuple[bool, str]:
    with database.read() as connection:
        count = count_waiting(connection)
    return True, f"{count} batches set aside" + ("" if not count else ": a person should look")


def _derived(database: Database) -> tuple[bool, str]:
    with database.read() as connection:
        behind = is_behind(connection)
    return True, "behind: `hours` or the scheduler will catch up" if behind else "current"


def _in_force(database: Database, now_ms: int) -> tuple[bool, str]:
    """Say as of when lists and searches are; a day behind is what the job `new_day` mends."""
    with database.read() as connection:
        day = now.as_of(connection)
    if day is None:
        return False, "lists of people and places were never filled: run setup"
    return True, f"as of {iso_date(day)}" + (": behind" if day < local_day(now_ms) else "")


def _restored(database: Database) -> tuple[bool, str]:
    """Say what did not come back after a restore: rows of imported files, of which kiosks hold only that there were some."""
    with database.read() as connection:
        lost = lost_changes(connection)
    if not lost:
        return True, "nothing is known to be lost"
    told = (f"{change.table} ({change.rows} rows, {_day(change.at_ms)})" for change in lost[:20])
    return False, f"import again, {len(lost)} lost: {', '.join(told)}"


def _day(at_ms: int) -> str:
    return str(datetime.fromtimestamp(at_ms / 1000, UTC).date())


def _jobs(database: Database) -> tuple[bool, str]:
    with database.read() as connection:
        failed = [ran for ran in last_runs(connection) if ran.problem]
    words = [
        f"{ran.name} failed: {ran.problem}, last done {iso_time(ran.done_ms) if ran.done_ms else 'never'}"
        for ran in failed
    ]
    return not failed, "; ".join(words) or "no job failed last time"


def _alarms(database: Database) -> tuple[bool, str]:
    with database.read() as connection:
        counts = count_alarms(connection)
    words = [f"{count} {kind}" for kind, count in sorted(counts.items()) if count]
    return not counts[DERIVED_DIFFERS], ", ".join(words) or "none"
