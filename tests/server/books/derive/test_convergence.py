"""Any order, split and repetition of the same entries gives the same bytes (I4), and so does a rebuild."""

import difflib
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from server import create_app
from server.books.derive import drain as deriving
from server.books.derive import in_hand, timeline
from server.books.derive import people as derive_people
from server.books.derive.rebuild import digest, rebuild
from server.config import Config
from server.services import Services, open_services
from tests.postgresql.homes import PostgresqlHomes
from tests.server.books.world import Run, World, bring, carry, derive, hours_json, meaning, show
from tests.server.builders import ServerClock, post
from tests.server.conftest import Open

ORDERS, AT_A_TIME = 100, 5
ORDERS_ON_POSTGRESQL = 25
BY_BUNDLE = 1 / 3
"""How much comes by courier and not by network."""


def digest_of(services: Services) -> str:
    with services.database.read() as connection:
        return digest(connection)


def rebuilt(services: Services) -> None:
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)


def assert_same(given: str, expected: str) -> None:
    if given != expected:
        lines = difflib.unified_diff(expected.splitlines(), given.splitlines(), lineterm="", n=0)
        pytest.fail("\n".join(list(lines)[:40]))


@pytest.fixture(scope="session")
def expected(
    prepared: Path, world: World, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """What the week means: every branch pushed whole, in order, and derived once."""
    home = tmp_path_factory.mktemp("expected") / "home"
    shutil.copytree(prepared, home)
    services = open_services(Config(home), ServerClock().clock())
    client = create_app(services).test_client()
    whole = Random(0)
    for run in sorted(world.pieces(whole), key=lambda r: (r.author.log, r.author.head, r.first)):
        bring(client, run)
    derive(services)
    found = hours_json(services), meaning(services)
    services.database.close()
    return found


def test_the_week_is_as_rich_as_it_should_be(expected: tuple[str, str]) -> None:
    rules = {"A2", "A3", "A5", "B1", "B2", "B3", "B4", "B6", "B17", "C1", "C2", "D1", "D2", "D3"}
    missing = {rule for rule in rules if f"'{rule}'" not in expected[1]}
    assert not missing


@pytest.mark.parametrize(
    ("database", "batch"),
    [
        *(("sqlite", batch) for batch in range(ORDERS // AT_A_TIME)),
        *(("postgresql", batch) for batch in range(ORDERS_ON_POSTGRESQL // AT_A_TIME)),
    ],
    indirect=["database"],
)
def test_any_order_split_and_repetition_gives_the_same_bytes(
    open_home: Open, prepared: Path, world: World, expected: tuple[str, str], batch: int
) -> None:
    for seed in range(batch * AT_A_TIME, (batch + 1) * AT_A_TIME):
        chance = Random(seed)
        services = open_home(f"home{seed}", source=prepared)
        client = create_app(services).test_client()
        runs = world.pieces(chance)
        runs += chance.sample(runs, len(runs) // 4)
        chance.shuffle(runs)
        drains = {chance.randrange(len(runs)) for _ in range(seed % 4)}
        waiting: list[Run] = []
        for number, run in enumerate(runs):
            if chance.random() < BY_BUNDLE:
                waiting.append(run)
            elif run.first == run.last and chance.random() < 0.5:
                show(client, run)
            else:
                bring(client, run)
            if number in drains:
                derive(services)
            if len(waiting) > chance.randrange(6):
                carry(client, services, waiting)
                waiting.clear()
        carry(client, services, waiting or runs[:1])
        derive(services)
        assert_same(hours_json(services), expected[0])
        assert_same(meaning(services), expected[1])


Shrink = Callable[[], None]


@pytest.fixture
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make windows, logs and people at a time so few that every seam is crossed."""
    monkeypatch.setattr(timeline, "WINDOW_ENTRIES", 3)
    monkeypatch.setattr(deriving, "PEOPLE_AT_A_TIME", 2)
    monkeypatch.setattr(in_hand, "SCANS_IN_HAND", 4)
    monkeypatch.setattr(derive_people, "PEOPLE_AT_A_TIME", 2)


@pytest.mark.parametrize(
    ("database", "seed"),
    [
        *(("sqlite", seed) for seed in range(1_000, 1_012)),
        *(("postgresql", seed) for seed in range(1_012, 1_016)),
    ],
    indirect=["database"],
)
def test_what_was_derived_step_by_step_is_what_a_rebuild_gives(
    open_home: Open,
    prepared: Path,
    world: World,
    expected: tuple[str, str],
    in_small_steps: None,
    seed: int,
) -> None:
    chance = Random(seed)
    services = open_home(source=prepared)
    client = create_app(services).test_client()
    runs = world.pieces(chance)
    chance.shuffle(runs)
    looked = {chance.randrange(len(runs)) for _ in range(2)}
    for number, run in enumerate(runs):
        bring(client, run)
        if chance.random() < 0.2:
            derive(services)
        if number in looked:
            derive(services)
            before = meaning(services)
            step, shown = digest_of(services), hours_json(services)
            rebuilt(services)
            assert_same(meaning(services), before)
            assert_same(hours_json(services), shown)
            assert digest_of(services) == step
    derive(services)
    assert_same(hours_json(services), expected[0])
    assert_same(meaning(services), expected[1])
    rebuilt(services)
    assert_same(hours_json(services), expected[0])
    assert_same(meaning(services), expected[1])


@pytest.mark.parametrize("seed", range(2_000, 2_024))
def test_a_background_that_does_not_wait_for_the_rest_ends_up_the_same(
    open_home: Open,
    prepared: Path,
    world: World,
    expected: tuple[str, str],
    in_small_steps: None,
    seed: int,
) -> None:
    chance, clock = Random(seed), ServerClock()
    services = open_home(source=prepared, clock=clock)
    client, key = create_app(services).test_client(), services.signer.keys.identity_public
    runs = world.pieces(chance)
    if seed % 2:  # as kiosks do: each from its first entry on
        runs.sort(key=lambda run: (run.first, run.author.head))
    else:
        chance.shuffle(runs)
    for run in runs:
        if chance.random() < 0.5:
            post(client, "hello", run.author.hello())
        bring(client, run)
        if chance.random() < 0.5:
            deriving.drain(services.database, key, settled_at=clock.now_ms)
        clock.now_ms += chance.choice((0, 1_000, 61_000))
    derive(services)
    assert_same(hours_json(services), expected[0])
    assert_same(meaning(services), expected[1])


def test_deriving_again_changes_nothing(open_home: Open, prepared: Path, world: World) -> None:
    services = open_home(source=prepared)
    client = create_app(services).test_client()
    for run in world.pieces(Random(5)):
        bring(client, run)
    derive(services)
    before = digest_of(services)
    again = deriving.drain(services.database, services.signer.keys.identity_public)
    assert (again.logs, again.people) == (0, 0)
    for run in world.pieces(Random(6)):
        bring(client, run)
    again = deriving.drain(services.database, services.signer.keys.identity_public)
    assert (again.logs, again.people) == (0, 0)
    assert digest_of(services) == before


def test_both_databases_give_the_same_digest(
    prepared: Path, world: World, tmp_path: Path, postgresql_homes: PostgresqlHomes
) -> None:
    shutil.copytree(prepared, tmp_path / "sqlite")
    found = []
    configs = (Config(tmp_path / "sqlite"), postgresql_homes.copy(prepared, tmp_path / "other"))
    for config in configs:
        services = open_services(config, ServerClock().clock())
        client = create_app(services).test_client()
        for run in world.pieces(Random(7)):
            bring(client, run)
        derive(services)
        found.append((digest_of(services), hours_json(services), meaning(services)))
        rebuilt(services)
        found.append((digest_of(services), hours_json(services), meaning(services)))
        services.database.close()
    assert found[1:] == found[:1] * 3
