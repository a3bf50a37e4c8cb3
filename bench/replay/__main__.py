"""`python -m bench.replay FILE.jsonl[.gz]`: what would have come of these arrivals and departures? (docs/replay.md)

Each line is `{"person", "site", "kiosk", "kind": "in"|"out", "time"}`, perhaps with `"guess": true`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.replay import home as homes
from bench.replay.deliver import NotTaken, Senders, Target, in_chaos, in_order
from bench.replay.logs import Centre, LogWriter
from bench.replay.moves import read_moves
from bench.replay.server import running
from bench.replay.spool import Spool
from schemas.limits import BATCH_ENTRIES_MAX
from server.keys import read_keys

DAY_MS = 86_400_000
NAMED_MAX = 20
"""Unreadable lines that are named one by one; all are counted."""
COPIED = 0.3
"""Part of the kiosks that are pushed again from an earlier copy, under `--chaos`."""


def main() -> int:
    """Replay, and say what came of it. 0: all lines; 3: some could not be read; 1: failed; 2: wrong usage."""
    args = _arguments()
    try:
        with tempfile.TemporaryDirectory(prefix="redvest-replay-") as folder:
            return _replay(args, Path(folder))
    except (OSError, EOFError, zlib.error) as error:
        return _fail(f"{args.file}: {error}")
    except (homes.NotOurs, NotTaken) as error:
        return _fail(str(error))
    except subprocess.CalledProcessError as error:
        return _fail(f"{' '.join(map(str, error.cmd[1:]))} ended with {error.returncode}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.jsonl[.gz]")
    parser.add_argument(
        "--home", type=Path, help="where the server lives (default: a fresh one that goes)"
    )
    parser.add_argument("--kiosks-by", choices=("kiosk", "site"), default="kiosk")
    parser.add_argument("--chaos", type=int, metavar="SEED", help="deliver in the worst order")
    parser.add_argument(
        "--skew-minutes", type=int, default=0, metavar="N", help="wall clocks off by up to N"
    )
    parser.add_argument("--hours-out", type=Path, metavar="FILE", help="write the hours there")
    parser.add_argument("--json", action="store_true", help="(always)")
    args = parser.parse_args()
    if not 0 <= args.skew_minutes <= 10_000_000:
        parser.error("--skew-minutes: 0 to 10,000,000")
    return args


def _replay(args: argparse.Namespace, folder: Path) -> int:
    started = time.monotonic()
    home = args.home or folder / "home"
    spool = Spool(folder / "spool.db")
    unreadable = _read(spool, args.file)
    homes.prepare(home)
    last_ms = spool.last_ms() + DAY_MS
    logs = _logs(args, spool, homes.centre_of(home, last_ms))
    homes.import_names(home, spool.people(), sorted({log.kiosk.site for log in logs}))
    homes.enrol_all(home, logs, last_ms)
    written = time.monotonic()
    entries = _write(args, spool, logs)
    sent_from = time.monotonic()
    sent = _send(args, spool, home, logs, last_ms)
    deriving_from = time.monotonic()
    hours = homes.write_hours(home, args.hours_out)
    ended = time.monotonic()
    spool.close()
    _say(
        moves=spool.moves,
        unreadable=unreadable,
        people=len(hours),
        kiosks=len(logs),
        entries=entries,
        bytes_sent=sent,
        minutes_credited=_sum(hours, "minutes_credited"),
        minutes_held=_sum(hours, "minutes_held"),
        minutes_refused=_sum(hours, "minutes_refused"),
        seconds_reading=round(written - started, 2),
        seconds_writing=round(sent_from - written, 2),
        seconds_sending=round(deriving_from - sent_from, 2),
        seconds_deriving=round(ended - deriving_from, 2),
        entries_per_second=round(entries / (ended - sent_from)),
    )
    return 3 if unreadable else 0


def _read(spool: Spool, file: Path) -> int:
    count = 0
    for count, bad in enumerate(spool.fill(read_moves(file)), 1):
        if count <= NAMED_MAX:
            print(f"第 {bad.line} 行无法读取 / line {bad.line}: {bad.reason}", file=sys.stderr)
    if count > NAMED_MAX:
        print(f"……共 {count} 行 / {count} lines in all", file=sys.stderr)
    return count


def _logs(args: argparse.Namespace, spool: Spool, centre: Centre) -> list[LogWriter]:
    kiosks = spool.kiosks(by_site=args.kiosks_by == "site")
    skew_ms = args.skew_minutes * 60_000
    return [LogWriter(kiosk, centre, skew_ms) for kiosk in kiosks]


def _write(args: argparse.Namespace, spool: Spool, logs: list[LogWriter]) -> int:
    """Write every log into the spool, under chaos cut at random; and again, of some, as an earlier copy had it."""
    chance = None if args.chaos is None else Random(args.chaos)
    for number, log in enumerate(logs):
        for first, last, wire in log.write(spool.moves_of(log.kiosk), _sizes(chance)):
            spool.keep_batch(number, first, last, wire)
        if chance is not None and chance.random() < COPIED:
            _write_copy(spool, number, log, chance)
    return sum(log.seq for log in logs)


def _write_copy(spool: Spool, number: int, log: LogWriter, chance: Random) -> None:
    until = chance.randint(0, log.seq)
    for first, last, wire in log.again().write(spool.moves_of(log.kiosk), _sizes(chance)):
        if last > until:
            return
        spool.keep_batch(number, first, last, wire, again=1)


def _sizes(chance: Random | None) -> Iterator[int]:
    if chance is None:
        return repeat(BATCH_ENTRIES_MAX)
    return iter(lambda: chance.choice((1, 7, 100, BATCH_ENTRIES_MAX)), 0)


def _send(
    args: argparse.Namespace, spool: Spool, home: Path, logs: list[LogWriter], now_ms: int
) -> int:
    keys = read_keys(home / "keys")
    reply = X25519PrivateKey.generate().public_key().public_bytes_raw()
    runs = in_order(spool) if args.chaos is None else in_chaos(spool, args.chaos)
    with running(home, now_ms) as port:
        target = Target(port, keys.fingerprint, keys.seal_public, reply)
        return Senders(target, spool, logs).send(runs)


def _sum(hours: list[dict[str, object]], name: str) -> int:
    return sum(int(str(row[name])) for row in hours)


def _say(**facts: int | float) -> None:
    print(json.dumps({"name": "replay", **facts}))


def _fail(words: str) -> int:
    print(f"失败 / failed: {words}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
