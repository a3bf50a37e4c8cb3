"""Bytes on the wire per card scan: `python -m bench.wire --json`.

A batch of 1,000 card scans by at least 800 people of a county, times jittered to the millisecond, as `sync.batch.pack` makes
it: hashes and signature counted.
"""

import argparse
from random import Random

from bench.result import report
from bench.shifts import HOUR_MS, START_MS, make_kiosk
from schemas.entry import Scan
from sync import batch
from sync.canonical import encode
from sync.ids import genesis

SCANS, PEOPLE, COUNTY = 1_000, 850, 500_000
REACH = 16.0


def main() -> None:
    """Measure and report."""
    argparse.ArgumentParser(description=__doc__).add_argument(
        "--json", action="store_true", help="(always)"
    )
    chance = Random(2026)
    kiosk = make_kiosk(0)
    people = [f"3205{number:08d}" for number in chance.sample(range(COUNTY), PEOPLE)]
    order = people + chance.choices(people, k=SCANS - PEOPLE)
    chance.shuffle(order)
    monos = sorted(chance.randrange(5 * HOUR_MS) for _ in range(SCANS))
    inside: set[str] = set()
    bodies = []
    for who, mono in zip(order, monos, strict=True):
        direction = "out" if who in inside else "in"
        inside ^= {who}
        lead = START_MS + chance.randrange(-1, 2)
        scan = Scan(
            kiosk.public[:8],
            mono,
            lead,
            direction,
            0,
            "card",
            "good",
            "KK-01-A",
            who,
            b"\x8f\x01\x22\x7c",
            1 + (chance.random() < 0.1),
            1_830_000_000 + 86_400 * chance.randrange(30),
        )
        bodies.append(encode(scan))
    wire = batch.pack(kiosk.key, first=1, previous=genesis(kiosk.public), bodies=bodies)
    value = len(wire) / SCANS
    report(
        "wire",
        value=value,
        unit="compressed bytes per card scan",
        reach=f"<= {REACH:g}",
        holds=value <= REACH,
        scans=SCANS,
        people=len(set(order)),
        raw_bytes=round(sum(map(len, bodies)) / SCANS, 1),
    )


if __name__ == "__main__":
    main()
