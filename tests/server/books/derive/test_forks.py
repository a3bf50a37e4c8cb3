"""Forks at the centre: both branches count, in whatever order they come (A2, I5)."""

from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from server import create_app
from server.services import Services
from tests.server.books.world import derive, hours_json, meaning
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
from tests.server.conftest import Open

pytestmark = pytest.mark.both_databases


@pytest.fixture
def forked(open_home: Open) -> tuple[Path, Author, Author]:
    """A home, and a kiosk that was cloned on Monday: one goes on at once, the other on Thursday, under its own clock."""
    services = open_home("enrolled")
    one = make_author("forked")
    enrol_at(services, one, "S1")
    identity = services.signer.keys.identity
    one.boot(START_MS + 8 * HOUR_MS)
    one.contact(START_MS + 8 * HOUR_MS + 1_000, identity)
    other = one.copy()
    for branch, start in ((one, START_MS + 9 * HOUR_MS), (other, START_MS + 3 * DAY_MS)):
        branch.boot(start, skew_ms=start % DAY_MS)
        branch.scan(start + 1_000, "V1")
        branch.scan(start + HOUR_MS, "V1", "out")
        branch.scan(start + 2 * HOUR_MS, "V2")
        branch.scan(start + 3 * HOUR_MS, "V2", "out")
        branch.contact(start + DAY_MS + 12 * HOUR_MS, identity)
    services.database.close()
    return services.config.home, one, other


def pieces(one: Author, other: Author, lost: int) -> list[bytes]:
    """Each branch before and after the seq that never arrives."""
    return [
        *(branch.batch(4, lost - 1) for branch in (one, other)),
        *(branch.batch(lost + 1) for branch in (one, other)),
    ]


@pytest.mark.parametrize("lost", [5, 6, 7, 8])
def test_a_gap_in_both_branches_opens_the_same_days_in_any_order(
    open_home: Open, forked: tuple[Path, Author, Author], lost: int
) -> None:
    home, one, other = forked
    found = set()
    orders = Random(lost).sample(list(permutations(pieces(one, other, lost))), 10)
    for number, order in enumerate(orders):
        services = open_home(f"{lost}-{number}", source=home, clock=ServerClock())
        client = create_app(services).test_client()
        push(client, one.batch(1, 3))
        for wire in order:
            assert push(client, wire).status_code == 200
            if number % 2:
                derive(services)
        derive(services)
        found.add((hours_json(services), meaning(services)))
        services.database.close()
    assert len(found) == 1
    (figures,) = {line for line in found.pop()[1].splitlines() if "'A3'" in line}
    assert f"first={lost}" in figures


def test_both_branches_count_and_the_kiosk_is_flagged(
    open_home: Open, forked: tuple[Path, Author, Author]
) -> None:
    home, one, other = forked
    services: Services = open_home(source=home)
    client = create_app(services).test_client()
    for branch in (one, other):
        assert push(client, branch.batch()).status_code == 200
    derive(services)
    with services.database.read() as connection:
        minutes = connection.execute(text("SELECT who, credited, held FROM derived.record")).all()
        about = connection.execute(text("SELECT about, severity FROM derived.finding")).all()
    assert sorted((who, credited) for who, credited, _ in minutes) == [
        ("V1", 60), ("V1", 60), ("V2", 60), ("V2", 60),
    ]  # fmt: skip
    assert (one.log, "alarm") in {tuple(row) for row in about}


def test_a_branch_without_a_contact_never_runs_back_behind_the_trunk_that_another_dates(
    open_home: Open,
) -> None:
    """Both clocks had lost the date; the contact of the boot that both began with stands on one branch."""
    services = open_home()
    one = make_author("no battery")
    enrol_at(services, one, "S1")
    one.boot(START_MS + 8 * HOUR_MS, skew_ms=-START_MS)
    one.scan(START_MS + 9 * HOUR_MS, "V1")
    other = one.copy()
    one.contact(START_MS + 10 * HOUR_MS, services.signer.keys.identity)
    other.boot(START_MS + 11 * HOUR_MS, skew_ms=-START_MS)
    other.scan(START_MS + 12 * HOUR_MS, "V1", "out")
    client = create_app(services).test_client()
    for branch in (one, other):
        assert push(client, branch.batch()).status_code == 200
    derive(services)
    with services.database.read() as connection:
        ((in_ms, out_ms),) = connection.execute(text("SELECT in_ms, out_ms FROM derived.record"))
    assert START_MS + 9 * HOUR_MS <= in_ms <= out_ms
    assert "'B5'" not in meaning(services)
    assert "'C2'" in meaning(services)
