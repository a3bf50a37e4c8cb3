"""A made-up week of a few kiosks with everything that goes wrong in the field, and ways to bring it to a server."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import msgspec
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from schemas.limits import BATCH_ENTRIES_MAX
from server.badges.issue import issue_badges
from server.badges.revoke import revoke_badge
from server.books.derive.drain import drain
from server.books.derive.queue import queue_people
from server.books.hours import By, Span, read_hours
from server.services import Services
from sync.frames import enclose
from sync.slip import write_slip
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    START_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    post,
    push,
)
from tests.server.bundles import bundle_frames, post_bundle

PLACES = {"k1": "S1", "k2": "S1", "k3": "S2", "k4": "S3"}
EXPIRED_S = START_MS // 1000 - 86_400


@dataclass(frozen=True, slots=True)
class Run:
    """Entries of one branch that are brought together: an author as of some moment, and seqs."""

    author: Author
    first: int
    last: int

    def wire(self) -> bytes:
        """Give the batch."""
        return self.author.batch(self.first, self.last)


@dataclass(frozen=True, slots=True)
class World:
    """The branches of all logs, each with the seqs that never arrive."""

    branches: list[tuple[Author, frozenset[int]]]

    def pieces(self, chance: Random) -> list[Run]:
        """Cut every branch into batches at other places each time; some overlap."""
        out = []
        for author, lost in self.branches:
            for first, last in _stretches(author.head, lost):
                at = first
                while at <= last:
                    stop = min(last, at + chance.choice((1, 2, 3, 7, 20, BATCH_ENTRIES_MAX)) - 1)
                    start = max(first, at - chance.choice((0, 0, 0, 1, 5)))
                    out.append(Run(author, start, stop))
                    at = stop + 1
        return out


def _stretches(head: int, lost: frozenset[int]) -> list[tuple[int, int]]:
    ends = [0, *sorted(lost), head + 1]
    return [(a + 1, b - 1) for a, b in pairwise(ends) if b - a > 1]


def prepare(services: Services, clock: ServerClock) -> None:
    """Enrol the kiosks and revoke the badge of V8, at their times."""
    for name, site in PLACES.items():
        enrol_at(services, make_author(name), site)
    with services.database.write_facts() as connection:
        keys = services.signer.keys.badges
        issue_badges(connection, keys, ["V8"], now_ms=clock.now_ms)
    revoked_ms = START_MS + DAY_MS + 10 * HOUR_MS
    revoke_badge(
        services.database,
        "V8",
        "lost",
        now_ms=revoked_ms,
        append=services.central.record_revocation,
        queue_people=queue_people,
    )


def make_world(services: Services) -> World:
    """Write the logs of the week; always the same for the same server."""
    identity, chance = services.signer.keys.identity, Random(20261102)
    k1, k2, k3, k4, k5 = (make_author(name) for name in ("k1", "k2", "k3", "k4", "k5"))
    _monday(k1, k2, k3, identity)
    _tuesday(k1, k3, identity)
    _chance_stays([k1, k2, k3], chance, identity)
    other = _forked(k4, identity)
    k5.boot(START_MS + 8 * HOUR_MS)
    k5.scan(START_MS + 9 * HOUR_MS, "V12")
    k5.scan(START_MS + 10 * HOUR_MS, "V12", "out")
    k5.contact(START_MS + 11 * HOUR_MS, identity)
    return World(
        [
            (k1, frozenset()),
            (k2, frozenset()),
            (k3, frozenset({k3.head - 5})),
            (k4, frozenset({3, 15})),
            (other, frozenset({3, 15})),
            (k5, frozenset()),
        ]
    )


def _monday(k1: Author, k2: Author, k3: Author, identity: Any) -> None:
    day = START_MS
    k1.boot(day + 7 * HOUR_MS, skew_ms=90_000)
    k1.contact(day + 7 * HOUR_MS + 5 * MINUTE_MS, identity)
    k2.boot(day + 7 * HOUR_MS, skew_ms=-3 * HOUR_MS)  # a dead battery
    k3.boot(day + 7 * HOUR_MS)
    for number in range(1, 6):
        k1.scan(day + 8 * HOUR_MS + number * MINUTE_MS, f"V{number}")
    k1.scan(day + 8 * HOUR_MS + 2 * MINUTE_MS, "V1")  # B1
    k1.scan(day + 8 * HOUR_MS + 9 * MINUTE_MS, "V2", "out", chosen=0)
    k1.scan(day + 9 * HOUR_MS, "V7")  # B17: out elsewhere
    k1.add(msgspec.msgpack.encode(["weigh", b"12345678", 1, 2, "kg"]))
    for number in range(3):  # D2
        k1.scan(
            day + 10 * HOUR_MS + number * MINUTE_MS,
            "",
            key=b"",
            serial=0,
            state="bad_signature",
            code=b"x%d" % number,
        )
    k1.scan(day + 10 * HOUR_MS + 5 * MINUTE_MS, "", how="unknown", state="not_a_badge", code=b"y")
    k3.scan(day + 11 * HOUR_MS, "V7", "out")
    k3.scan(day + 11 * HOUR_MS + 10 * MINUTE_MS, "V7", "out")  # B3
    k3.contact(day + 12 * HOUR_MS, identity)
    for number in (1, 3, 4, 5):
        k1.scan(day + 12 * HOUR_MS + number * MINUTE_MS, f"V{number}", "out")
    k2.contact(day + 12 * HOUR_MS, identity)
    k1.boot(day + 13 * HOUR_MS, skew_ms=-10 * MINUTE_MS)  # a boot that nothing anchors
    k1.scan(day + 13 * HOUR_MS + MINUTE_MS, "V3")
    k1.scan(day + 17 * HOUR_MS, "V3", "out")
    k1.boot(day + 18 * HOUR_MS)
    k1.scan(day + 18 * HOUR_MS + MINUTE_MS, "V9", expires_s=EXPIRED_S)
    k1.contact(day + 18 * HOUR_MS + 5 * MINUTE_MS, identity)
    k1.scan(day + 19 * HOUR_MS, "V9", "out", expires_s=EXPIRED_S)
    k2.scan(day + 22 * HOUR_MS, "V6")  # past midnight
    k2.scan(day + 23 * HOUR_MS, "V10", how="typed", state="typed", key=b"", serial=0, expires_s=0)


def _tuesday(k1: Author, k3: Author, identity: Any) -> None:
    day = START_MS + DAY_MS
    k1.scan(day + 3 * HOUR_MS, "V6", "out")
    k1.scan(day + 9 * HOUR_MS, "V8")
    k1.scan(day + 12 * HOUR_MS, "V8", "out")  # D3
    k1.scan(day + 12 * HOUR_MS + MINUTE_MS, "V13")  # never out
    k3.boot(day + 8 * HOUR_MS, skew_ms=2 * MINUTE_MS + 500)
    k3.scan(day + 9 * HOUR_MS, "V11")
    k3.scan(day + 9 * HOUR_MS + 3 * MINUTE_MS, "V11", "out")  # B6
    k3.contact(day + 9 * HOUR_MS + 30 * MINUTE_MS, identity)
    k1.contact(day + 13 * HOUR_MS, identity)


def _chance_stays(kiosks: list[Author], chance: Random, identity: Any) -> None:
    """Two more days of whoever comes and goes, with reboots of which only some are anchored."""
    for day in (2, 3):
        for kiosk in kiosks:
            kiosk.boot(START_MS + day * DAY_MS + 6 * HOUR_MS, skew_ms=chance.choice((0, 700_000)))
        at_ms = START_MS + day * DAY_MS + 7 * HOUR_MS
        while at_ms < START_MS + day * DAY_MS + 21 * HOUR_MS:
            at_ms += chance.randrange(20_000, 45 * MINUTE_MS)
            kiosk, who = chance.choice(kiosks), f"V{chance.randrange(1, 15)}"
            kiosk.scan(at_ms, who, chance.choice(("in", "out")), chosen=int(chance.random() < 0.7))
            if chance.random() < 0.06:
                kiosk.contact(at_ms + 5_000, identity)
            if chance.random() < 0.05:
                kiosk.boot(at_ms + 9_000, skew_ms=chance.choice((0, -200_000)))
    for kiosk in kiosks:
        kiosk.contact(START_MS + 5 * DAY_MS, identity)


def _forked(k4: Author, identity: Any) -> Author:
    """Clone a kiosk in the middle; both go on, with the same person at the same moment on both."""
    k4.boot(START_MS + 7 * HOUR_MS)
    for number in range(4):
        k4.scan(START_MS + 8 * HOUR_MS + number * MINUTE_MS, f"V{number + 1}")
    k4.contact(START_MS + 9 * HOUR_MS, identity)
    other = k4.copy()
    for branch, ahead in ((k4, 0), (other, 40 * MINUTE_MS)):
        branch.scan(START_MS + 10 * HOUR_MS, "V1", "out", post="P1" if ahead else "")
        branch.scan(START_MS + 10 * HOUR_MS + 1_000 + ahead, "V2", "out")
        branch.boot(START_MS + 11 * HOUR_MS + ahead, skew_ms=ahead)
        for number in range(6):
            branch.scan(
                START_MS + 12 * HOUR_MS + number * MINUTE_MS + ahead,
                f"V{number + 5}",
                "in" if number % 2 else "out",
            )
        if ahead:
            branch.contact(START_MS + 20 * HOUR_MS + ahead, identity)
        branch.scan(START_MS + 21 * HOUR_MS + ahead, "V14")
        branch.scan(START_MS + 22 * HOUR_MS + ahead, "V14", "out")
        branch.scan(START_MS + 22 * HOUR_MS + ahead, "", state="unknown_key", code=b"z")
    k4.contact(START_MS + 2 * DAY_MS, identity)
    return other


def bring(client: FlaskClient, run: Run) -> None:
    """Push a run through the door."""
    answer = push(client, run.wire())
    assert answer.status_code == 200, answer.get_data()


def carry(client: FlaskClient, services: Services, runs: Sequence[Run]) -> None:
    """Bring runs in one bundle file, as a courier does."""
    frames = [frame for run in runs for frame in bundle_frames(services, run.author, [run.wire()])]
    answer = post_bundle(client, b"".join(enclose(frames)))
    assert answer.status_code == 200, answer.get_data()


def show(client: FlaskClient, run: Run) -> None:
    """Bring a single entry as a slip, as a volunteer's phone does."""
    author, seq = run.author, run.first
    slip = write_slip(
        author.key, seq=seq, previous=author.hashes[seq - 1], body=author.bodies[seq - 1]
    )
    answer = post(client, "slip", {"slip": slip})
    assert answer.status_code == 200, answer.get_data()


def derive(services: Services) -> None:
    """Derive all that was accepted."""
    drain(services.database, services.signer.keys.identity_public)


def hours_json(services: Services) -> str:
    """Give what staff see, by every key, as the JSON that they get."""
    with services.database.read() as connection:
        rows = {by.value: read_hours(connection, by, Span()) for by in By}
    return json.dumps(rows, ensure_ascii=False, indent=1)


def meaning(services: Services) -> str:
    """Give every record, posting and finding as text, without the numbers that a database gives its logs."""
    with services.database.read() as connection:
        return "\n".join(line for query in _MEANING for line in _lines(connection, *query))


def _lines(connection: Connection, query: str, keys: int) -> list[str]:
    rows = sorted(map(tuple, connection.execute(text(query))), key=lambda row: row[:keys])
    return [repr(tuple(v.hex() if isinstance(v, bytes) else v for v in row)) for row in rows]


_MEANING = (
    (
        "SELECT who, in_ms, id, site, post, team, region, day, last_day, out_ms, within_ms, credited,"
        " held, refused, cause FROM derived.record",
        3,
    ),
    (
        "SELECT who, day, record, verdict, cause, site, team, region, minutes FROM derived.posting",
        5,
    ),
    ("SELECT * FROM derived.finding", 4),
)
"""What is asked, and how many columns are the key; put in order here, because databases differ in that."""
