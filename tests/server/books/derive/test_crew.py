"""A rebuild with the help of other processes gives the bytes of one that works alone; one of them that ends changes nothing."""

import sys
from pathlib import Path
from random import Random

import pytest

from schemas.entry import WalkIn
from server import create_app
from server.books.decisions import merge as merging
from server.books.derive import buckets, crew, handed, timeline
from server.books.derive.drain import drain
from server.books.derive.rebuild import digest, rebuild
from server.services import Services
from tests.server.books.derive.test_said import NINE, made_kiosk, void_of
from tests.server.books.desk import CITY
from tests.server.books.world import World, bring, derive, hours_json, meaning
from tests.server.builders import HOUR_MS, push
from tests.server.conftest import Open

Books = tuple[str, str, str]


def books(services: Services) -> Books:
    with services.database.read() as connection:
        return digest(connection), meaning(services), hours_json(services)


def rebuilt(services: Services, processes: int) -> Books:
    key = services.signer.keys.identity_public
    rebuild(services.database, key, lambda *_: None, processes=processes)
    return books(services)


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make windows and buckets so small that there are many of both, and hand out every window."""
    monkeypatch.setattr(timeline, "WINDOW_ENTRIES", 3)
    monkeypatch.setattr(handed, "HANDED_MIN", 1)
    monkeypatch.setattr(buckets, "SCANS_A_BUCKET", 20)


def recorded(services: Services, world: World) -> None:
    """Bring the made-up week, and a kiosk's own log with a walk-in, contacts and a void."""
    client = create_app(services).test_client()
    for run in sorted(
        world.pieces(Random(0)), key=lambda r: (r.author.log, r.author.head, r.first)
    ):
        bring(client, run)
    kiosk = made_kiosk(services, "k9")
    walk_in = WalkIn(*kiosk.stamp(NINE), "W1", "", b"sealed", "plain", "L1")
    kiosk.add(walk_in)
    for hour, who in enumerate(("V1", "V2", "W1")):
        kiosk.scan(NINE + hour * HOUR_MS, who)
        out = kiosk.scan(NINE + hour * HOUR_MS + HOUR_MS // 2, who, "out")
        kiosk.contact(NINE + hour * HOUR_MS + HOUR_MS // 2 + 1, services.signer.keys.identity)
    void_of(kiosk, out, NINE + 4 * HOUR_MS, "L1", "wrong person")
    kiosk.contact(NINE + 5 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch())


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_other_processes_change_no_byte_of_a_rebuild(
    open_home: Open, prepared: Path, world: World, in_small_parts: None
) -> None:
    services = open_home("crew", source=prepared)
    recorded(services, world)
    derive(services)
    merging.merge(services.database, services.central, CITY, "V1", "V2", "one person")
    derive(services)
    before = books(services)
    assert rebuilt(services, processes=0) == before
    assert rebuilt(services, processes=2) == before


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_another_process_changes_no_byte_of_what_the_background_derives(
    open_home: Open, prepared: Path, world: World, in_small_parts: None, tmp_path: Path
) -> None:
    alone, helped = open_home("alone", source=prepared), open_home("helped", source=prepared)
    for services in (alone, helped):
        recorded(services, world)
    derive(alone)
    with crew.open_crew(helped.database, tmp_path, buckets=0, processes=1) as hands:
        drain(helped.database, helped.signer.keys.identity_public, hands=hands)
    assert books(helped) == books(alone)
    assert list(tmp_path.glob("window-*")) == [], "what was put aside was taken back"


def test_a_process_that_ends_too_early_ends_the_rebuild_and_changes_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = made_kiosk(services)
    kiosk.scan(NINE, "V1")
    kiosk.scan(NINE + HOUR_MS, "V1", "out")
    kiosk.contact(NINE + 2 * HOUR_MS, services.signer.keys.identity)
    push(create_app(services).test_client(), kiosk.batch())
    derive(services)
    before = books(services)
    monkeypatch.setattr(crew, "COMMAND", [sys.executable, "-c", ""])
    with pytest.raises(ChildProcessError):
        rebuilt(services, processes=1)
    assert books(services) == before
