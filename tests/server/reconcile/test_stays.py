"""Real arrivals and departures of two months: every person's minutes equal the truth that came with them."""

import gzip
import json
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from server.reconcile.facts import ScanFact
from tests.server.reconcile.builders import entry_hash, meaning, scan

STAYS = Path(__file__).parents[4] / "shared/data/stays"


def by_person(path: Path) -> dict[str, list[ScanFact]]:
    """Read the stays as chosen scans of each person, numbered by kiosk."""
    seqs: Counter[str] = Counter()
    people: dict[str, list[ScanFact]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            stay = json.loads(line)
            kiosk = stay["kiosk"]
            seqs[kiosk] += 1
            at_ms = int(datetime.fromisoformat(stay["time"]).timestamp()) * 1000
            fact = scan(
                at_ms, stay["kind"], stay["site"], log=kiosk, seq=seqs[kiosk],
                hash=entry_hash((kiosk, seqs[kiosk])), who=stay["person"],
            )  # fmt: skip
            people[stay["person"]].append(fact)
    return people


@pytest.mark.skipif(not STAYS.is_dir(), reason="outside material is not here: ../shared/data/stays")
def test_minutes_of_real_stays_equal_the_truth() -> None:
    truth = json.loads((STAYS / "turnarounds-2011-02-03.truth.json").read_text())
    people = by_person(STAYS / "turnarounds-2011-02-03.jsonl.gz")
    found = {person: meaning(*scans) for person, scans in people.items()}
    minutes = {who: sum(r.presented for r in result.records) for who, result in found.items()}
    assert minutes == truth
    assert {f.rule for result in found.values() for f in result.findings} == {"B7", "B15", "B17"}
