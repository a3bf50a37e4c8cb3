"""C4: a kiosk that records for a month without a contact is noted, by what its own log shows and by nothing else."""

from itertools import permutations
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from server import create_app
from server.books.derive.rebuild import digest, rebuild
from server.services import Services
from tests.server.books.world import derive
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    START_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    push,
)
from tests.server.conftest import Open, import_text

NINE = START_MS + 9 * HOUR_MS


@pytest.fixture
def kiosk(services: Services) -> Author:
    """A kiosk at S1 that had a contact at eight, and that V1 signed in at at nine (seq 4)."""
    return begun(services)


def begun(services: Services) -> Author:
    found = make_author("k")
    enrol_at(services, found, "S1")
    found.boot(START_MS + 7 * HOUR_MS)
    found.contact(START_MS + 8 * HOUR_MS, services.signer.keys.identity)
    found.scan(NINE, "V1")
    return found


def noted(services: Services) -> list[tuple[str, str]]:
    """Give site and figures of what is noted, having looked that a rebuild notes the same."""
    derive(services)
    with services.database.read() as connection:
        found = [tuple(row) for row in connection.execute(_C4)]
        before = digest(connection)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    with services.database.read() as connection:
        assert digest(connection) == before
    return found


_C4 = text("SELECT site, figures FROM derived.finding WHERE rule = 'C4' AND severity = 'note'")


@pytest.mark.both_databases
@pytest.mark.parametrize(("ms", "is_noted"), [(0, False), (1, True)])
def test_c4_a_later_entry_of_the_log_shows_the_silence(
    services: Services, client: FlaskClient, kiosk: Author, *, ms: int, is_noted: bool
) -> None:
    push(client, kiosk.batch())
    assert noted(services) == []
    kiosk.scan(NINE + 30 * DAY_MS + ms, "V2")
    push(client, kiosk.batch(5))
    assert noted(services) == ([("S1", "days=30;first=4;last=5")] if is_noted else [])


def test_c4_a_late_contact_shows_it_too_and_ends_it(
    services: Services, client: FlaskClient, kiosk: Author
) -> None:
    kiosk.contact(NINE + 40 * DAY_MS, services.signer.keys.identity)
    kiosk.scan(NINE + 41 * DAY_MS, "V2")
    push(client, kiosk.batch())
    assert noted(services) == [("S1", "days=40;first=4;last=4")]


def test_time_passing_at_the_server_shows_nothing(
    services: Services, client: FlaskClient, kiosk: Author, clock: ServerClock
) -> None:
    push(client, kiosk.batch())
    clock.now_ms += 400 * DAY_MS
    assert noted(services) == []


def test_a_kiosk_in_a_cupboard_is_not_silent(services: Services, client: FlaskClient) -> None:
    kiosk = make_author("cupboard")
    enrol_at(services, kiosk, "S1")
    kiosk.boot(START_MS)
    kiosk.contact(START_MS + HOUR_MS, services.signer.keys.identity)
    kiosk.boot(START_MS + 90 * DAY_MS)
    kiosk.contact(START_MS + 90 * DAY_MS + HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch())
    assert noted(services) == []


def test_a_contact_that_was_missing_takes_the_note_back(
    services: Services, client: FlaskClient, kiosk: Author
) -> None:
    kiosk.contact(NINE + 20 * DAY_MS, services.signer.keys.identity)
    kiosk.scan(NINE + 40 * DAY_MS, "V2")
    push(client, kiosk.batch(1, 4))
    push(client, kiosk.batch(7))
    assert noted(services) == [("S1", "days=40;first=4;last=7")]
    push(client, kiosk.batch(5, 6))
    assert noted(services) == []


def test_a_clock_that_a_contact_corrects_takes_the_note_back(
    services: Services, client: FlaskClient, kiosk: Author
) -> None:
    kiosk.boot(NINE + DAY_MS, skew_ms=400 * DAY_MS)
    kiosk.scan(NINE + DAY_MS + HOUR_MS, "V2")
    push(client, kiosk.batch())
    assert len(noted(services)) == 1
    kiosk.contact(NINE + DAY_MS + 2 * HOUR_MS, services.signer.keys.identity)
    push(client, kiosk.batch(7))
    assert noted(services) == []


def test_a_policy_of_the_site_says_how_long_is_too_long(
    services: Services, client: FlaskClient, kiosk: Author, tmp_path: Path
) -> None:
    kiosk.scan(NINE + 10 * DAY_MS, "V2")
    push(client, kiosk.batch())
    assert noted(services) == []
    import_text(services, tmp_path, "policies", "site,key,value\nS1,anchor_days,9\n")
    assert noted(services) == [("S1", "days=10;first=4;last=5")]


def test_each_branch_of_a_copied_kiosk_is_silent_by_itself(
    services: Services, client: FlaskClient, kiosk: Author
) -> None:
    copy = kiosk.copy()
    kiosk.contact(NINE + DAY_MS, services.signer.keys.identity)
    copy.scan(NINE + 31 * DAY_MS, "V2")
    push(client, kiosk.batch())
    push(client, copy.batch())
    assert noted(services) == [("S1", "days=31;first=4;last=5")]


def test_any_order_of_batches_notes_the_same(open_home: Open) -> None:
    answers = set()
    for number, order in enumerate(permutations(range(3))):
        services = open_home(f"home{number}")
        kiosk = begun(services)
        kiosk.scan(NINE + 40 * DAY_MS, "V2")
        kiosk.contact(NINE + 50 * DAY_MS, services.signer.keys.identity)
        client = create_app(services).test_client()
        for part in order:
            push(client, kiosk.batch(*((1, 3), (4, 5), (6, 7))[part]))
            derive(services)
        answers.add(tuple(noted(services)))
    assert answers == {(("S1", "days=50;first=4;last=5"),)}
