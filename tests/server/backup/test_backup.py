"""Backup and restore: one snapshot beside writers, on either database, there whole or not at all."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Table, text

from server.backup import restore as restoring
from server.backup import swap
from server.backup.read_backup import open_backup
from server.backup.restore import Restored, restore
from server.backup.write_backup import write_backup
from server.books.verify.verify import verify
from server.config import Config
from server.home_lock import serving
from server.services import Services, open_services
from sync.errors import Refused
from tests.postgresql.homes import PostgresqlHomes
from tests.server.books.world import derive, hours_json, meaning
from tests.server.builders import (
    HOUR_MS,
    START_MS,
    Author,
    ServerClock,
    client_of,
    enrol_at,
    make_author,
    push,
)
from tests.server.conftest import Open

WRITERS, BATCHES = 4, 12


def written(services: Services, name: str) -> Author:
    """A kiosk with a contact and many stays, to be pushed in pieces."""
    author = make_author(name)
    author.boot(START_MS)
    author.contact(START_MS + 1_000, services.signer.keys.identity)
    for number in range(BATCHES * 10):
        at_ms = START_MS + HOUR_MS + number * 600_000
        author.scan(at_ms, f"V{1 + number // 2 % 14}", "out" if number % 2 else "in")
    return author


@pytest.fixture
def busy(services: Services) -> list[Author]:
    """Kiosks that are enrolled and have pushed nothing yet."""
    authors = [written(services, f"writer-{n}") for n in range(WRITERS)]
    for author in authors:
        enrol_at(services, author, "S1", "P1")
    return authors


def put(services: Services, author: Author, number: int) -> None:
    first = 1 + number * 10
    last = author.head if number == BATCHES - 1 else first + 9
    answer = push(client_of(services), author.batch(first, last))
    assert answer.status_code == 200


def figures(services: Services) -> tuple[str, str]:
    derive(services)
    return hours_json(services), meaning(services)


def clean(services: Services) -> bool:
    return not verify(services.database, services.signer.keys, lambda *_: None).troubles


def put_back(config: Config, file: Path, *, replace: bool = False, now_ms: int = 7) -> Restored:
    return restore(config, file, replace=replace, now_ms=now_ms, progress=lambda *_: None)


def keep(services: Services, file: Path) -> Path:
    write_backup(services, file, lambda *_: None)
    return file


Empty = Callable[[str], Config]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_home(request: pytest.FixtureRequest, tmp_path: Path) -> Empty:
    """Give an empty home on one of the databases."""

    def make(name: str) -> Config:
        home = tmp_path / name
        if request.param == "sqlite":
            return Config(home)
        homes: PostgresqlHomes = request.getfixturevalue("postgresql_homes")
        return Config(home, homes.empty())

    return make


@pytest.mark.both_databases
def test_a_backup_beside_four_writers_is_one_moment_and_kiosks_refill_the_rest(
    services: Services, busy: list[Author], empty_home: Empty, tmp_path: Path
) -> None:
    """Taken on one database, restored on the other and on its own: the facts of a moment, and after a refill all of them."""
    for author in busy:
        put(services, author, 0)
    halfway = threading.Barrier(WRITERS + 1)

    def write(author: Author) -> None:
        for number in range(1, BATCHES):
            if number == 4:
                halfway.wait(30)
            put(services, author, number)

    threads = [threading.Thread(target=write, args=(author,)) for author in busy]
    for thread in threads:
        thread.start()
    halfway.wait(30)
    file = keep(services, tmp_path / "moment.backup")
    for thread in threads:
        thread.join(60)
    whole = figures(services)
    config = empty_home("other")
    done = put_back(config, file)
    there = open_services(config, ServerClock().clock())
    assert clean(there)
    with there.database.read() as connection:
        entries = connection.scalar(text("SELECT COUNT(*) FROM log_entry"))
    assert entries == done.kept.entries
    assert done.kept.entries >= WRITERS * 40
    for author in busy:
        for number in range(BATCHES):
            put(there, author, number)
    assert figures(there) == whole
    there.database.close()


@pytest.mark.both_databases
def test_what_is_restored_elsewhere_says_what_hours_said_at_the_moment_of_the_backup(
    services: Services, busy: list[Author], empty_home: Empty, tmp_path: Path
) -> None:
    for author in busy:
        put(services, author, 0)
        put(services, author, 1)
    then = figures(services)
    file = keep(services, tmp_path / "moment.backup")
    for author in busy:
        put(services, author, 2)
    assert figures(services) != then
    config = empty_home("elsewhere")
    put_back(config, file)
    there = open_services(config, ServerClock().clock())
    assert figures(there) == then
    there.database.close()


def test_nobody_else_can_read_it_and_no_rest_is_left(services: Services, tmp_path: Path) -> None:
    before = os.umask(0o022)
    file = keep(services, tmp_path / "x.backup")
    os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir() if "x.backup" in p.name] == ["x.backup"]


def test_a_backup_that_fails_leaves_the_one_before(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = keep(services, tmp_path / "x.backup")
    before = file.read_bytes()

    def fail(_table: str, _rows: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="space"):
        write_backup(services, file, fail)
    assert file.read_bytes() == before
    assert sorted(p.name for p in tmp_path.glob("*x.backup*")) == ["x.backup"]


def test_every_cut_and_every_altered_byte_is_refused(
    services: Services, busy: list[Author], tmp_path: Path
) -> None:
    put(services, busy[0], 0)
    file = keep(services, tmp_path / "x.backup")
    raw, chance = file.read_bytes(), Random(20261122)
    bad = tmp_path / "bad.backup"
    cuts = [0, 1, 63, 64, 65, len(raw) - 1, *(chance.randrange(len(raw)) for _ in range(40))]
    changed = [raw[:cut] for cut in cuts] + [raw + b"x", b"x" * 5_000]
    places = [chance.randrange(len(raw)) for _ in range(150)]
    changed += [raw[:a] + bytes([raw[a] ^ 1 << chance.randrange(8)]) + raw[a + 1 :] for a in places]
    config = Config(tmp_path / "there")
    for wrong in changed:
        bad.write_bytes(wrong)
        with pytest.raises(Refused) as refused:
            put_back(config, bad)
        assert refused.value.code == "backup_damaged"
    assert not config.home.exists()


def test_it_says_what_it_holds(services: Services, busy: list[Author], tmp_path: Path) -> None:
    put(services, busy[0], 0)
    with open_backup(keep(services, tmp_path / "x.backup")) as backup:
        manifest = backup.manifest
    assert manifest.fingerprint == services.signer.keys.fingerprint.hex()
    assert manifest.tables["log_entry"].rows == 10 + manifest.central.seq
    assert "identity.key" in manifest.keys
    assert not any(name in manifest.tables for name in ("record", "finding", "mark"))


@pytest.fixture
def held(services: Services, busy: list[Author], tmp_path: Path) -> tuple[Path, Config]:
    """A backup, and the home it is of, which has gone on since."""
    for author in busy:
        put(services, author, 0)
    file = keep(services, tmp_path / "old.backup")
    put(services, busy[0], 1)
    derive(services)
    services.database.close()
    return file, services.config


def entries(config: Config) -> int:
    opened = open_services(config, ServerClock().clock())
    with opened.database.read() as connection:
        found = int(connection.scalar(text("SELECT COUNT(*) FROM log_entry")) or 0)
    assert clean(opened)
    opened.database.close()
    return found


@pytest.mark.both_databases
def test_a_home_that_knows_more_is_replaced_only_on_demand_and_kept(
    held: tuple[Path, Config],
) -> None:
    file, config = held
    before = entries(config)
    with pytest.raises(Refused) as refused:
        put_back(config, file)
    assert (refused.value.code, entries(config)) == ("home_holds_data", before)
    done = put_back(config, file, replace=True, now_ms=123)
    assert done.aside == "before-restore-123"
    assert entries(config) == before - 10
    if config.database_url:
        opened = open_services(config)
        with opened.database.read() as connection:
            kept = connection.scalar(text(f'SELECT COUNT(*) FROM "{done.aside}".log_entry'))  # noqa: S608
        opened.database.close()
        assert kept == before
    else:
        assert (config.home / done.aside / "redvest.db").exists()


@pytest.mark.both_databases
def test_a_home_that_knows_nothing_more_is_replaced(held: tuple[Path, Config]) -> None:
    file, config = held
    put_back(config, file, replace=True, now_ms=1)
    before = entries(config)
    put_back(config, file, now_ms=2)
    assert entries(config) == before


def test_a_backup_of_another_server_is_refused(
    held: tuple[Path, Config], open_home: Open, tmp_path: Path
) -> None:
    from server.clock import system_clock
    from server.setup import set_up
    from tests.server.conftest import TABLES, import_text

    file, _ = held
    config = Config(tmp_path / "another")
    set_up(config, system_clock())
    opened = open_services(config)
    import_text(opened, tmp_path, "regions", TABLES["regions"])
    opened.database.close()
    with pytest.raises(Refused) as refused:
        put_back(config, file, replace=True)
    assert refused.value.code == "backup_foreign"


def test_a_home_that_was_only_set_up_is_replaced(
    held: tuple[Path, Config], empty_home: Empty
) -> None:
    from server.clock import system_clock
    from server.setup import set_up

    file, _ = held
    config = empty_home("fresh")
    set_up(config, system_clock())
    put_back(config, file)
    assert entries(config)


def test_not_beside_a_running_server(held: tuple[Path, Config]) -> None:
    file, config = held
    with serving(config.home), pytest.raises(Refused) as refused:
        put_back(config, file, replace=True)
    assert refused.value.code == "home_in_use"


class _Killed(BaseException):
    """The process ended here."""


MOMENTS = 18
"""More than there are, so that the last of them is a restore that nobody stopped."""


@pytest.mark.parametrize("when", range(MOMENTS))
@pytest.mark.both_databases
def test_stopped_anywhere_there_is_the_old_or_the_new(
    held: tuple[Path, Config], when: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every rename, sync and removal, and a table half loaded, is a moment at which the power may go."""
    file, config = held
    before = entries(config)
    done = [0]

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            done[0] += 1
            if done[0] > when:
                raise _Killed
            return function(*args, **kwargs)

        return call

    whole = restoring.bulk.count_on
    stopping = counted(whole)

    def count_on(connection: Connection, table: Table) -> None:
        (stopping if table.name == "log_entry" else whole)(connection, table)

    was_stopped = False
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", counted(Path.rename))
        patched.setattr(swap, "sync_folder", counted(swap.sync_folder))
        patched.setattr(swap, "write_keys", counted(swap.write_keys))
        patched.setattr(swap.shutil, "rmtree", counted(swap.shutil.rmtree))
        patched.setattr(restoring.bulk, "count_on", count_on)
        try:
            put_back(config, file, replace=True)
        except _Killed:
            was_stopped = True
    assert was_stopped is (done[0] > when)
    assert when < MOMENTS - 1 or not was_stopped
    assert entries(config) in (before, before - 10)
    put_back(config, file, replace=True, now_ms=8)
    assert entries(config) == before - 10
