"""Rate of the ingest door against the driver's own: `python -m bench.ingest --json`.

Four kiosks push shift after shift over HTTP to a real server (its own processes, SQLite, fsync at every commit). The clock
starts when that server is at work, all its processes: each kiosk was in contact once, and what it said is derived. It stops
when everything queued has been reconciled. The raw limit, measured before and after in the same run and taken at its
faster, is the driver's `executemany` of the same rows into the same table, with the same pragmas and a commit a batch. It is
given `bytes`, as by any program; what it does with byte arrays, as ingest gives them (`server.bulk.blob`), is said beside it.
"""

import argparse
import http.client
import json
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random
from typing import BinaryIO

from bench.commands import command, environment, import_table
from bench.result import report
from bench.shifts import MadeKiosk, make_kiosk
from schemas.limits import BATCH_ENTRIES_MAX
from server import bulk
from server.books.derive.drain import is_behind
from server.config import Config
from server.database import Database, open_database
from server.intake.enrol import Wish, enrol, make_code
from server.keys import read_keys
from server.models.base import Base
from server.models.log import LogEntry
from server.services import Services, open_services
from sync import statement
from sync.batch import unpack
from sync.ids import badge_key_id

KIOSKS = 4
REACH = 0.4
PORT = 8791


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="(always)")
    parser.add_argument(
        "--shifts", type=int, default=15, help="contacts of each kiosk, a shift each"
    )
    parser.add_argument("--people", type=int, default=2_500, help="volunteers in a shift")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redvest-bench-") as folder:
        home = Path(folder) / "server"
        people = _set_up(home, args.people * args.shifts * KIOSKS)
        visits = _write_logs(home, people, args.shifts, args.people)
        rows = _rows(visits)
        raw = [_raw(Path(folder) / "raw-before", rows)]
        seconds = _push_all(home, visits)
        raw.append(_raw(Path(folder) / "raw-after", rows))
        best = _raw(
            Path(folder) / "raw-best", [(*key, bulk.blob(h), bulk.blob(b)) for *key, h, b in rows]
        )
    rate, limit = len(rows) / seconds, len(rows) / min(raw)
    report(
        "ingest",
        value=rate / limit,
        unit="of the driver's executemany",
        reach=f">= {REACH}",
        holds=rate / limit >= REACH,
        entries=len(rows),
        people=len(people),
        entries_per_second=round(rate),
        raw_rows_per_second=round(limit),
        raw_rows_per_second_as_byte_arrays=round(len(rows) / best),
    )


Visits = list[list[tuple[bytes, list[bytes]]]]
"""By kiosk: the hello of each contact, and its batches."""


def _set_up(home: Path, count: int) -> list[str]:
    """Make a server with sites and volunteers, as a county would."""
    people = [f"3205{number:08d}" for number in Random(7).sample(range(10_000_000), count)]
    home.mkdir()
    sites = [(f"S{n}", f"卡口{n}", "checkpoint", "R1") for n in range(KIOSKS)]
    command(home, "setup")
    import_table(home, "sites", ("code", "name", "kind", "region"), sites)
    import_table(
        home, "volunteers", ("number", "name", "team"), ((w, "志愿者", "T1") for w in people)
    )
    command(home, "hours")  # whoever was imported is derived before the clock starts
    return people


def _write_logs(home: Path, people: list[str], shifts: int, size: int) -> Visits:
    """Enrol the kiosks and write their logs; contacts are signed with the server's own key."""
    keys = read_keys(home / "keys")
    badge_key = badge_key_id(keys.badge_public)
    visits: Visits = []
    services = open_services(Config(home))
    for number in range(KIOSKS):
        kiosk = make_kiosk(number)
        _enrol(services, kiosk, f"S{number}")
        kiosk.boot()
        kiosk.contact(0, keys.identity)
        own = [_visit(kiosk, 1)]
        for shift in range(shifts):
            first = len(kiosk.bodies) + 1
            at = (shift * KIOSKS + number) * size
            kiosk.shift(shift + 1, people[at : at + size], badge_key)
            kiosk.contact(shift + 1, keys.identity)
            own.append(_visit(kiosk, first))
        visits.append(own)
    services.database.close()
    return visits


def _visit(kiosk: MadeKiosk, first: int) -> tuple[bytes, list[bytes]]:
    return _hello(kiosk), [wire for _, wire in kiosk.batches(first)]


def _enrol(services: Services, kiosk: MadeKiosk, site: str) -> None:
    code = make_code(services.database, services.signer, site)
    wish = Wish(kiosk.public, kiosk.log, code.id, kiosk.post, code.secret)
    enrol(services.database, services.central, wish, source="bench")


def _rows(visits: Visits) -> list[tuple[int, int, int, bytes, bytes]]:
    """Give the rows that ingest will write while the clock runs, in an order in which it may."""
    rows: list[tuple[int, int, int, bytes, bytes]] = []
    for turn in zip(*(own[1:] for own in visits), strict=True):
        for number, (_, batches) in enumerate(turn, 2):
            for wire in batches:
                batch = unpack(wire)
                pairs = zip(batch.hashes, batch.bodies, strict=True)
                rows.extend((number, seq, 0, h, b) for seq, (h, b) in enumerate(pairs, batch.first))
    return rows


def _raw(folder: Path, rows: bulk.Rows) -> float:
    """Write the rows as the driver alone can. Give the seconds."""
    database = open_database(folder)
    Base.metadata.create_all(database.facts)
    start = time.perf_counter()
    for at in range(0, len(rows), BATCH_ENTRIES_MAX):
        with database.write_facts() as connection:
            bulk.insert(connection, LogEntry, rows[at : at + BATCH_ENTRIES_MAX])
    seconds = time.perf_counter() - start
    database.close()
    return seconds


def _push_all(home: Path, visits: Visits) -> float:
    """Push from all kiosks at once to a real server, and wait until all is derived. Give the seconds."""
    run = [sys.executable, "-m", "server", "run", "--port", str(PORT)]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(run, env=environment(home), stdout=quiet, stderr=quiet)
    database = open_database(home)
    try:
        _wait_until_ready()
        _push_until_derived(database, [own[:1] for own in visits])
        start = time.perf_counter()
        _push_until_derived(database, [own[1:] for own in visits])
        return time.perf_counter() - start
    finally:
        database.close()
        server.terminate()
        server.wait(15)


def _push_until_derived(database: Database, visits: Visits) -> None:
    kiosks = [threading.Thread(target=_push_kiosk, args=(own,)) for own in visits]
    for kiosk in kiosks:
        kiosk.start()
    for kiosk in kiosks:
        kiosk.join()
    while _is_behind(database):
        time.sleep(0.02)


def _is_behind(database: Database) -> bool:
    with database.read() as connection:
        return is_behind(connection)


def _wait_until_ready() -> None:
    for _ in range(200):
        try:
            link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            link.request("GET", "/readyz")
            if link.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _hello(kiosk: MadeKiosk) -> bytes:
    """Give the hello of a kiosk whose log has come this far."""
    fields = {"log": kiosk.log, "seq": len(kiosk.bodies), "hash": kiosk.head_hash()}
    said = statement.write("hello", **fields, nonce=secrets.token_bytes(16))
    signature = statement.sign(kiosk.key, said).hex()
    body = {
        "key": kiosk.public.hex(),
        "statement": said,
        "signature": signature,
        "version": "bench",
    }
    return json.dumps(body).encode()


def _push_kiosk(visits: list[tuple[bytes, list[bytes]]]) -> None:
    """Be one kiosk: at each contact a hello, then the batches. A plain socket, so that the client costs little."""
    with (
        socket.create_connection(("127.0.0.1", PORT), timeout=60) as link,
        link.makefile("rb") as answers,
    ):
        for hello, batches in visits:
            _post(link, answers, "/sync/v1/hello", hello, "application/json")
            for wire in batches:
                _post(link, answers, "/sync/v1/push", wire, "application/vnd.redvest.batch")


def _post(link: socket.socket, answers: BinaryIO, path: str, body: bytes, kind: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    link.sendall(head.encode() + body)
    status = answers.readline()
    length = 0
    while (line := answers.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    text = answers.read(length)
    if b" 200 " not in status:
        raise RuntimeError(f"{path}: {status!r} {text[:200]!r}")


if __name__ == "__main__":
    main()
