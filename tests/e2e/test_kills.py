"""Killed at any moment: what the screen said is on disk, and what a receipt says is at the centre, once (I1, I2)."""

import http.client
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite

from server.keys import read_keys
from sync import badge
from sync.enrolment import read
from tests.e2e.conftest import Enrolled
from tests.e2e.processes import ROOT, Centre, Kiosk, environment, wait_until
from tests.server.builders import HOUR_MS, MINUTE_MS, START_MS, Author, make_author

HOMES, KILLS_EACH = 4, 50

KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from kiosk.app import open_kiosk
from kiosk.scan import scan
home, kills, card = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
chance = random.Random(home.name)
for cycle in range(kills):
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        os.close(source)
        kiosk = open_kiosk(home)
        number = 0
        while True:
            number += 1
            done = scan(kiosk, card if number % 3 else f"junk {number}", direction=None)
            os.write(sink, f"{done.head.seq} {done.head.hash.hex()}\\n".encode())
    os.close(sink)
    with os.fdopen(source) as told:
        sys.stdout.write(told.readline())
        time.sleep(chance.uniform(0.005, 0.060))
        os.kill(child, signal.SIGKILL)
        sys.stdout.write(told.read())
    os.waitpid(child, 0)
"""
"""Starts a process that scans and tells each answer once it has it, and kills it; the imports are paid once."""


def start_killer(kiosk: Kiosk, card: str) -> subprocess.Popen[str]:
    """Let a kiosk scan, and be killed, so many times."""
    return subprocess.Popen(
        [sys.executable, "-c", KILLER, str(kiosk.home), str(KILLS_EACH), card],
        cwd=ROOT,
        env=environment(PYTHONDONTWRITEBYTECODE=1),
        stdout=subprocess.PIPE,
        text=True,
    )


def answers(killer: subprocess.Popen[str]) -> set[str]:
    """Give every answer that a scanner got out whole."""
    out, _ = killer.communicate(timeout=120)
    assert killer.returncode == 0
    lines = out.split("\n")
    return {line for line in lines if len(line.rpartition(" ")[2]) == 64}


def held(centre: Centre, log: str) -> list[tuple[int, str]]:
    """Give what the centre holds of a log."""
    db = sqlite.connect(f"file:{centre.home / 'redvest.db'}?mode=ro", uri=True)
    query = "SELECT seq, hash FROM log_entry WHERE log = (SELECT id FROM log WHERE name = ?)"
    rows = db.execute(query, (log,)).fetchall()
    db.close()
    return [(seq, entry_hash.hex()) for seq, entry_hash in rows]


def test_what_a_scanner_answered_survives_two_hundred_kills_and_reaches_the_centre(
    centre: Centre, enrolled: Enrolled
) -> None:
    centre.start("--no-scheduler")
    kiosks = [enrolled(f"k{number}", f"S{1 + number % 3}") for number in range(HOMES)]
    key = read_keys(centre.home / "keys").badge
    card = badge.issue(key, number="V1", serial=1, issued_s=0, expires_s=2**31)
    told = [answers(killer) for killer in [start_killer(kiosk, card) for kiosk in kiosks]]
    for kiosk, answered in zip(kiosks, told, strict=True):
        assert len(answered) > 2 * KILLS_EACH
        verified = kiosk.done("verify")
        assert verified["clean"] is True
        log = kiosk.done("status")["log"]
        kiosk.done("sync")
        at_centre = held(centre, log)
        assert len(at_centre) == len(set(at_centre))
        assert answered <= {f"{seq} {entry_hash}" for seq, entry_hash in at_centre}
    found = centre.command("verify")
    assert (found.status, found.data["troubles"]) == (0, [])


def backlog(seed: str, centre: Centre, scans: int) -> Author:
    """Write a log of many scans."""
    author = make_author(seed)
    author.boot(START_MS)
    author.contact(START_MS + 1_000, read_keys(centre.home / "keys").identity)
    for number in range(scans):
        direction = "in" if number % 2 == 0 else "out"
        who = f"{seed[-1]}-{number // 2 % 7}"
        author.scan(START_MS + HOUR_MS + number * 6 * MINUTE_MS, who, direction)
    return author


class Courier(threading.Thread):
    """Pushes a log in small batches until the server is gone; remembers which it got a receipt for."""

    def __init__(self, centre: Centre, author: Author, size: int) -> None:
        super().__init__(daemon=True)
        self.port, self.author, self.size = centre.port, author, size
        self.proved = 0

    def run(self) -> None:
        """Push until the end, or the server's."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            for first in range(1, self.author.head + 1, self.size):
                last = min(first + self.size - 1, self.author.head)
                wire = self.author.batch(first, last)
                link.request("POST", "/sync/v1/push", wire, {"Content-Type": _BATCH})
                answer = link.getresponse()
                if answer.status != 200 or "receipt" not in json.loads(answer.read()):
                    return
                self.proved = last
        except (OSError, http.client.HTTPException, ValueError):
            return
        finally:
            link.close()


_BATCH = "application/vnd.redvest.batch"


def test_a_server_killed_amid_pushes_holds_what_it_signed_for_and_in_the_end_everything_once(
    centre: Centre, enrolled: Enrolled
) -> None:
    centre.start()
    kiosk = enrolled("real", "S1")
    for number in range(3):
        kiosk.done("scan", f"code {number}")
    authors = [backlog(f"log {number}", centre, 600) for number in range(3)]
    for round_ in range(3):
        couriers = [Courier(centre, author, 7) for author in authors]
        for courier in couriers:
            courier.start()
        wait_until(lambda couriers=couriers: all(c.proved > 30 for c in couriers), 30)  # type: ignore[misc]
        if round_ == 1:
            syncing = threading.Thread(target=kiosk.command, args=("sync",))
            syncing.start()
        centre.kill()
        for courier in couriers:
            courier.join(30)
            here = {seq for seq, _ in held(centre, courier.author.log)}
            assert set(range(1, courier.proved + 1)) <= here
        if round_ == 1:
            syncing.join(60)
        centre.start()
    for author in authors:
        for _ in range(2):
            courier = Courier(centre, author, 1_000)
            courier.run()
            assert courier.proved == author.head
        expected = [(seq, h.hex()) for seq, h in enumerate(author.hashes[1:], 1)]
        assert sorted(held(centre, author.log)) == expected
    for _ in range(2):
        assert kiosk.done("sync")["pending"] == 0
    assert centre.command("verify").status == 0
    derived = centre.command("hours").data
    assert sum(row["records"] for row in derived) == 3 * 300
    rebuilt = centre.command("rebuild").data
    assert rebuilt["changed"] is False


def test_a_deriver_killed_anywhere_picks_up_where_it_was(centre: Centre) -> None:
    centre.start("--no-scheduler")
    code = read(centre.command("enrolment-code", "S1").data["code"])
    author = backlog("derived", centre, 900)
    wish = author.wish(code, read_keys(centre.home / "keys").seal_public)
    link = http.client.HTTPConnection("127.0.0.1", centre.port, timeout=30)
    link.request("POST", "/sync/v1/enrol", json.dumps(wish), {"Content-Type": "application/json"})
    assert link.getresponse().status == 200
    link.close()
    Courier(centre, author, 1_000).run()
    for patience_s in (0.6, 0.8, 1.0, 1.1, 1.2):
        deriver = subprocess.Popen(
            [sys.executable, "-m", "server", "hours", "--json"],
            cwd=ROOT,
            env=environment(REDVEST_HOME=centre.home),
            stdout=subprocess.DEVNULL,
        )
        time.sleep(patience_s)
        deriver.kill()
        deriver.wait(10)
    rows = centre.command("hours").data
    assert sum(row["records"] for row in rows) == 450
    assert centre.command("rebuild").data["changed"] is False


def test_a_kiosk_that_is_killed_while_it_syncs_delivers_everything_once(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start("--no-scheduler")
    kiosk = enrolled("killed", "S1")
    many = """
import sys
from pathlib import Path
from kiosk.app import open_kiosk
from kiosk.scan import scan
kiosk = open_kiosk(Path(sys.argv[1]))
for number in range(1_500):
    scan(kiosk, f"V{number}", direction=None, is_typed=True)
"""
    subprocess.run([sys.executable, "-c", many, str(kiosk.home)], cwd=ROOT, check=True)
    for patience_s in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4):
        syncing = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "sync"],
            cwd=ROOT,
            env=environment(REDVEST_KIOSK_HOME=kiosk.home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(patience_s)
        syncing.kill()
        syncing.wait(10)
    kiosk.done("sync")
    status = kiosk.done("status")
    assert status["pending"] == 0
    assert kiosk.done("verify")["clean"] is True
    at_centre = held(centre, status["log"])
    assert sorted(seq for seq, _ in at_centre) == list(range(1, status["head"] + 1))


@pytest.mark.parametrize("seed", [1])
def test_two_syncs_at_once_are_as_one(centre: Centre, enrolled: Enrolled, seed: int) -> None:
    centre.start("--no-scheduler")
    kiosk = enrolled("twice", "S1")
    kiosk.done("scan", "x")
    ended: list[int] = []
    threads = [
        threading.Thread(target=lambda: ended.append(kiosk.command("sync").status))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 0 in ended
    assert set(ended) <= {0, 4}
    status = kiosk.done("status")
    at_centre = held(centre, status["log"])
    assert sorted(seq for seq, _ in at_centre) == list(range(1, status["head"] + 1))
