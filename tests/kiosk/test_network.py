"""Sync with a network and servers that misbehave: nothing is lost, nothing false is believed, and it can be tried again."""

import gzip
import json
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kiosk import device, view
from kiosk.app import Kiosk
from kiosk.config import read_config
from kiosk.doors import Doors
from kiosk.enrol import enrol
from kiosk.errors import Stopped
from kiosk.lock import only_one
from kiosk.log import bodies, read_head
from kiosk.receipts import delivery
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import SYNC_LOCK, open_store
from kiosk.transport import Limits, Transport
from kiosk.verify import verify
from sync import parcel
from sync.enrolment import read as read_code
from tests.kiosk.conftest import PATIENT, SHORT, Run, contact
from tests.kiosk.fakes import (
    PARCEL,
    Answer,
    Dropped,
    FakeClock,
    FakeServer,
    content_of,
    ok,
    problem,
)

Honest = Callable[[], Answer]
PORTAL = Answer(200, b"<html><body>Please log in</body></html>", "text/html")


def scans(kiosk: Kiosk, count: int) -> None:
    for number in range(count):
        scan(kiosk, f"V{number}", direction=None, is_typed=True)


def code_of(kiosk: Kiosk, server: FakeServer, limits: Limits = PATIENT) -> str:
    """Sync, expect it to stop, and check what must hold after any failure."""
    head = read_head(kiosk.store.db, device.require_identity(kiosk.store))
    own = device.require_identity(kiosk.store)
    before = bodies(kiosk.store.db, own, 1, head.seq)
    with pytest.raises(Stopped) as stopped:
        contact(kiosk, server, limits)
    assert bodies(kiosk.store.db, own, 1, head.seq) == before
    assert status(kiosk).state in ("pending", "attention")
    assert not verify(kiosk, lambda _done, _total: None).faults
    return stopped.value.code if stopped.value.later else f"{stopped.value.code}!"


def on(door: str, answer: Answer | Callable[[Honest], Answer]) -> Callable[[str, Honest], Answer]:
    """Make a fault at one door."""

    def fault(path: str, honest: Honest) -> Answer:
        if not path.endswith(door):
            return honest()
        return answer if isinstance(answer, Answer) else answer(honest)

    return fault


def drop(_honest: Honest) -> Answer:
    raise Dropped


ANSWERS_THAT_ARE_NONE = {
    "captive portal": (PORTAL, "not_an_answer"),
    "redirect": (Answer(302, b"", headers={"Location": "http://127.0.0.1:1/"}), "not_an_answer"),
    "garbage": (Answer(200, b"{{{"), "not_an_answer"),
    "another shape": (ok({"hello": "world"}), "not_an_answer"),
    "a list": (ok([1]), "not_an_answer"),
    "deep": (Answer(200, b"[" * 100_000), "not_an_answer"),
    "not UTF-8": (Answer(200, b"\xff\xfe"), "not_an_answer"),
    "false encoding": (Answer(200, b"x", headers={"Content-Encoding": "gzip"}), "not_an_answer"),
    "nothing found": (Answer(404, b"no", "text/plain"), "not_an_answer"),
    "not acceptable code": (problem(400, "Ü" * 10), "not_an_answer"),
    "fault": (Answer(500, b"oops", "text/plain"), "try_later"),
    "its own fault, which is not ours": (problem(500, "internal"), "try_later"),
    "gateway": (Answer(502, b"<html>", "text/html"), "try_later"),
    "busy": (problem(503, "try_later"), "try_later"),
    "quota": (problem(429, "quota"), "quota"),
    "unknown log": (problem(403, "unknown_log"), "unknown_log!"),
    "cut": (Answer(200, b'{"time": 1}' * 99, cut=20), "unreachable"),
    "no answer": (drop, "unreachable"),
}


@pytest.mark.parametrize("door", ["hello", "push"])
@pytest.mark.parametrize("case", ANSWERS_THAT_ARE_NONE)
def test_what_is_no_answer_is_not_success(
    enrolled: Kiosk, server: FakeServer, case: str, door: str
) -> None:
    scans(enrolled, 3)
    answer, code = ANSWERS_THAT_ARE_NONE[case]
    server.fault = on(door, answer)
    assert code_of(enrolled, server) == code
    server.fault = None
    assert contact(enrolled, server).pending == 0
    assert status(enrolled).state == "fine"


def test_a_refused_connection_is_unreachable(enrolled: Kiosk, server: FakeServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert code_of(enrolled, server) == "unreachable"


def test_a_server_that_hangs_is_unreachable(enrolled: Kiosk, server: FakeServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server.url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert code_of(enrolled, server, SHORT) == "unreachable"


def test_a_server_that_drips_is_cut_off(enrolled: Kiosk, server: FakeServer) -> None:
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not over.wait(0.05):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        assert code_of(enrolled, server, SHORT) in ("unreachable", "not_an_answer")
        over.set()


def test_a_reply_over_the_bound_is_not_read_further(enrolled: Kiosk, server: FakeServer) -> None:
    server.fault = on("hello", ok({"x": "y" * 5_000}))
    assert code_of(enrolled, server, Limits(reply_bytes_max=1_000)) == "not_an_answer"


def test_another_server_is_refused(enrolled: Kiosk, server: FakeServer, clock: FakeClock) -> None:
    other = FakeServer(clock)
    server.identity = other.identity
    assert code_of(enrolled, server) == "not_our_server!"


def test_an_old_answer_is_refused(enrolled: Kiosk, server: FakeServer) -> None:
    kept: list[Answer] = []

    def replay(honest: Honest) -> Answer:
        kept.append(honest())
        return kept[0]

    server.fault = on("hello", replay)
    contact(enrolled, server)
    assert code_of(enrolled, server) == "not_our_server!"


def test_a_forged_receipt_proves_nothing(enrolled: Kiosk, server: FakeServer) -> None:
    def forge(honest: Honest) -> Answer:
        receipt = json.loads(honest().body)["receipt"]
        receipt["statement"] = receipt["statement"].replace("last 6", "last 9")
        return ok({"receipt": receipt})

    scans(enrolled, 1)
    server.fault = on("push", forge)
    assert code_of(enrolled, server) == "not_our_server!"
    assert status(enrolled).pending == 3


def test_a_view_that_was_altered_changes_nothing(enrolled: Kiosk, server: FakeServer) -> None:
    keys = view.badge_keys(enrolled.store.db)

    def alter(honest: Honest) -> Answer:
        raw = gzip.decompress(honest().body)
        _, _, text, signature, _ = msgspec.msgpack.decode(raw)
        return Answer(200, parcel.pack(text, signature, content_of(forged, [])), PARCEL)

    forged = {("revoked", "V8"): [1]}
    server.revoked = {"V9": 1}
    server.fault = on("pull", alter)
    assert code_of(enrolled, server) == "not_our_server!"
    assert view.badge_keys(enrolled.store.db) == keys
    assert view.counts(enrolled.store.db)["revoked"] == 0


def test_a_lost_answer_after_the_commit_counts_once(enrolled: Kiosk, server: FakeServer) -> None:
    def lose(honest: Honest) -> Answer:
        honest()
        raise Dropped

    scans(enrolled, 3)
    server.fault = on("push", lose)
    assert code_of(enrolled, server) == "unreachable"
    server.fault = None
    assert contact(enrolled, server).pending == 0
    (held,) = server.logs.values()
    head = read_head(enrolled.store.db, device.require_identity(enrolled.store))
    assert sorted(held.seqs.values()) == list(range(1, head.seq + 1))


def test_receipts_before_a_failure_stay(
    enrolled: Kiosk, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.outbox.BATCH_ENTRIES_MAX", 2)
    scans(enrolled, 6)
    pushes = iter(range(99))
    server.fault = on("push", lambda honest: honest() if next(pushes) < 2 else PORTAL)
    assert code_of(enrolled, server) == "not_an_answer"
    assert delivery(enrolled.store.db, 1, 11).held == 7


def test_a_batch_set_aside_does_not_stop_the_others(
    enrolled: Kiosk, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.outbox.BATCH_ENTRIES_MAX", 2)
    scans(enrolled, 6)
    server.aside = lambda batch: "bad_sequence" if batch.first == 6 else None
    done = contact(enrolled, server)
    assert [(part.last, part.code) for part in done.outcome.set_aside] == [(7, "bad_sequence")]
    found = status(enrolled)
    assert (found.state, found.pending, found.oldest_pending_ms > 0) == ("attention", 2, True)
    assert [(part.first, part.last) for part in found.set_aside] == [(6, 7)]
    server.aside = lambda _batch: None
    assert contact(enrolled, server).pending == 0
    assert status(enrolled).set_aside == []


def test_a_server_restored_from_an_old_backup_is_refilled(
    enrolled: Kiosk, server: FakeServer
) -> None:
    scans(enrolled, 3)
    contact(enrolled, server)
    server.logs.clear()
    server.epoch = "2"
    done = contact(enrolled, server)
    assert (done.refilled, done.pending) == (True, 0)
    assert not contact(enrolled, server).refilled


def test_a_restored_kiosk_is_noticed(enrolled: Kiosk, server: FakeServer) -> None:
    (held,) = server.logs.values()
    ahead = held.ranges[0]
    held.ranges = (type(ahead)(1, 50, ahead.previous, ahead.head),)
    done = contact(enrolled, server)
    assert done.outcome.diverged_at == 50
    assert "diverged" in status(enrolled).alarms


def test_retry_after_is_kept_and_spread(
    enrolled: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    server.fault = on("hello", problem(429, "quota", Retry_After="3600"))
    code_of(enrolled, server)
    assert 3_600_000 <= status(enrolled).next_try_ms - clock.wall_ms < 3_700_000
    server.fault = None
    contact(enrolled, server)
    assert status(enrolled).next_try_ms == 0


def test_a_repeated_try_to_enrol_is_the_same_log(kiosk: Kiosk, server: FakeServer) -> None:
    def lose(honest: Honest) -> Answer:
        honest()
        raise Dropped

    code = read_code(server.code())
    server.fault = on("enrol", lose)
    with Transport(server.url, PATIENT) as transport:
        doors = Doors(transport, device.require_identity(kiosk.store).key)
        with pytest.raises(Stopped):
            enrol(kiosk, doors, code, url=server.url, post="")
        server.fault = None
        enrol(kiosk, doors, code, url=server.url, post="")
    assert device.require_enrolment(kiosk.store.db).site == "S1"


@pytest.mark.parametrize(
    ("status_code", "code", "exit_status"),
    [(403, "bad_code", 5), (409, "code_used", 5), (429, "too_many_attempts", 4)],
)
def test_what_the_server_says_of_a_code_is_passed_on(
    run: Run, server: FakeServer, status_code: int, code: str, exit_status: int
) -> None:
    server.fault = on("enrol", problem(status_code, code))
    ran = run("enrol", server.code(), "--server", server.url)
    assert (ran.status, ran.data["error"]["code"]) == (exit_status, code)


def test_exit_statuses_of_sync(run: Run, server: FakeServer) -> None:
    run("enrol", server.code(), "--server", server.url)
    server.fault = on("hello", PORTAL)
    ran = run("sync")
    assert (ran.status, ran.data["error"]["code"]) == (4, "not_an_answer")
    server.fault = None
    server.aside = lambda _batch: "malformed"
    ran = run("sync")
    assert (ran.status, ran.data["set_aside"][0]["code"]) == (3, "malformed")
    server.identity = FakeServer(server.clock).identity
    assert run("sync").status == 5


def test_one_sync_at_a_time_while_scans_go_on(run: Run, server: FakeServer) -> None:
    run("enrol", server.code(), "--server", server.url)
    with only_one(read_config().home / SYNC_LOCK):
        ran = run("sync")
        assert (ran.status, ran.data["error"]["code"]) == (4, "sync_running")
        assert run("scan", "anything").status == 0


def test_a_copied_kiosk_loses_nothing(
    enrolled: Kiosk, server: FakeServer, clock: FakeClock, tmp_path: Path
) -> None:
    scans(enrolled, 3)
    shutil.copytree(enrolled.home, tmp_path / "copy")
    copy = Kiosk(open_store(tmp_path / "copy"), clock)
    scan(copy, "V7", direction=None, is_typed=True)
    scan(enrolled, "V8", direction=None, is_typed=True)
    contact(enrolled, server)
    done = contact(copy, server)
    assert done.outcome.diverged_at is not None
    assert (done.pending, done.refilled) == (0, False)
    kept = {entry_hash for held in server.logs.values() for entry_hash in held.entries}
    for each in (enrolled, copy):
        on_disk = {row[0] for row in each.store.db.execute("SELECT hash FROM entries")}
        assert on_disk <= kept
    copy.store.close()


def test_a_kiosk_that_is_offline_is_at_work_not_in_trouble(
    enrolled: Kiosk, server: FakeServer, clock: FakeClock
) -> None:
    scans(enrolled, 1)
    server.fault = on("hello", drop)
    code_of(enrolled, server)
    assert status(enrolled).state == "pending"
    clock.advance(25 * 3_600_000)
    assert status(enrolled).alarms == ["pending_long"]


def test_a_wrong_clock_is_shown(enrolled: Kiosk, clock: FakeClock) -> None:
    clock.wall_ms += 120_001
    found = status(enrolled)
    assert (found.clock_doubt, found.skew_ms) == (True, 120_001)
    clock.reboot()
    assert (status(enrolled).clock_doubt, status(enrolled).skew_ms) == (False, None)


def test_only_what_changed_in_a_view_is_written(enrolled: Kiosk, server: FakeServer) -> None:
    for roster in (["V1", "V2"], ["V2", "V3"], []):
        server.roster, server.revoked = roster, dict.fromkeys(roster, 1)
        contact(enrolled, server)
        rows = enrolled.store.db.execute("SELECT number FROM roster ORDER BY number")
        assert [row[0] for row in rows] == roster
        assert view.counts(enrolled.store.db)["revoked"] == len(roster)
    server.revoked = {"V1": 1}
    contact(enrolled, server)
    server.revoked = {"V1": 4}
    contact(enrolled, server)
    assert view.revoked_serial(enrolled.store.db, "V1") == 4
