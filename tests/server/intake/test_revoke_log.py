"""A revoked log stands up to one entry; what lies above, or on another branch, is kept and held (A5), whatever the order."""

import json
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from server import create_app
from server.books.derive.rebuild import digest, rebuild
from server.books.hours import By, Span, read_hours
from server.books.verify.verify import verify
from server.cli import program
from server.intake.confirm import confirm
from server.intake.enrol import Wish as CodeWish
from server.intake.enrol import enrol, make_code
from server.intake.revoke_log import Wish, preview, revoke_log
from server.services import Services
from sync.errors import Refused
from sync.ids import genesis
from sync.succession import succeed_entry
from tests.server.books.world import derive, hours_json, meaning
from tests.server.builders import (
    HOUR_MS,
    START_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    post,
    problem_code,
    pull_wish,
    push,
)
from tests.server.conftest import Open

AT = START_MS + 8 * HOUR_MS
LOST = AT + 5 * HOUR_MS


def written(services: Services) -> Author:
    """A kiosk that was stolen five hours after it began: V1 stays before that, V2 comes before and goes after, V3 after."""
    author, identity = make_author("stolen"), services.signer.keys.identity
    author.boot(AT)
    author.contact(AT + 1_000, identity)
    author.scan(AT + 2_000, "V1")
    author.scan(AT + HOUR_MS, "V1", "out")
    author.scan(AT + 2 * HOUR_MS, "V2")
    author.contact(AT + 3 * HOUR_MS, identity)
    author.scan(AT + 6 * HOUR_MS, "V2", "out")
    author.scan(AT + 6 * HOUR_MS, "V3")
    author.scan(AT + 7 * HOUR_MS, "V3", "out")
    author.contact(AT + 40 * HOUR_MS, identity)
    return author


@pytest.fixture
def author(services: Services) -> Author:
    made = written(services)
    enrol_at(services, made, "S1", "P1")
    return made


def wish(author: Author, **values: Any) -> Wish:
    return Wish(**({"log": author.log, "lost_ms": LOST, "reason": "stolen"} | values))


def at(author: Author, seq: int) -> dict[str, Any]:
    return {"seq": seq, "hash": author.hashes[seq]}


def minutes(services: Services) -> dict[str, tuple[int, int]]:
    derive(services)
    with services.database.read() as connection:
        rows: list[Any] = read_hours(connection, By.VOLUNTEER, Span())
    return {row["volunteer"]: (row["minutes_credited"], row["minutes_held"]) for row in rows}


def complete(services: Services, who: str) -> object:
    derive(services)
    with services.database.read() as connection:
        rows: list[Any] = read_hours(connection, By.VOLUNTEER, Span())
    return {row["volunteer"]: row["complete"] for row in rows}[who]


def revoke(services: Services, author: Author, **values: Any) -> Any:
    return revoke_log(services.database, services.central, wish(author, **values))


@pytest.mark.both_databases
def test_it_stands_up_to_the_last_contact_before_the_loss(
    services: Services, client: FlaskClient, author: Author
) -> None:
    push(client, author.batch())
    assert minutes(services) == {"V1": (60, 0), "V2": (240, 0), "V3": (60, 0)}
    done = revoke(services, author)
    assert (done.seq, done.hash, done.already) == (7, author.hashes[7], False)
    assert (done.entries, done.scans, done.people, done.site) == (author.head - 7, 3, 2, "S1")
    assert minutes(services) == {"V1": (60, 0), "V2": (0, 0), "V3": (0, 60)}
    assert not verify(services.database, services.signer.keys, lambda *_: None).troubles


@pytest.mark.both_databases
def test_revoking_again_changes_nothing(
    services: Services, client: FlaskClient, author: Author
) -> None:
    push(client, author.batch())
    revoke(services, author)
    derive(services)
    before = hours_json(services), meaning(services), entries(services)
    for again in ({}, at(author, 7), {"lost_ms": AT}):
        assert revoke(services, author, **again).already
    derive(services)
    assert (hours_json(services), meaning(services), entries(services)) == before


def entries(services: Services) -> int:
    return verify(services.database, services.signer.keys, lambda *_: None).entries


def test_looking_changes_nothing(services: Services, client: FlaskClient, author: Author) -> None:
    push(client, author.batch())
    before = entries(services)
    assert preview(services.database, services.central, wish(author)).entries == author.head - 7
    assert entries(services) == before
    assert minutes(services)["V3"] == (60, 0)


@pytest.mark.both_databases
def test_before_or_after_the_entries_it_is_the_same(
    open_home: Open, template: Path, author: Author, services: Services
) -> None:
    """A fork, a gap that closes, and two revocations of which both hold: every order gives the same bytes."""
    other = author.copy()
    other.bodies = other.bodies[:5]
    other.scan(AT + 2 * HOUR_MS + 5, "V4")
    other.scan(AT + 4 * HOUR_MS, "V4", "out")
    other.contact(AT + 41 * HOUR_MS, services.signer.keys.identity)
    services.database.close()
    steps = {
        "head": author.batch(1, 4),
        "middle": author.batch(5, 8),
        "tail": author.batch(9),
        "branch": other.batch(6),
        "high": at(author, 9),
        "low": at(author, 7),
        "derive": None,
    }
    found, orders = set(), [list(order) for order in permutations(steps)]
    for number, order in enumerate(Random("orders").sample(orders, 12)):
        here = open_home(f"order-{number}", source=services.config.home)
        for step in order:
            play(here, author, steps[step])
        derive(here)
        found.add((hours_json(here), meaning(here)))
        with here.database.read() as connection:
            before = digest(connection)
        rebuild(here.database, here.signer.keys.identity_public, lambda *_: None)
        with here.database.read() as connection:
            assert digest(connection) == before, order
    assert len(found) == 1
    rows = json.loads(next(iter(found))[0])["volunteer"]
    assert {r["volunteer"]: (r["minutes_credited"], r["minutes_held"]) for r in rows} == {
        "V1": (60, 0),
        "V2": (0, 0),
        "V3": (0, 60),
        "V4": (0, 120),
    }


def play(services: Services, author: Author, step: Any) -> None:
    if isinstance(step, bytes):
        assert push(create_app(services).test_client(), step).status_code == 200
    elif step is None:
        derive(services)
    else:
        revoke(services, author, **step)


def test_nothing_stands_of_a_log_that_never_had_a_contact_before_the_loss(
    services: Services, client: FlaskClient, author: Author
) -> None:
    push(client, author.batch())
    done = revoke(services, author, lost_ms=AT)
    assert (done.seq, done.hash) == (0, genesis(author.public))
    assert minutes(services)["V1"] == (0, 60)
    assert complete(services, "V1") is True


@pytest.mark.both_databases
def test_it_is_waited_for_only_up_to_its_cut(
    services: Services, client: FlaskClient, author: Author
) -> None:
    push(client, author.batch(1, 4))
    push(client, author.batch(6, 8))
    revoke(services, author, **at(author, 7))
    assert complete(services, "V1") is False
    push(client, author.batch(5, 5))
    assert complete(services, "V1") is True
    push(client, author.batch(10))  # a gap above the cut is nobody's concern
    assert complete(services, "V1") is True


def test_a_fork_needs_its_branch_named(
    services: Services, client: FlaskClient, author: Author
) -> None:
    other = author.copy()
    author.scan(AT + 41 * HOUR_MS, "V5")
    other.scan(AT + 42 * HOUR_MS, "V6")
    for each in (author, other):
        push(client, each.batch())
    for values in ({}, {"seq": author.head}, {"seq": 99}):
        with pytest.raises(Refused) as refused:
            revoke(services, author, **values)
        assert refused.value.code == "not_found"
    assert revoke(services, author, **at(other, other.head)).entries == 1
    assert minutes(services)["V3"] == (60, 0)


@pytest.mark.parametrize("name", ["", "x", "'; --", "a" * 32 + "\n", "\ud800" * 32, "a" * 33])
def test_what_is_no_log_is_refused(services: Services, author: Author, name: str) -> None:
    for log in (name, services.signer.keys.central_log):
        with pytest.raises(Refused) as refused:
            revoke_log(services.database, services.central, Wish(log, LOST, "x", "", 1, bytes(32)))
        assert refused.value.code == "unknown_log"


def test_a_log_that_never_came_in_needs_its_entry_named(services: Services) -> None:
    stranger = written(services)
    with pytest.raises(Refused) as refused:
        revoke(services, stranger)
    assert refused.value.code == "unknown_log"
    assert revoke(services, stranger, **at(stranger, 3)).entries == 0


def test_its_kiosk_has_no_place_any_more_and_no_successor_of_it_has(
    services: Services, client: FlaskClient, author: Author, clock: ServerClock
) -> None:
    push(client, author.batch())
    new = make_author("next")
    new.boot(LOST)
    boot, mono_ms, lead_ms = new.stamp(LOST)
    head = (author.head, author.hashes[-1])
    new.add(succeed_entry(author.key, head, new.log, boot=boot, mono_ms=mono_ms, lead_ms=lead_ms))
    push(client, new.batch())
    revoke(services, author)
    for each in (author, new):
        said: Any = post(client, "hello", each.hello()).get_json()
        assert (said["enrolled"], said["site"], said["channels"]) == (False, None, [])
        assert problem_code(post(client, "pull", pull_wish(client, each))) == "not_enrolled"
        assert push(client, each.batch()).status_code == 200, "what it has is still taken in"
    assert post(client, "hello", author.hello()).get_json()["revoked"] is True
    assert post(client, "hello", new.hello()).get_json()["revoked"] is False
    with pytest.raises(Refused) as refused:
        confirm(services.database, services.central, author.log)
    assert refused.value.code == "log_revoked"
    with pytest.raises(Refused) as refused:
        confirm(services.database, services.central, new.log)
    assert refused.value.code == "not_enrolled"


def test_a_fresh_code_does_not_bring_it_back(services: Services, author: Author) -> None:
    revoke(services, author, seq=0)
    code = make_code(services.database, services.signer, "S1")
    again = CodeWish(author.public, author.log, code.id, "", code.secret)
    with pytest.raises(Refused) as refused:
        enrol(services.database, services.central, again, source="test")
    assert refused.value.code == "log_revoked"


def test_the_command(
    services: Services, client: FlaskClient, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(client, author.batch())
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))

    def run(*arguments: str) -> tuple[int, Any, str]:
        words = ["revoke", "log", author.log, "--reason", "被盗", *arguments, "--json"]
        ran = CliRunner().invoke(program, words)
        return ran.exit_code, json.loads(ran.stdout) if ran.stdout else None, ran.stderr

    lost = ("--lost-at", "1970-01-02T00:00")
    status, looked, _ = run(*lost, "--dry-run")
    assert (status, looked["seq"], looked["already"]) == (0, 0, False)
    status, done, said = run("--seq", "7")
    assert (status, done["seq"], done["hash"]) == (0, 7, author.hashes[7].hex())
    assert "3 次扫码 scans, 2 人 people" in said
    status, again, _ = run()
    assert (status, again["already"], again["seq"]) == (0, True, 7)
    for wrong in (("--lost-at", "2999-01-01T00:00"), ("--lost-at", "x"), ("--hash", "00")):
        assert run(*wrong)[0] == 2
    assert run("--seq", "500")[:2][0] == 5
