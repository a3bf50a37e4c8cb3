"""Real arrivals and departures of two months: every person's minutes equal the truth that came with them, and the oracle's."""

import gzip
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from server.reconcile.facts import PersonFacts, Reconciled, ScanFact
from server.reconcile.person import reconcile_person
from tests.server.reconcile import oracle
from tests.server.reconcile.builders import Books, entry_hash, scan

STAYS = Path(__file__).parents[4] / "shared/data/stays"
REAL = STAYS / "turnarounds-2011-02-03.jsonl.gz"
PARTS = 8
SLICE = 500
"""Lines that go through a real server."""
pytestmark = pytest.mark.skipif(
    not STAYS.is_dir(), reason="outside material is not here: ../shared/data/stays"
)


def by_person(path: Path) -> dict[str, list[ScanFact]]:
    """Read the stays as chosen scans of each person, numbered by kiosk."""
    seqs: Counter[str] = Counter()
    people: dict[str, list[ScanFact]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as lines:
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


@cache
def reconciled() -> dict[str, tuple[list[ScanFact], Reconciled]]:
    """Give every person's scans, and what they mean."""
    people = by_person(REAL)
    return {
        person: (scans, reconcile_person(person, PersonFacts(scans), Books()))
        for person, scans in people.items()
    }


def test_minutes_of_real_stays_equal_the_truth() -> None:
    truth = json.loads((STAYS / "turnarounds-2011-02-03.truth.json").read_text())
    found = {person: result for person, (_, result) in reconciled().items()}
    minutes = {who: sum(r.presented for r in result.records) for who, result in found.items()}
    assert minutes == truth
    assert {f.rule for result in found.values() for f in result.findings} == {"B7", "B15", "B17"}


@pytest.mark.parametrize("part", range(PARTS))
def test_credited_and_held_of_real_stays_each_equal_the_oracle(part: int) -> None:
    """In parts, because the oracle counts minute by minute."""
    own = sorted(reconciled())[part::PARTS]
    assert own
    for who in own:
        scans, result = reconciled()[who]
        found = Counter[str]()
        for record in result.records:
            found.update(credited=record.credited, held=record.held, refused=record.refused)
        assert +found == by_oracle(who, scans), who


def test_a_slice_of_real_stays_through_a_real_server_equals_the_oracle(tmp_path: Path) -> None:
    """Late, shuffled, split, repeated, half of it as bundles: whoever is cut off in the middle included."""
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        (tmp_path / "slice.jsonl").write_text("".join(islice(lines, SLICE)), encoding="utf-8")
    out = tmp_path / "hours.json"
    args = ["slice.jsonl", "--chaos", "4", "--hours-out", str(out), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.replay", str(tmp_path / args[0]), *args[1:]],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    told = {row["volunteer"]: row for row in json.loads(out.read_text(encoding="utf-8"))}
    people = by_person(tmp_path / "slice.jsonl")
    expected = {who: by_oracle(who, scans) for who, scans in people.items()}
    assert {who for who, minutes in expected.items() if minutes} <= set(told)
    for who, row in told.items():
        named = ("credited", "held", "refused")
        assert +Counter({v: row[f"minutes_{v}"] for v in named}) == expected[who], who


def by_oracle(who: str, scans: list[ScanFact]) -> Counter[str]:
    """Count minutes by verdict, as the oracle does."""
    total = Counter[str]()
    for (_, _, verdict), count in oracle.postings(who, PersonFacts(scans), Books()).items():
        total[verdict] += count
    return +total
