"""A copied or restored kiosk is noticed at its next contact and goes on in a new log, before its next entry (I5)."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite

from kiosk import device
from kiosk.app import Kiosk
from kiosk.doctor import doctor
from kiosk.errors import Stopped
from kiosk.log import appending, entry_at, hash_at, read_head
from kiosk.migrations import STEPS
from kiosk.scan import scan
from kiosk.status import Status, status
from kiosk.store import open_store
from kiosk.succeed import close_log
from kiosk.verify import Verified, verify
from schemas.entry import Boot, Entry, Succeed
from schemas.vocabulary import Direction
from sync.succession import SUCCEED_SEQ, is_proved
from tests.kiosk.conftest import Run, contact
from tests.kiosk.fakes import Answer, FakeClock, FakeServer, Fault, problem

ROOT = Path(__file__).parents[2]
HOUR_MS = 3_600_000


def typed(kiosk: Kiosk, *numbers: str) -> None:
    for number in numbers:
        scan(kiosk, number, direction=None, is_typed=True)


def checked(kiosk: Kiosk) -> Verified:
    return verify(kiosk, lambda _done, _total: None)


def entries(kiosk: Kiosk, identity: device.Identity) -> list[Entry | None]:
    db = kiosk.store.db
    return [entry_at(db, identity, seq) for seq in range(1, read_head(db, identity).seq + 1)]


@pytest.fixture
def copy(enrolled: Kiosk, server: FakeServer, clock: FakeClock, tmp_path: Path) -> Iterator[Kiosk]:
    """A copy of a kiosk, taken before the last sync of the original."""
    typed(enrolled, "V1", "V2")
    shutil.copytree(enrolled.home, tmp_path / "copy")
    typed(enrolled, "V3")
    contact(enrolled, server)
    copied = Kiosk(open_store(tmp_path / "copy"), clock)
    yield copied
    copied.store.close()


def test_an_old_image_is_noticed_before_its_next_entry(copy: Kiosk, server: FakeServer) -> None:
    old = device.require_identity(copy.store)
    end = read_head(copy.store.db, old)
    done = contact(copy, server)
    assert done.outcome.diverged_at is not None
    new = device.require_identity(copy.store)
    assert (new.number, done.log, new.log != old.log) == (2, new.log, True)
    assert read_head(copy.store.db, old) == end
    typed(copy, "V4")
    assert read_head(copy.store.db, old) == end
    written = [getattr(entry, "who", "") for entry in entries(copy, new)]
    assert written[-1] == "V4"


def test_the_new_log_says_whose_successor_it_is(copy: Kiosk, server: FakeServer) -> None:
    old = device.require_identity(copy.store)
    contact(copy, server)
    new = device.require_identity(copy.store)
    boot, succeed, *_ = entries(copy, new)
    assert isinstance(boot, Boot)
    assert isinstance(succeed, Succeed)
    assert (succeed.log, succeed.seq, succeed.hash) == (old.log, *read_head(copy.store.db, old))
    assert is_proved(succeed, new.log, old.public)
    assert [type(entry) for entry in server.entries(new.log)[:SUCCEED_SEQ]] == [Boot, Succeed]


def test_its_own_branch_is_delivered_and_everything_is_proved(
    copy: Kiosk, server: FakeServer
) -> None:
    typed(copy, "V5", "V6")
    done = contact(copy, server)
    assert done.pending == 0
    on_disk = {row[0] for row in copy.store.db.execute("SELECT hash FROM entries")}
    assert on_disk <= {entry_hash for held in server.logs.values() for entry_hash in held.entries}
    assert not checked(copy).faults


def test_both_devices_start_a_log_of_their_own(
    copy: Kiosk, enrolled: Kiosk, server: FakeServer
) -> None:
    typed(copy, "V5")
    noticed = [contact(each, server).outcome.diverged_at for each in (enrolled, copy, enrolled)]
    assert [seq is not None for seq in noticed] == [False, True, True]
    logs = {device.require_identity(each.store).log for each in (enrolled, copy)}
    assert len(logs) == 2
    assert [contact(each, server).outcome.diverged_at for each in (enrolled, copy)] == [None, None]
    assert {device.require_identity(each.store).log for each in (enrolled, copy)} == logs
    assert not checked(enrolled).faults


def test_the_alarm_stays_until_the_new_log_is_enrolled(copy: Kiosk, server: FakeServer) -> None:
    contact(copy, server)
    for _ in range(2):
        found = status(copy)
        assert (found.state, "diverged" in found.alarms, found.pending) == ("attention", True, 0)
        assert not contact(copy, server).outcome.enrolled
    server.confirm(device.require_identity(copy.store).log)
    contact(copy, server)
    found = status(copy)
    assert (found.state, found.alarms, found.diverged_at) == ("fine", [], None)


def test_status_shows_all_logs(copy: Kiosk, server: FakeServer) -> None:
    old = device.require_identity(copy.store)
    contact(copy, server)
    typed(copy, "V4")
    found: Status = status(copy)
    new = device.require_identity(copy.store)
    assert [log.log for log in found.logs] == [old.log, new.log]
    assert (found.log, found.head) == (new.log, found.logs[-1].head)
    assert found.recorded == sum(log.head for log in found.logs)
    assert (found.pending, found.logs[0].pending, found.logs[1].pending) == (1, 0, 1)
    assert found.oldest_pending_ms > 0


def test_who_is_signed_in_stays_so_over_the_logs(
    copy: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    contact(copy, server)
    assert status(copy).open_numbers == ["V1", "V2"]
    clock.advance(HOUR_MS)
    assert scan(copy, "V1", direction=None, is_typed=True).scan.direction == Direction.OUT
    assert status(copy).open_numbers == ["V2"]


def test_a_repeat_is_seen_over_the_logs(copy: Kiosk, server: FakeServer) -> None:
    contact(copy, server)
    assert scan(copy, "V2", direction=None, is_typed=True).repeats is not None


def test_a_broken_contact_begins_the_new_log_all_the_same(copy: Kiosk, server: FakeServer) -> None:
    typed(copy, "V5")
    server.fault = failing("push")
    with pytest.raises(Stopped):
        contact(copy, server)
    assert device.require_identity(copy.store).number == 2
    assert "diverged" in status(copy).alarms
    server.fault = None
    done = contact(copy, server)
    assert (done.pending, device.require_identity(copy.store).number) == (0, 2)


def failing(door: str) -> Fault:
    """A server whose door is out of order."""

    def fault(path: str, honest: object) -> Answer:
        return problem(503, "try_later") if path.endswith(door) else honest()  # type: ignore[operator, no-any-return]

    return fault


def test_a_closed_log_refills_a_restored_server(copy: Kiosk, server: FakeServer) -> None:
    contact(copy, server)
    server.logs.clear()
    server.epoch = "2"
    done = contact(copy, server)
    assert (done.pending, done.refilled) == (0, True)
    assert len(server.logs) == 2
    asked = len(server.asked)
    contact(copy, server)
    assert len(server.asked) - asked == 2  # the present log alone: hello and push


def test_a_scan_under_way_goes_into_the_new_log(enrolled: Kiosk) -> None:
    old = device.require_identity(enrolled.store)
    other = Kiosk(open_store(enrolled.home), enrolled.clock)
    close_log(other, old, 9)
    close_log(other, old, 9)
    recorded = scan(enrolled, "V1", direction=None, is_typed=True)
    assert recorded.log == device.require_identity(other.store).log != old.log
    assert device.require_identity(other.store).number == 2
    other.store.close()


def test_nobody_can_write_into_a_closed_log(enrolled: Kiosk) -> None:
    old = device.require_identity(enrolled.store)
    seq = close_log(enrolled, old, 9)
    with pytest.raises(sqlite.IntegrityError):
        enrolled.store.db.execute("INSERT INTO entries VALUES (1, ?, x'00', x'00')", (seq + 1,))


def test_a_crash_while_the_log_changes_leaves_the_old_one(
    enrolled: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = device.require_identity(enrolled.store)

    def crash(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kiosk.succeed.succeed_entry", crash)
    with pytest.raises(KeyboardInterrupt):
        close_log(enrolled, old, 9)
    assert device.require_identity(enrolled.store) == old
    typed(enrolled, "V1")
    assert not checked(enrolled).faults


def test_a_closed_log_that_lost_its_end_is_found(copy: Kiosk, server: FakeServer) -> None:
    contact(copy, server)
    db = copy.store.db
    old, _ = device.read_identities(db)
    db.execute("DROP TRIGGER entries_stay")
    db.execute("DELETE FROM receipts")
    last = read_head(db, old).seq
    db.execute("DELETE FROM entries WHERE log = 1 AND seq = ?", (last,))
    (fault,) = checked(copy).faults
    assert (fault.what, fault.log) == ("closed log does not end where its successor says", old.log)


def test_doctor_tells_of_a_log_that_waits(copy: Kiosk, server: FakeServer) -> None:
    contact(copy, server)

    def look() -> bool:
        checks = doctor(lambda: Kiosk(open_store(copy.home), copy.clock), lambda _where: "")
        return next(check.ok for check in checks if check.name == "log_confirmed")

    assert not look()
    server.confirm(device.require_identity(copy.store).log)
    contact(copy, server)
    assert look()


def test_the_commands_of_a_copied_kiosk(run: Run, server: FakeServer, tmp_path: Path) -> None:
    run("enrol", server.code(), "--server", server.url)
    home = tmp_path / "cli-home"
    shutil.copytree(home, tmp_path / "image")
    run("scan", "V1", "--typed")
    run("sync")
    shutil.rmtree(home)
    (tmp_path / "image").rename(home)
    old = run("status").data["log"]
    ran = run("sync")
    assert (ran.status, ran.data["enrolled"]) == (3, False)
    assert ran.data["log"] != old
    again = run("sync")
    assert (again.status, again.data["diverged_at"], again.data["log"]) == (
        0,
        None,
        ran.data["log"],
    )
    assert run("verify").status == 0
    assert run("status").data["alarms"] == ["diverged"]
    assert "diverged" not in run("status", as_json=False).out
    assert old in run("status", as_json=False).out


def test_a_fresh_code_enrols_the_new_log(run: Run, server: FakeServer, tmp_path: Path) -> None:
    code = server.code()
    run("enrol", code, "--server", server.url)
    home = tmp_path / "cli-home"
    shutil.copytree(home, tmp_path / "image")
    run("sync")
    shutil.rmtree(home)
    (tmp_path / "image").rename(home)
    assert run("sync").status == 3
    used = run("enrol", code, "--server", server.url)
    assert (used.status, used.data["error"]["code"]) == (5, "code_used")
    ran = run("enrol", server.code(), "--server", server.url)
    assert (ran.status, ran.data["log"]) == (0, run("status").data["log"])
    assert run("status").data["state"] == "fine"
    third = run("enrol", server.code(), "--server", server.url)
    assert (third.status, third.data["error"]["code"]) == (5, "already_enrolled")


def test_a_fresh_code_of_another_server_is_refused(
    copy: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    from kiosk.enrol import enrol
    from sync.enrolment import read as read_code
    from tests.kiosk.conftest import doors_of
    from tests.kiosk.fakes import listening

    contact(copy, server)
    other = FakeServer(clock)
    with (
        listening(other),
        doors_of(copy, other) as doors,
        pytest.raises(Stopped, match="not_our_server"),
    ):
        enrol(copy, doors, read_code(other.code()), url=other.url, post="")


def test_a_store_is_upgraded_once_by_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.store.STEPS", STEPS[:1])
    store = open_store(tmp_path / "old")
    with store.write() as db:
        device.write(db, "identity", {"log_key": bytes(32), "mark_key": bytes(32)})
        for seq in range(1, 2_001):
            db.execute("INSERT INTO entries VALUES (?, x'00', x'01')", (seq,))
    store.close()
    look = "import sys; from pathlib import Path; from kiosk.store import open_store\n"
    look += "db = open_store(Path(sys.argv[1])).db\n"
    look += "print(db.execute('SELECT count(*), max(log) FROM entries').fetchone())"
    lookers = [
        subprocess.Popen(
            [sys.executable, "-c", look, str(tmp_path / "old")], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    assert {looker.communicate()[0] for looker in lookers} == {b"(2000, 1)\n"}
    assert [looker.returncode for looker in lookers] == [0] * 4


def test_a_crash_while_a_store_is_upgraded_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.store.STEPS", STEPS[:1])
    open_store(tmp_path / "old").close()
    monkeypatch.setattr("kiosk.store.STEPS", (STEPS[0], (*STEPS[1][:-1], "DROP TABLE nothing")))
    with pytest.raises(sqlite.OperationalError):
        open_store(tmp_path / "old")
    monkeypatch.undo()
    store = open_store(tmp_path / "old")
    assert store.db.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
    assert device.require_identity(store).number == 1
    store.close()


def test_a_store_of_one_log_is_taken_over(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.store.STEPS", STEPS[:1])
    store = open_store(tmp_path / "old")
    before = device.Identity(bytes(range(32)), bytes(32))
    body, entry_hash = b"x" * 40, bytes(32)
    with store.write() as db:
        device.write(db, "identity", {"log_key": before.log_key, "mark_key": before.mark_key})
        device.write(db, "told", {"epoch": "e", "ranges": [(1, 1)]})
        db.execute("INSERT INTO entries VALUES (1, ?, ?)", (entry_hash, body))
        db.execute("INSERT INTO scans VALUES ('V1', 1, 'in', x'00', 1, 2)")
        db.execute("INSERT INTO receipts VALUES (1, 1, x'00', 'e', 3, 's', x'01')")
        db.execute("INSERT INTO set_aside VALUES (1, 1, 'malformed', 1, 4)")
    store.close()
    monkeypatch.undo()
    store = open_store(tmp_path / "old")
    assert device.require_identity(store) == before
    assert hash_at(store.db, before, 1) == entry_hash
    found = status(Kiosk(store, clock))
    assert (found.held, found.pending, found.open_count) == (1, 0, 0)
    assert [part.code for part in found.set_aside] == ["malformed"]
    assert store.db.execute("SELECT * FROM scans").fetchall() == [("V1", 1, 1, "in", b"\0", 1, 2)]
    with appending(store, clock) as log:
        assert log.head.seq == 2
    store.close()
