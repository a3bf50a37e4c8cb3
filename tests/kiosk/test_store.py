"""The store: durable, append-only, shared by processes, and honest about what is wrong with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite

from kiosk import device
from kiosk.app import Kiosk
from kiosk.clock import SystemClock
from kiosk.errors import Stopped
from kiosk.keyfile import make_key, read_key
from kiosk.scan import scan
from kiosk.store import KEY_FILE, open_store
from kiosk.verify import Verified, verify
from tests.kiosk.conftest import Run
from tests.kiosk.fakes import FakeServer

ROOT = Path(__file__).parents[2]
PROCESSES, SCANS_EACH, KILLS = 4, 25, 36

SCANNER = """
import sys
from pathlib import Path
from kiosk.app import open_kiosk
from kiosk.scan import scan
kiosk = open_kiosk(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    done = scan(kiosk, f"V{number}", direction=None, is_typed=True)
    print(done.head.seq, done.head.hash.hex(), flush=True)
"""

KILLER = """
import os, random, signal, sys
from pathlib import Path
from kiosk.app import open_kiosk
from kiosk.scan import scan
chance = random.Random(20261122)
for cycle in range(int(sys.argv[2])):
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        os.close(source)
        kiosk = open_kiosk(Path(sys.argv[1]))
        while True:
            done = scan(kiosk, "x", direction=None)
            os.write(sink, f"{done.head.seq} {done.head.hash.hex()}\\n".encode())
    os.close(sink)
    with os.fdopen(source) as told:
        for line in told:
            sys.stdout.write(line)
            if chance.random() < 0.1:
                for _ in range(chance.randrange(3000)):
                    pass
                os.kill(child, signal.SIGKILL)
                break
        sys.stdout.write(told.read())
    os.waitpid(child, 0)
"""
"""Starts a process that scans and tells each confirmed entry, kills it at a random moment, again and again."""


def scanner(home: Path, count: int) -> subprocess.Popen[str]:
    """Start a process that scans and tells each entry once it is confirmed."""
    return subprocess.Popen(
        [sys.executable, "-c", SCANNER, str(home), str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def checked(kiosk: Kiosk) -> Verified:
    return verify(kiosk, lambda _done, _total: None)


def on_disk(kiosk: Kiosk) -> set[str]:
    rows = kiosk.store.db.execute("SELECT seq, hash FROM entries")
    return {f"{seq} {entry_hash.hex()}" for seq, entry_hash in rows}


def test_several_processes_write_one_unbroken_chain(enrolled: Kiosk) -> None:
    writers = [scanner(enrolled.home, SCANS_EACH) for _ in range(PROCESSES)]
    told = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    assert len(set(told)) == PROCESSES * SCANS_EACH
    assert set(told) <= on_disk(enrolled)
    assert not checked(enrolled).faults


def test_what_was_confirmed_survives_a_kill(enrolled: Kiosk) -> None:
    killer = subprocess.run(
        [sys.executable, "-c", KILLER, str(enrolled.home), str(KILLS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = set(killer.stdout.split("\n")) - {""}
    assert len(told) > KILLS
    assert told <= on_disk(enrolled)
    assert not checked(enrolled).faults


def test_a_home_made_by_several_at_once_is_one_home(tmp_path: Path) -> None:
    make = "import sys; from pathlib import Path; from kiosk.store import open_store\n"
    make += "from kiosk.device import require_identity\n"
    make += "print(require_identity(open_store(Path(sys.argv[1]))).log)"
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", make, str(tmp_path / "new")], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(PROCESSES)
    ]
    logs = {maker.communicate()[0] for maker in makers}
    assert [maker.returncode for maker in makers] == [0] * PROCESSES
    assert len(logs) == 1


def test_the_key_is_for_this_user_alone(enrolled: Kiosk) -> None:
    assert (enrolled.home / KEY_FILE).stat().st_mode & 0o077 == 0


def test_a_commit_is_synced_to_disk(enrolled: Kiosk) -> None:
    db = enrolled.store.db
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entries WHERE seq = 1",
        "UPDATE entries SET body = x'00' WHERE seq = 1",
        "INSERT OR REPLACE INTO entries VALUES (1, 1, x'00', x'00')",
        "INSERT INTO entries VALUES (1, 99, x'00', x'00')",
        "INSERT INTO entries VALUES (2, 1, x'00', x'00')",
        "DELETE FROM logs",
    ],
)
def test_entries_can_only_be_appended(enrolled: Kiosk, statement: str) -> None:
    with pytest.raises(sqlite.IntegrityError):
        enrolled.store.db.execute(statement)


def test_a_full_disk_is_said_and_nothing_is_called_recorded(
    run: Run, server: FakeServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("enrol", server.code(), "--server", server.url)
    run("scan", "before")
    head = run("status").data["head"]
    real = sqlite.connect

    def cramped(*arguments: object, **named: object) -> object:
        class Cramped(sqlite.Connection):  # type: ignore[misc] # the driver has no types
            def execute(self, sql: str, *values: object) -> object:
                cursor = super().execute(sql, *values)
                if "sqlite_master" in sql:
                    super().execute("PRAGMA max_page_count=1")
                return cursor

        return real(*arguments, factory=Cramped, **named)

    monkeypatch.setattr(sqlite, "connect", cramped)
    ran = run("scan", "汉" * 100)
    for _ in range(20):
        if ran.status:
            break
        ran = run("scan", "汉" * 100)
    monkeypatch.undo()
    assert (ran.status, ran.data["error"]["code"]) == (1, "disk_full")
    assert "recorded" not in ran.data
    store = open_store(tmp_path / "cli-home")
    assert store.db.execute("SELECT max(seq) FROM entries").fetchone()[0] >= head
    store.close()


def test_a_lost_key_is_never_replaced(enrolled: Kiosk) -> None:
    (enrolled.home / KEY_FILE).unlink()
    with pytest.raises(Stopped, match="store_key_missing"):
        open_store(enrolled.home)
    assert not (enrolled.home / KEY_FILE).exists()


def test_a_wrong_key_opens_nothing(enrolled: Kiosk) -> None:
    enrolled.store.close()
    key = read_key(enrolled.home / KEY_FILE)
    make_key(enrolled.home / KEY_FILE, bytes(32))
    with pytest.raises(sqlite.DatabaseError):
        open_store(enrolled.home)
    make_key(enrolled.home / KEY_FILE, key)
    store = open_store(enrolled.home)
    assert device.read_enrolment(store.db) is not None
    store.close()


def test_a_store_of_newer_software_is_left_alone(enrolled: Kiosk) -> None:
    enrolled.store.db.execute("PRAGMA user_version=99")
    with pytest.raises(Stopped, match="store_newer"):
        open_store(enrolled.home)


def test_scanning_goes_on_after_opening_anew(enrolled: Kiosk) -> None:
    first = scan(enrolled, "x", direction=None)
    again = Kiosk(open_store(enrolled.home), SystemClock())
    assert scan(again, "y", direction=None).head.seq == first.head.seq + 2  # another boot, too
    again.store.close()
