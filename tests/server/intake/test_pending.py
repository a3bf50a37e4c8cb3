"""A log that succeeds an enrolled one waits for a person; confirmed, it counts as if it had been enrolled from the start (I5)."""

import gzip
import json
from itertools import permutations
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from schemas.entry import Succeed
from server import create_app
from server.books.derive.rebuild import digest, rebuild
from server.books.hours import By, Span, read_hours
from server.books.verify.verify import verify
from server.cli import program
from server.intake.confirm import confirm, pending
from server.intake.enrol import Wish, enrol, make_code
from server.intake.place import PREDECESSORS_MAX, place_of
from server.services import Services
from sync.errors import Refused
from sync.ids import EntryHash
from sync.succession import succeed_entry
from tests.server.books.world import derive, hours_json, meaning
from tests.server.builders import (
    HOUR_MS,
    START_MS,
    Author,
    enrol_at,
    make_author,
    post,
    problem_code,
    pull_wish,
    push,
)
from tests.server.conftest import Open

AT = START_MS + 9 * HOUR_MS


def begin(author: Author, old: Author, at_ms: int = AT) -> Author:
    """Write what a successor begins with."""
    author.boot(at_ms)
    boot, mono_ms, lead_ms = author.stamp(at_ms)
    head = (old.head, old.hashes[-1])
    author.add(
        succeed_entry(old.key, head, author.log, boot=boot, mono_ms=mono_ms, lead_ms=lead_ms)
    )
    return author


@pytest.fixture
def old(services: Services) -> Author:
    """An enrolled kiosk: V1 came and V2 came and went, before it was restored."""
    author = make_author("old")
    enrol_at(services, author, "S1", "P1")
    author.boot(START_MS + 8 * HOUR_MS)
    author.contact(START_MS + 8 * HOUR_MS + 1_000, services.signer.keys.identity)
    author.scan(START_MS + 8 * HOUR_MS + 2_000, "V1")
    author.scan(START_MS + 8 * HOUR_MS + 3_000, "V2")
    author.scan(AT - 1_000, "V2", "out")
    return author


@pytest.fixture
def new(services: Services, old: Author) -> Author:
    """Its successor: V1 goes, V3 comes and goes."""
    author = begin(make_author("new"), old)
    author.contact(AT + 1_000, services.signer.keys.identity)
    author.scan(AT + HOUR_MS, "V1", "out")
    author.scan(AT + HOUR_MS, "V3")
    author.scan(AT + 2 * HOUR_MS, "V3", "out")
    author.contact(AT + 40 * HOUR_MS, services.signer.keys.identity)
    return author


def minutes(services: Services) -> dict[str, tuple[int, int]]:
    """Who has how many minutes credited and held, once all is derived."""
    derive(services)
    with services.database.read() as connection:
        rows: list[Any] = read_hours(connection, By.VOLUNTEER, Span())
    return {row["volunteer"]: (row["minutes_credited"], row["minutes_held"]) for row in rows}


def figures(services: Services) -> str:
    """All that staff see, and one hash over all that was derived."""
    derive(services)
    with services.database.read() as connection:
        rows = {by.value: read_hours(connection, by, Span()) for by in By}
        return json.dumps(rows, ensure_ascii=False) + digest(connection)


def accept(client: FlaskClient, *authors: Author) -> None:
    for author in authors:
        assert push(client, author.batch()).status_code == 200


def hello(client: FlaskClient, author: Author) -> dict[str, Any]:
    found: dict[str, Any] = post(client, "hello", author.hello()).get_json()
    return found


def test_the_hours_of_a_pending_log_are_held(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    accept(client, old, new)
    assert minutes(services) == {"V1": (0, 0), "V2": (59, 0), "V3": (0, 60)}


@pytest.mark.both_databases
def test_confirmed_it_counts_as_if_enrolled_from_the_start(
    open_home: Open, services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    accept(client, old, new)
    minutes(services)
    confirm(services.database, services.central, new.log)
    assert minutes(services) == {"V1": (120, 0), "V2": (59, 0), "V3": (60, 0)}
    other = open_home("from-the-start")
    for author in (old, new):
        enrol_at(other, author, "S1", "P1")
    accept(create_app(other).test_client(), old, new)
    derive(other)
    assert (hours_json(services), meaning(services)) == (hours_json(other), meaning(other))


@pytest.mark.parametrize("order", list(permutations(("old", "new", "confirm", "derive"))))
def test_any_order_gives_the_same(
    order: tuple[str, ...], services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    """Freeing loses nothing and counts once; the incremental path gives what a rebuild gives."""
    steps = {
        "old": lambda: accept(client, old),
        "new": lambda: accept(client, new),
        "confirm": lambda: _try_to_confirm(services, new.log),
        "derive": lambda: derive(services),
    }
    for step in order:
        steps[step]()
    _try_to_confirm(services, new.log)
    before = figures(services)
    assert minutes(services) == {"V1": (120, 0), "V2": (59, 0), "V3": (60, 0)}
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert figures(services) == before


def _try_to_confirm(services: Services, log: str) -> None:
    try:
        confirm(services.database, services.central, log)
    except Refused as refused:
        assert refused.code == "unknown_log"


def test_confirming_again_changes_nothing(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    accept(client, old, new)
    first = confirm(services.database, services.central, new.log)
    assert (first.site, first.post, first.already) == ("S1", "P1", False)
    before = figures(services)
    again = confirm(services.database, services.central, new.log)
    assert (again.site, again.post, again.already) == ("S1", "P1", True)
    assert confirm(services.database, services.central, old.log).already
    assert figures(services) == before


def test_it_is_enrolled_from_its_first_contact_on_and_the_facts_verify(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    accept(client, old, new)
    confirm(services.database, services.central, new.log)
    with services.database.read() as connection:
        since = connection.scalar(
            text("SELECT from_ms FROM enrolment WHERE log = :log"), {"log": new.log}
        )
    assert since == AT + 1_000
    assert not verify(services.database, services.signer.keys, lambda *_: None).troubles


@pytest.mark.both_databases
def test_a_pending_kiosk_gets_the_view_of_its_predecessor(
    client: FlaskClient, services: Services, old: Author, new: Author
) -> None:
    accept(client, old, new)
    said, theirs = hello(client, new), hello(client, old)
    assert (said["enrolled"], said["site"], said["post"]) == (False, "S1", "P1")
    assert said["channels"] == theirs["channels"] != []
    shown = post(client, "pull", pull_wish(client, new))
    assert shown.status_code == 200
    assert b"badge_key" in gzip.decompress(shown.data)
    confirm(services.database, services.central, new.log)
    assert hello(client, new)["enrolled"] is True


def test_a_successor_of_a_successor_is_pending_too(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    third = begin(make_author("third"), new, AT + 50 * HOUR_MS)
    accept(client, third, new, old)
    assert (hello(client, third)["enrolled"], hello(client, third)["site"]) == (False, "S1")
    confirm(services.database, services.central, third.log)
    assert hello(client, third)["enrolled"] is True
    assert hello(client, new)["enrolled"] is False


def test_a_row_of_successors_without_end_is_no_place(
    services: Services, client: FlaskClient, old: Author
) -> None:
    row = [old]
    for number in range(PREDECESSORS_MAX + 1):
        row.append(begin(make_author(f"row-{number}"), row[-1]))
    accept(client, *row)
    with services.database.read() as connection:
        assert place_of(connection, row[PREDECESSORS_MAX].log) is not None
        assert place_of(connection, row[PREDECESSORS_MAX + 1].log) is None


def stranger_signed(old: Author, stranger: Author) -> Succeed:
    """What someone writes who knows a kiosk's name and head, from a slip, but has not its key."""
    boot, mono_ms, lead_ms = stranger.stamp(AT)
    head = (old.head, EntryHash(old.hashes[-1]))
    real = succeed_entry(
        stranger.key, head, stranger.log, boot=boot, mono_ms=mono_ms, lead_ms=lead_ms
    )
    return Succeed(boot, mono_ms, lead_ms, old.log, *head, real.signature)


def test_who_lacks_the_key_of_the_predecessor_is_a_stranger(
    services: Services, client: FlaskClient, old: Author
) -> None:
    stranger = make_author("stranger")
    stranger.boot(AT)
    stranger.add(stranger_signed(old, stranger))
    accept(client, old, stranger)
    said = hello(client, stranger)
    assert (said["enrolled"], said["site"], said["channels"]) == (False, None, [])
    assert problem_code(post(client, "pull", pull_wish(client, stranger))) == "not_enrolled"
    with pytest.raises(Refused) as refused:
        confirm(services.database, services.central, stranger.log)
    assert refused.value.code == "not_enrolled"


def test_a_log_that_succeeds_none_needs_a_site(services: Services, client: FlaskClient) -> None:
    lone = make_author("lone")
    lone.boot(AT)
    lone.contact(AT + 500, services.signer.keys.identity)
    lone.scan(AT + 1_000, "V1")
    lone.scan(AT + HOUR_MS + 1_000, "V1", "out")
    accept(client, lone)
    assert minutes(services) == {"V1": (0, 60)}
    for site, code in (("", "not_enrolled"), ("S9", "not_found"), ("\ud800", "not_found")):
        with pytest.raises(Refused) as refused:
            confirm(services.database, services.central, lone.log, site=site)
        assert refused.value.code == code
    assert confirm(services.database, services.central, lone.log, site="S2").site == "S2"
    assert minutes(services) == {"V1": (60, 0)}


def test_an_unknown_log_and_the_central_one_cannot_be_confirmed(services: Services) -> None:
    hostile = ("", "‮", "\ud800", "'; --", "x" * 5_000, "a" * 32 + "\n")
    for name in ("a" * 32, services.signer.keys.central_log, *hostile):
        with pytest.raises(Refused) as refused:
            confirm(services.database, services.central, name, site="S1")
        assert refused.value.code == "unknown_log"


def test_a_fresh_code_enrols_a_pending_log(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    accept(client, old, new)
    assert minutes(services)["V3"] == (0, 60)
    code = make_code(services.database, services.signer, "S1")
    wish = Wish(new.public, new.log, code.id, "", code.secret)
    enrol(services.database, services.central, wish, source="test")
    assert minutes(services) == {"V1": (120, 0), "V2": (59, 0), "V3": (60, 0)}


@pytest.mark.both_databases
def test_those_that_wait_are_listed(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    accept(client, old, new, written_by_nobody())
    with services.database.read() as connection:
        (found,) = pending(connection)
    assert (found.log, found.succeeds, found.site, found.post) == (new.log, old.log, "S1", "P1")
    assert found.entries == new.head
    confirm(services.database, services.central, new.log)
    with services.database.read() as connection:
        assert pending(connection) == []


def written_by_nobody() -> Author:
    """A log that succeeds none."""
    author = make_author("nobody")
    author.boot(AT)
    author.boot(AT)
    return author


def test_the_command(
    services: Services,
    client: FlaskClient,
    old: Author,
    new: Author,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept(client, old, new)
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))

    def run(*arguments: str) -> tuple[int, Any]:
        ran = CliRunner().invoke(program, ["confirm", *arguments, "--json"])
        return ran.exit_code, json.loads(ran.stdout)

    status, data = run()
    assert (status, [row["log"] for row in data]) == (0, [new.log])
    status, data = run("a" * 32)
    assert (status, data["error"]["code"]) == (5, "unknown_log")
    assert run(new.log) == (0, {"log": new.log, "site": "S1", "post": "P1", "already": False})
    assert run(new.log) == (0, {"log": new.log, "site": "S1", "post": "P1", "already": True})
    assert run() == (0, [])


def is_complete(services: Services, who: str) -> object:
    """Whether all is in that concerns somebody."""
    derive(services)
    with services.database.read() as connection:
        rows: list[Any] = read_hours(connection, By.VOLUNTEER, Span())
    return {row["volunteer"]: row["complete"] for row in rows}[who]


def test_a_log_that_ended_waits_for_no_frontier_and_a_pending_one_keeps_its_dates_open(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    accept(client, old, new)
    assert is_complete(services, "V2") is False
    confirm(services.database, services.central, new.log)
    assert is_complete(services, "V2") is True


@pytest.mark.both_databases
def test_a_log_that_is_not_held_to_its_end_is_still_out(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    assert push(client, old.batch(1, old.head - 1)).status_code == 200
    accept(client, new)
    confirm(services.database, services.central, new.log)
    assert is_complete(services, "V1") is False
    accept(client, old)
    assert is_complete(services, "V1") is True


@pytest.mark.both_databases
def test_a_branch_that_no_successor_ended_is_still_out(
    services: Services, client: FlaskClient, old: Author, new: Author
) -> None:
    copied = old.copy()
    copied.scan(AT, "V4")
    accept(client, old, copied, new)
    confirm(services.database, services.central, new.log)
    assert is_complete(services, "V2") is False
    other = begin(make_author("other"), copied)
    other.contact(AT + 40 * HOUR_MS, services.signer.keys.identity)
    accept(client, other)
    confirm(services.database, services.central, other.log)
    assert is_complete(services, "V2") is True


def test_a_pending_log_leaves_the_dates_before_it_alone(
    services: Services, client: FlaskClient, old: Author
) -> None:
    late = begin(make_author("late"), old, AT + 48 * HOUR_MS)
    late.contact(AT + 48 * HOUR_MS, services.signer.keys.identity)
    other = make_author("beside")
    enrol_at(services, other, "S1")
    other.boot(START_MS)
    other.contact(AT + 40 * HOUR_MS, services.signer.keys.identity)
    accept(client, old, late, other)
    assert is_complete(services, "V2") is True
