"""Reference data that changes later: those concerned are derived again, nobody else, and a rebuild finds nothing to change."""

from pathlib import Path
from random import Random

import pytest

from server import create_app
from server.badges.revoke import revoke_badge
from server.books.derive import drain as deriving
from server.books.derive.queue import queue_people
from server.books.derive.rebuild import rebuild
from server.services import Services
from tests.server.books.world import World, bring, derive, hours_json, meaning
from tests.server.builders import DAY_MS, HOUR_MS, START_MS, enrol_at
from tests.server.conftest import Open, import_text

pytestmark = pytest.mark.both_databases

MONDAY = (START_MS + 8 * HOUR_MS) // DAY_MS


@pytest.fixture
def derived(open_home: Open, prepared: Path, world: World) -> Services:
    """A server on which the week was derived."""
    services = open_home(source=prepared)
    client = create_app(services).test_client()
    for run in world.pieces(Random(3)):
        bring(client, run)
    derive(services)
    return services


def drained(services: Services) -> int:
    """Derive, and say how many people that took."""
    return deriving.drain(services.database, services.signer.keys.identity_public).people


def assert_a_rebuild_agrees(services: Services) -> None:
    before = hours_json(services), meaning(services)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert (hours_json(services), meaning(services)) == before


def revoke(services: Services, who: str, from_ms: int) -> None:
    with services.database.write_facts() as connection:
        from server.badges.issue import issue_badges

        issue_badges(connection, services.signer.keys.badges, [who], now_ms=START_MS)
    revoke_badge(
        services.database,
        who,
        "",
        now_ms=from_ms,
        append=services.central.record_revocation,
        queue_people=queue_people,
    )


def lines_of(services: Services, who: str) -> list[str]:
    return [line for line in meaning(services).splitlines() if f"'{who}'" in line]


def test_a_revocation_derives_that_person_again(derived: Services) -> None:
    before = meaning(derived).splitlines()
    revoke(derived, "V1", START_MS)
    assert drained(derived) == 1
    changed = set(before) ^ set(meaning(derived).splitlines())
    assert changed
    assert all("'V1'" in line for line in changed)
    assert any("'D3'" in line for line in lines_of(derived, "V1"))
    assert_a_rebuild_agrees(derived)
    assert drained(derived) == 0


def test_revoking_twice_derives_nothing_more(derived: Services) -> None:
    revoke(derived, "V1", START_MS)
    drained(derived)
    once = meaning(derived)
    revoke_again = drained(derived)
    assert (revoke_again, meaning(derived)) == (0, once)


def test_a_person_who_changes_teams_is_derived_again_alone(
    derived: Services, tmp_path: Path
) -> None:
    before = meaning(derived).splitlines()
    table = "number,name,phone,team\nV2,志愿者2,13900000002,T2\nV3,志愿者3,13900000003,T2\n"
    import_text(derived, tmp_path, "volunteers", table, day=MONDAY + 2)
    assert drained(derived) == 1  # V3 was in that team before
    changed = set(before) ^ set(meaning(derived).splitlines())
    assert changed
    assert all("'V2'" in line for line in changed)
    assert_a_rebuild_agrees(derived)


def test_the_team_of_a_record_is_that_of_the_day_it_began(
    derived: Services, tmp_path: Path
) -> None:
    import_text(
        derived, tmp_path, "volunteers", "number,name,team\nV1,志愿者1,T1\n", day=MONDAY + 2
    )
    drained(derived)
    teams = {}
    for line in lines_of(derived, "V1"):
        row = line.split(", ")
        if len(row) == 15:
            teams.setdefault(int(row[7]) < MONDAY + 2, set()).add(row[5])
    assert teams == {True: {"'T2'"}, False: {"'T1'"}}


def test_the_same_import_again_derives_nobody(derived: Services, tmp_path: Path) -> None:
    table = "number,name,phone,team\nV2,志愿者2,13900000002,T1\n"
    import_text(derived, tmp_path, "volunteers", table, day=MONDAY)
    assert drained(derived) == 0


def test_a_policy_that_changes_derives_everyone_and_agrees_with_a_rebuild(
    derived: Services, tmp_path: Path
) -> None:
    import_text(
        derived, tmp_path, "sites", "code,name,kind,region\nS3,河北岸,gate,R1\n", day=MONDAY
    )
    assert drained(derived) >= 13
    assert_a_rebuild_agrees(derived)


def test_enrolling_later_frees_what_was_held(derived: Services, world: World) -> None:
    stranger = world.branches[-1][0]
    assert any("'A5'" in line for line in lines_of(derived, "V12"))
    enrol_at(derived, stranger, "S2")
    assert drained(derived) >= 1
    assert not any("'A5'" in line for line in lines_of(derived, "V12"))
    assert_a_rebuild_agrees(derived)


def test_changes_before_and_after_the_entries_come_to_the_same(
    open_home: Open, prepared: Path, world: World, tmp_path: Path
) -> None:
    found = []
    for name, early in (("early", True), ("late", False)):
        services = open_home(name, source=prepared)
        client = create_app(services).test_client()

        def change(services: Services = services) -> None:
            revoke(services, "V4", START_MS + DAY_MS)
            table = "number,name,team\nV2,志愿者2,T2\nV15,迟到,T1\n"
            import_text(services, tmp_path, "volunteers", table, day=MONDAY + 1)

        if early:
            change()
        for number, run in enumerate(world.pieces(Random(name))):
            bring(client, run)
            if number % 9 == 0:
                derive(services)
        if not early:
            derive(services)
            change()
        derive(services)
        found.append((hours_json(services), meaning(services)))
    assert found[0] == found[1]
