"""What leads enter, through the doors: attests, voids, walk-ins come out the same in whatever order they arrive."""

from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from schemas.entry import Attest, Void, WalkIn
from server import create_app
from server.books.derive.rebuild import rebuild
from server.services import Services
from tests.server.books.world import derive, meaning
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    START_MS,
    Author,
    enrol_at,
    make_author,
    push,
)
from tests.server.conftest import Open, import_text

pytestmark = pytest.mark.both_databases

NINE = START_MS + 9 * HOUR_MS
Minutes = dict[str, tuple[int, int, str]]


def made_kiosk(services: Services, name: str = "k1") -> Author:
    kiosk = make_author(name)
    enrol_at(services, kiosk, "S1")
    kiosk.boot(NINE - HOUR_MS)
    return kiosk


def minutes(services: Services) -> Minutes:
    """Give credited and held minutes and how it was judged, by person."""
    derive(services)
    with services.database.read() as connection:
        rows = connection.execute(text("SELECT who, credited, held, judged FROM derived.record"))
        return {who: (credited, held, judged) for who, credited, held, judged in rows}


def void_of(kiosk: Author, seq: int, at_ms: int, by: str = "", reason: str = "") -> int:
    return kiosk.add(Void(*kiosk.stamp(at_ms), seq, kiosk.hashes[seq], by, reason))


def attest_of(kiosk: Author, at_ms: int, who: str, stated_ms: int, about: bytes = b"") -> int:
    stamp = kiosk.stamp(at_ms)
    return kiosk.add(Attest(*stamp, "out", who, stated_ms, "", "lead", about, "L1", "forgot"))


def assert_a_rebuild_agrees(services: Services) -> None:
    before = meaning(services)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert meaning(services) == before


def test_a_void_counts_whether_it_comes_before_or_after_what_it_takes_back(
    services: Services, client: FlaskClient
) -> None:
    kiosk = made_kiosk(services)
    kiosk.scan(NINE, "V1")
    out = kiosk.scan(NINE + 3 * HOUR_MS, "V1", "out")
    void_of(kiosk, out, NINE + 3 * HOUR_MS + 60_000, "L1", "wrong person")
    kiosk.contact(NINE + 4 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch(4, 6))
    assert minutes(services) == {}
    push(client, kiosk.batch(1, 2))
    assert minutes(services) == {"V1": (0, 0, "")}
    push(client, kiosk.batch(3, 3))
    assert minutes(services) == {"V1": (0, 180, "")}
    assert_a_rebuild_agrees(services)


def test_a_late_void_holds_a_record_that_was_credited(
    services: Services, client: FlaskClient
) -> None:
    kiosk = made_kiosk(services)
    kiosk.scan(NINE, "V1")
    out = kiosk.scan(NINE + 3 * HOUR_MS, "V1", "out")
    kiosk.contact(NINE + 4 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert minutes(services) == {"V1": (180, 0, "")}
    late = void_of(kiosk, out, NINE + 5 * HOUR_MS, "L1", "wrong person")
    push(client, kiosk.batch(late))
    assert minutes(services) == {"V1": (0, 180, "")}
    assert_a_rebuild_agrees(services)


def test_an_undo_takes_the_scan_out(services: Services, client: FlaskClient) -> None:
    kiosk = made_kiosk(services)
    kiosk.scan(NINE, "V1")
    out = kiosk.scan(NINE + HOUR_MS, "V1", "out")
    void_of(kiosk, out, NINE + HOUR_MS + 9_000)
    kiosk.scan(NINE + 3 * HOUR_MS, "V1", "out")
    kiosk.contact(NINE + 4 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert minutes(services) == {"V1": (180, 0, "")}
    assert_a_rebuild_agrees(services)


def test_an_attested_end_is_credited_with_its_grade_until_the_scan_comes(
    services: Services, client: FlaskClient
) -> None:
    kiosk, other = made_kiosk(services), made_kiosk(services, "k2")
    came = kiosk.scan(NINE, "V1")
    attest_of(kiosk, NINE + 5 * HOUR_MS, "V1", NINE + 2 * HOUR_MS, kiosk.hashes[came])
    kiosk.contact(NINE + 6 * HOUR_MS, services.signer.keys.identity)
    other.scan(NINE + 3 * HOUR_MS, "V1", "out")
    other.contact(NINE + 6 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert minutes(services) == {"V1": (120, 0, "C00")}
    push(client, other.batch())
    assert minutes(services) == {"V1": (180, 0, "")}
    assert_a_rebuild_agrees(services)


def test_a_walk_in_is_held_until_the_number_is_a_volunteers(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    kiosk = made_kiosk(services)
    kiosk.add(WalkIn(*kiosk.stamp(NINE - MINUTE_MS), "T1", "", b"sealed", "plain", "L1"))
    kiosk.scan(NINE, "T1")
    kiosk.scan(NINE + 3 * HOUR_MS, "T1", "out")
    kiosk.contact(NINE + 4 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert minutes(services) == {"T1": (0, 180, "")}
    import_text(services, tmp_path, "volunteers", "number,name\nT1,Ada\n")
    assert minutes(services) == {"T1": (180, 0, "")}
    assert_a_rebuild_agrees(services)


def test_shifts_and_needs_that_come_later_judge_again(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    kiosk = made_kiosk(services)
    kiosk.scan(NINE, "V1")
    kiosk.scan(NINE + 4 * HOUR_MS, "V1", "out")
    kiosk.contact(NINE + 5 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert minutes(services) == {"V1": (240, 0, "")}
    import_text(services, tmp_path, "sites", "code,name,kind,region\nS1,Gate,gate,\n")
    import_text(
        services, tmp_path, "posts", "code,site,name,role,capacity,needs\nP1,S1,Gate,guide,,\n"
    )
    shift = "code,post,start,end,needed\nH1,P1,2026-11-02T09:00,2026-11-02T11:00,1\n"
    import_text(services, tmp_path, "shifts", shift)
    import_text(services, tmp_path, "volunteers", "number,name\nV1,Ada\n")
    import_text(services, tmp_path, "assignments", "shift,volunteer\nH1,V1\n")
    assert minutes(services) == {"V1": (0, 240, "")}  # longer than one and a half times its shift
    assert_a_rebuild_agrees(services)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_arrival_gives_the_same(open_home: Open, tmp_path: Path, seed: int) -> None:
    found = set()
    orders = Random(seed).sample(list(permutations(range(4))), 3)
    for number, order in enumerate(orders):
        services = open_home(name=f"home-{number}")
        client = create_app(services).test_client()
        kiosk = made_kiosk(services)
        first = kiosk.scan(NINE, "V1")
        void_of(kiosk, first, NINE + 5_000)
        again = kiosk.scan(NINE + MINUTE_MS, "V1")
        attest_of(kiosk, NINE + 5 * HOUR_MS, "V1", NINE + 2 * HOUR_MS, kiosk.hashes[again])
        kiosk.scan(NINE + 5 * HOUR_MS, "V2", how="typed", by="L1")
        kiosk.scan(NINE + 6 * HOUR_MS, "V2", "out", how="typed", by="V2")
        kiosk.contact(NINE + 7 * HOUR_MS, services.signer.keys.identity)
        parts = [(1, 2), (3, 4), (5, 5), (6, kiosk.head)]
        for part in order:
            push(client, kiosk.batch(*parts[part]))
            derive(services)
        found.add(meaning(services))
        assert minutes(services) == {"V1": (119, 0, "C00"), "V2": (0, 60, "D00")}
        assert_a_rebuild_agrees(services)
    assert len(found) == 1


NEXT_MORNING = NINE + 22 * HOUR_MS
"""Within a day of `NINE`, and after a night's rest."""


def attested_before(services: Services) -> Author:
    """V1 came at nine and forgot to sign out, which a lead attests for noon; all of it is derived."""
    kiosk = made_kiosk(services)
    came = kiosk.scan(NINE, "V1")
    kiosk.contact(NINE + HOUR_MS, services.signer.keys.identity)
    attest_of(kiosk, NINE + 4 * HOUR_MS, "V1", NINE + 3 * HOUR_MS, kiosk.hashes[came])
    brought(services, kiosk)
    return kiosk


def brought(services: Services, kiosk: Author) -> None:
    assert push(create_app(services).test_client(), kiosk.batch()).status_code == 200
    derive(services)


def test_a_scan_after_a_nights_rest_still_beats_an_attested_end(services: Services) -> None:
    kiosk = attested_before(services)
    kiosk.scan(NEXT_MORNING, "V1", "out")
    brought(services, kiosk)
    assert "'E5'" in meaning(services)
    assert "'B3'" not in meaning(services)
    assert_a_rebuild_agrees(services)


def test_an_attested_end_after_a_nights_rest_is_that_of_the_record_before(
    services: Services,
) -> None:
    kiosk = made_kiosk(services)
    for at_ms, direction in ((NINE, "in"), (NINE + 3 * HOUR_MS, "out")):
        kiosk.scan(at_ms, "V1", direction)
    brought(services, kiosk)
    attest_of(kiosk, NEXT_MORNING, "V1", NEXT_MORNING)
    brought(services, kiosk)
    assert "'E5'" in meaning(services)
    assert "'B3'" not in meaning(services)
    assert_a_rebuild_agrees(services)


def test_an_attest_with_the_wrong_date_gives_way_to_the_next_about_the_same_entry(
    services: Services,
) -> None:
    """Also when something else is heard of the date that was wrong."""
    kiosk = attested_before(services)
    about = kiosk.hashes[2]
    attest_of(kiosk, NINE + 5 * HOUR_MS, "V1", NINE + 3 * DAY_MS, about)
    attest_of(kiosk, NINE + 6 * HOUR_MS, "V1", NINE + 2 * HOUR_MS, about)
    brought(services, kiosk)
    kiosk.scan(NINE + 3 * DAY_MS + HOUR_MS, "V1")
    kiosk.scan(NINE + 3 * DAY_MS + 2 * HOUR_MS, "V1", "out")
    brought(services, kiosk)
    assert "'B3'" not in meaning(services)
    assert_a_rebuild_agrees(services)


WEEKS_LATER = NINE + 10 * DAY_MS
FAR_ORDERS = [
    "entry attest near far",
    "attest far near entry",
    "far attest entry near",
]


@pytest.mark.parametrize("order", FAR_ORDERS)
def test_an_end_stated_days_from_its_entry_counts_whatever_comes_near_either(
    services: Services, order: str
) -> None:
    """A lead mistook the date: no news near the entry alone, or near the time stated alone, leaves the other out."""
    entry, lead, near, far = (made_kiosk(services, name) for name in ("k1", "k2", "k3", "k4"))
    came = entry.scan(NINE, "V1")
    about = entry.hashes[came]
    attest_of(lead, WEEKS_LATER + HOUR_MS, "V1", WEEKS_LATER, about)
    near.scan(NINE + 2 * HOUR_MS, "V1")
    far.scan(WEEKS_LATER - HOUR_MS, "V1")
    far.scan(WEEKS_LATER + HOUR_MS, "V1", "out")
    for kiosk in (entry, lead, near, far):
        kiosk.contact(WEEKS_LATER + 2 * HOUR_MS, services.signer.keys.identity)
    kiosks = {"entry": entry, "attest": lead, "near": near, "far": far}
    for name in order.split():
        brought(services, kiosks[name])
    assert_a_rebuild_agrees(services)
