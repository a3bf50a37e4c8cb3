"""Deliver the batches of a replay over HTTP, from several senders at once: in order, or in the worst order that can happen."""

import http.client
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from random import Random
from threading import Lock, local
from typing import NamedTuple

from bench.replay.logs import LogWriter
from bench.replay.spool import Spool
from sync.bundle import Header, Run, write_bundle
from sync.frames import enclose

SENDERS = 4
TRIES_MAX = 60
BUNDLE_OF = 5
"""Batches in a bundle, at most."""
_BATCH, _BUNDLE = "application/vnd.redvest.batch", "application/vnd.redvest.bundle"


class Delivery(NamedTuple):
    """Batches that travel together, by id. as_bundle: in a file, sealed; else each as a push."""

    kiosk: int
    batches: tuple[int, ...]
    as_bundle: bool


class NotTaken(Exception):
    """The server refused what it should have taken, or went away."""


@dataclass(frozen=True, slots=True)
class Target:
    """The server. fingerprint and seal_key: what bundles are for, and sealed to. reply_key: what answers are sealed to."""

    port: int
    fingerprint: bytes
    seal_key: bytes
    reply_key: bytes


def in_order(spool: Spool) -> list[list[Delivery]]:
    """Give each kiosk's batches as they were written, a list a kiosk."""
    by_copy = groupby(spool.batches(), key=itemgetter(1, 2))
    return [[Delivery(kiosk, (row[0],), False) for row in rows] for (kiosk, _), rows in by_copy]


def in_chaos(spool: Spool, seed: int) -> list[list[Delivery]]:
    """Give all batches late, shuffled and repeated, half of them in bundles; earlier copies anywhere between."""
    chance = Random(seed)
    planned = [part for run in in_order(spool) for part in _parts(run, chance)]
    planned += chance.sample(planned, k=len(planned) // 5)
    chance.shuffle(planned)
    return [[delivery] for delivery in planned]


def _parts(run: list[Delivery], chance: Random) -> Iterator[Delivery]:
    """Cut a kiosk's deliveries into some that go alone and some that share a bundle."""
    batches = [delivery.batches[0] for delivery in run]
    while batches:
        if chance.random() < 0.5:
            yield Delivery(run[0].kiosk, (batches.pop(0),), False)
            continue
        size = chance.randint(1, BUNDLE_OF)
        yield Delivery(run[0].kiosk, tuple(batches[:size]), True)
        del batches[:size]


class Senders:
    """Several connections to one server."""

    def __init__(self, target: Target, spool: Spool, logs: Sequence[LogWriter]) -> None:
        """Open nothing yet."""
        self._target, self._spool, self._logs = target, spool, logs
        self._reading, self._own = Lock(), local()

    def send(self, runs: Sequence[Sequence[Delivery]]) -> int:
        """Deliver each run in its order, the runs side by side. Give the bytes sent. Raise `NotTaken`."""
        with ThreadPoolExecutor(SENDERS) as pool:
            return sum(pool.map(self._run, runs))

    def _run(self, run: Sequence[Delivery]) -> int:
        return sum(self._deliver(delivery) for delivery in run)

    def _deliver(self, delivery: Delivery) -> int:
        with self._reading:
            found = [self._spool.batch(batch) for batch in delivery.batches]
        if not delivery.as_bundle:
            return sum(self._post("/sync/v1/push", _BATCH, wire) for _, _, wire in found)
        return self._post("/sync/v1/bundle", _BUNDLE, self._bundle(delivery.kiosk, found))

    def _bundle(self, kiosk: int, found: Sequence[tuple[int, int, bytes]]) -> bytes:
        writer = self._logs[kiosk]
        runs = sorted(Run(writer.log, first, last) for first, last, _ in found)
        header = Header(
            key=writer.public,
            server=self._target.fingerprint,
            id=os.urandom(16),
            reply=self._target.reply_key,
            view="",
            runs=tuple(runs),
        )
        wires = (wire for _, _, wire in found)
        frames = write_bundle(writer.key, header, self._target.seal_key, wires)
        return b"".join(enclose(frames))

    def _post(self, path: str, kind: str, body: bytes) -> int:
        """Send, and again while the server asks for patience."""
        for _ in range(TRIES_MAX):
            status, text = self._try(path, kind, body)
            if status == 200:
                return len(body)
            if status not in (0, 429, 503):
                break
            time.sleep(0.5)
        raise NotTaken(f"{path}: {status} {text[:300]!r}")

    def _try(self, path: str, kind: str, body: bytes) -> tuple[int, bytes]:
        link = getattr(self._own, "link", None)
        if link is None:
            link = self._own.link = http.client.HTTPConnection(
                "127.0.0.1", self._target.port, timeout=60
            )
        try:
            link.request("POST", path, body, {"Content-Type": kind})
            answer = link.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            link.close()
            return 0, str(error).encode()
