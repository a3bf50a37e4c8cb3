"""How each kiosk stands, from its log: pending, superseded, revoked, silent, never heard of; cut to a part, by index."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from server.access.part import EVERYTHING, Part
from server.fleet.held import read_pieces
from server.fleet.kiosks import Kiosk, KioskState, read_kiosks
from server.fleet.look import Look, look
from server.intake.confirm import confirm
from server.intake.revoke_log import Wish, revoke_log
from server.jobs.alarms import KIOSK_SILENT, replace_alarms
from server.services import Services
from tests.server.builders import HOUR_MS, START_MS, ServerClock, push
from tests.server.fleet.desk import AT, make_fleet
from tests.server.statements import asked_of

pytestmark = pytest.mark.both_databases
S1 = Part(sites=frozenset({"S1"}))
S2 = Part(sites=frozenset({"S2"}))


def kiosks(services: Services, part: Part = EVERYTHING) -> Mapping[str, Kiosk]:
    with services.database.read() as connection:
        return {k.log: k for k in read_kiosks(connection, part, AT + 9 * HOUR_MS)}


def seen(services: Services, log: str, part: Part = EVERYTHING) -> Look | None:
    with services.database.read() as connection:
        return look(connection, part, log, AT + 9 * HOUR_MS)


def test_states_follow_from_logs(services: Services, client: FlaskClient) -> None:
    fleet = make_fleet(services, client)
    found = kiosks(services)
    assert {log: k.state for log, k in found.items()} == {
        fleet.old.log: KioskState.CURRENT,
        fleet.new.log: KioskState.PENDING,
        fleet.mute.log: KioskState.NEVER,
    }
    assert (found[fleet.new.log].site, found[fleet.new.log].succeeds) == ("S1", fleet.old.log)
    assert found[fleet.old.log].health["battery"] == 12
    confirm(services.database, services.central, fleet.new.log, by="li")
    after = kiosks(services)
    assert after[fleet.old.log].state is KioskState.ENDED
    assert after[fleet.old.log].followers == (fleet.new.log,)
    assert after[fleet.new.log].state is KioskState.CURRENT


def test_a_copy_that_goes_on_in_the_old_log_is_not_ended(
    services: Services, client: FlaskClient
) -> None:
    fleet = make_fleet(services, client)
    confirm(services.database, services.central, fleet.new.log)
    fleet.old.scan(AT + 4 * HOUR_MS, "V3")
    push(client, fleet.old.batch())
    assert kiosks(services)[fleet.old.log].state is KioskState.CURRENT


def test_a_revoked_log_gives_nothing_to_its_successor_and_a_silent_one_is_missed(
    services: Services, client: FlaskClient
) -> None:
    fleet = make_fleet(services, client)
    with services.database.write_facts() as connection:
        replace_alarms(connection, KIOSK_SILENT, [fleet.mute.log], AT)
    assert kiosks(services)[fleet.mute.log].state is KioskState.SILENT
    wish = Wish(fleet.old.log, AT + HOUR_MS, "lost", "li")
    revoke_log(services.database, services.central, wish)
    found = kiosks(services)
    assert found[fleet.old.log].state is KioskState.REVOKED
    assert fleet.new.log not in found


def test_nothing_of_another_part_is_there(services: Services, client: FlaskClient) -> None:
    fleet = make_fleet(services, client)
    assert set(kiosks(services, S1)) == {fleet.old.log, fleet.new.log}
    assert set(kiosks(services, S2)) == {fleet.mute.log}
    assert kiosks(services, Part()) == {}
    assert seen(services, fleet.new.log, S2) is None
    assert seen(services, "a" * 32) is None


def test_a_log_is_told_with_its_contacts_and_the_error_of_its_clock(
    services: Services, client: FlaskClient
) -> None:
    fleet = make_fleet(services, client)
    found = seen(services, fleet.old.log)
    assert found is not None
    assert [(c.at_ms, c.error_ms) for c in found.contacts] == [(AT + 1_000, 90_000)]
    assert (found.gaps, found.is_forked) == ([], False)
    assert [e.site for e in found.enrolments] == ["S1"]


def test_branches_and_gaps_are_told(services: Services, client: FlaskClient) -> None:
    fleet = make_fleet(services, client)
    copy = fleet.old.copy()
    fleet.old.scan(AT + 4 * HOUR_MS, "V3")
    copy.scan(AT + 4 * HOUR_MS, "V4")
    fleet.mute.boot(AT)
    for number in range(4):
        fleet.mute.scan(AT + number, f"V{number}")
    push(client, fleet.old.batch(5))
    push(client, copy.batch(5))
    push(client, fleet.mute.batch(3))
    with services.database.read() as connection:
        pieces = read_pieces(connection)
    found = kiosks(services)
    assert pieces[found[fleet.old.log].number].forked
    assert pieces[found[fleet.mute.log].number].missing == 2
    assert found[fleet.new.log].number not in pieces


@pytest.mark.parametrize("part", [EVERYTHING, S1])
def test_no_large_table_is_read_whole_and_little_is_asked(
    services: Services, client: FlaskClient, clock: ServerClock, part: Part
) -> None:
    clock.now_ms = START_MS + 20 * HOUR_MS
    fleet = make_fleet(services, client)
    with asked_of(services.database) as asked:
        seen(services, fleet.old.log, part)
    assert asked.read_whole() == []
    assert len([sql for sql, _ in asked.all if "SELECT" in sql]) <= 8
