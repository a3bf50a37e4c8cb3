"""What a finding says: whom and what it concerns, and the figures that made it fire. Staff decide by these words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from server.reconcile.facts import (
    More,
    Post,
    Revocation,
    ScanFact,
    Shift,
    WalkInFact,
)
from server.reconcile.policy import DEFAULTS, HOUR_MS
from tests.server.reconcile.builders import (
    MONDAY,
    WHO,
    Books,
    at,
    attest,
    entry_hash,
    figures,
    meaning,
    scan,
)

BY_HAND = {"by": "lead-1"}
PLACES = {"A": (31_400_000, 121_000_000), "B": (31_850_000, 121_000_000)}
"""Some 50 km apart."""


@dataclass(frozen=True)
class Story:
    """Facts, and what rules say of them. record, entries: of the findings, as places in `scans` (None: no record)."""

    scans: list[ScanFact]
    told: Mapping[str, Any]
    entries: tuple[int, ...]
    record: int | None = 0
    books: Books = field(default_factory=Books)
    facts: Callable[[list[ScanFact]], Mapping[str, Any]] = lambda _: {}
    site: str = "A"


def shift(start: str, end: str, post: str = "gate") -> tuple[Shift, str]:
    return Shift("S1", post, at(start), at(end)), "A"


def day(**fields: Any) -> list[ScanFact]:
    return [scan("9:00", "in", **fields), scan("12:00", "out", **fields)]


def forked(direction: str, clock: str, branch: str) -> ScanFact:
    return scan(clock, direction, seq=7, hash=entry_hash((branch, direction)), forked=True)


CAME, SOON = at("9:00"), scan("9:00", "in")
ONE_BRANCH = [forked("in", "9:00", "a"), scan("12:00", "out")]

STORIES = {
    "A2": Story(ONE_BRANCH, {}, (0,)),
    "A5": Story(day(apart="A5"), {}, (0, 1)),
    "B1": Story(
        [scan("9:00"), scan("9:01:30"), scan("12:00", "out")], {"after_ms": 90_000}, (0, 1)
    ),
    "B2": Story(
        [scan("9:00"), scan("10:00"), scan("12:00", "out")], {"open_ms": HOUR_MS}, (0, 1), 1
    ),
    "B3": Story([scan("9:00", "out")], {"out_ms": CAME}, (0,), None),
    "B4": Story([scan("9:00")], {"in_ms": CAME, "proposed_ms": CAME + 4 * HOUR_MS}, (0,)),
    "B5": Story(
        [SOON, attest("8:00", about=SOON.hash, wall_ms=17)],
        {"length_ms": -HOUR_MS, "in_wall_ms": CAME, "out_wall_ms": 17, "within_ms": 20},
        (0, 1),
    ),
    "B6": Story([scan("9:00"), scan("9:04", "out")], {"length_ms": 240_000}, (0, 1)),
    "B7": Story(
        [scan("9:00"), scan("18:00", "out")],
        {"day": MONDAY, "tier": "reviewer", "minutes": 60},
        (0, 1),
    ),
    "B8": Story(
        day(),
        {"length_ms": 3 * HOUR_MS, "shifts_ms": HOUR_MS},
        (0, 1),
        books=Books(assigned=(shift("9:00", "10:00"),)),
    ),
    "B9": Story(
        [SOON, scan("10:00"), scan("12:00", "out"), attest("11:00", about=SOON.hash)],
        {"minutes": 60},
        (0, 1),
        1,
    ),
    "B11": Story(
        [*day(), scan("12:10", "in", "B"), scan("14:00", "out", "B")],
        {"distance_m": 50_037, "minutes": 10, "out_site": "A"},
        (1, 2),
        2,
        Books(places=PLACES),
        site="B",
    ),
    "B15": Story(
        [scan("8:00"), scan("16:00", "out"), scan("20:30"), scan("21:00", "out")],
        {"duty_minutes": 480, "rest_minutes": 270},
        (2, 3),
        2,
    ),
    "B16": Story(
        day(),
        {"minutes": 30},
        (0, 1),
        books=Books(replace(DEFAULTS, break_after_minutes=120, break_minutes=30)),
    ),
    "B17": Story([scan("9:00"), scan("12:00", "out", "B")], {"out_site": "B"}, (0, 1)),
    "C1": Story(
        [scan("9:00", wall_ms=CAME + 130_000), scan("12:00", "out")],
        {"in_ahead_ms": 130_000},
        (0,),
    ),
    "C2": Story(
        [scan("9:00", within_ms=700_000), scan("12:00", "out")], {"within_ms": 700_010}, (0, 1)
    ),
    "C3": Story(
        [scan("9:00", more=More(late_ms=400_000)), scan("12:00", "out")],
        {"late_ms": 400_000},
        (0,),
    ),
    "D2": Story(
        [scan("9:00"), scan("12:00", "out", expires_s=CAME // 1000)],
        {"expires_s": CAME // 1000},
        (1,),
    ),
    "D3": Story(day(), {"serial": 1}, (0, 1), books=Books(revoked=(Revocation(1, 0),))),
    "D4": Story(
        day(),
        {},
        (0, 1),
        facts=lambda _: {
            "walk_ins": [WalkInFact("kiosk-A", 1, entry_hash("w"), CAME, WHO, "A", "")]
        },
    ),
    "D6": Story(
        day(),
        {"post": "gate", "assigned": "door"},
        (0, 1),
        books=Books(assigned=(shift("9:00", "12:00", "door"),)),
    ),
    "D7": Story(
        day(),
        {"post": "gate", "lacks": "insurance,first aid"},
        (0, 1),
        books=Books(posts={"gate": Post(needs=("insurance", "first aid"))}),
    ),
    "D8": Story(day(), {"minutes": 60}, (0, 1), books=Books(assigned=(shift("9:00", "10:00"),))),
    "D9": Story(
        day(),
        {"post": "gate", "role": "Paid"},
        (0, 1),
        books=Books(posts={"gate": Post("Paid")}),
    ),
    "E5": Story([scan("9:00"), attest("12:00", reason=False)], {}, (1,)),
    "E6": Story([scan("9:00"), attest("12:00", by=WHO)], {}, (1,)),
    "E9": Story(day(), {}, (0, 1), books=Books(replace(DEFAULTS, certified_only=1))),
    "F3": Story(
        day(),
        {"day": MONDAY, "tier": "day", "minutes": 60},
        (0, 1),
        books=Books(replace(DEFAULTS, day_cap_minutes=120)),
    ),
}


@pytest.mark.parametrize("rule", STORIES)
def test_a_finding_names_the_person_the_record_the_entries_and_its_figures(rule: str) -> None:
    story = STORIES[rule]
    found = meaning(*story.scans, books=story.books, **story.facts(story.scans))
    (one,) = [finding for finding in found.findings if finding.rule == rule]
    record = b"" if story.record is None else story.scans[story.record].hash
    assert (one.who, one.log, one.site, one.record) == (WHO, "", story.site, record)
    assert one.entries == tuple(sorted(story.scans[place].hash for place in story.entries))
    assert figures(one) == story.told
