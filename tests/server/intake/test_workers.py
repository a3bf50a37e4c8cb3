"""Several web processes on one PostgreSQL: each has services of its own, and they meet in the database alone."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.books.derive.drain import drain
from server.books.verify.verify import verify
from server.central import Central
from server.intake.enrol import make_code
from server.models.log import Log, LogEntry, PersonQueue
from server.services import Services, open_services
from server.setup import set_up
from tests.postgresql.homes import PostgresqlHomes
from tests.server.builders import ServerClock, client_of, enrol_at, make_author, post, push, written
from tests.server.conftest import import_text

WORKERS = 3


@pytest.fixture
def workers(
    postgresql_homes: PostgresqlHomes, template: Path, tmp_path: Path
) -> Iterator[list[Services]]:
    """The services of three processes on one database."""
    config = postgresql_homes.copy(template, tmp_path / "home")
    opened = [open_services(config, ServerClock().clock()) for _ in range(WORKERS)]
    yield opened
    for services in opened:
        services.database.close()


def at_once(workers: list[Services], work: Callable[[Services, int], object]) -> list[object]:
    """Do this in all workers at the same moment, and give what came of it."""
    found: list[object] = []
    start = threading.Barrier(len(workers))

    def one(services: Services, number: int) -> None:
        start.wait(30)
        try:
            found.append(work(services, number))
        except Exception as error:
            found.append(error)
            raise

    threads = [
        threading.Thread(target=one, args=pair) for pair in zip(workers, range(9), strict=False)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def troubles(services: Services) -> list[object]:
    return list(verify(services.database, services.signer.keys, lambda *_: None).troubles)


def test_one_log_pushed_to_all_is_one_log(workers: list[Services]) -> None:
    author = written("one", 90)

    def send(services: Services, number: int) -> list[int]:
        client = client_of(services)
        parts = [author.batch(first, first + 8) for first in range(1, 82, 4)]
        return [push(client, wire).status_code for wire in parts[number:] + parts[:number]]

    found = at_once(workers, send)
    assert found == [[200] * 21] * WORKERS
    with workers[0].database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Log)) == 2
        held = connection.scalars(
            select(LogEntry.body).join(Log, Log.id == LogEntry.log).where(Log.name == author.log)
        ).all()
    assert sorted(held) == sorted(author.bodies[:89])
    assert troubles(workers[0]) == []


def test_the_same_rubbish_to_all_is_set_aside_once(workers: list[Services]) -> None:
    found = at_once(workers, lambda s, _: push(client_of(s), b"rubbish").status_code)
    assert found == [422] * WORKERS


def test_one_code_used_by_all_at_once_is_used_by_one(workers: list[Services]) -> None:
    code = make_code(workers[0].database, workers[0].signer, "S1")

    def use(services: Services, number: int) -> int:
        wish = make_author(f"k{number}").wish(code, services.signer.keys.seal_public)
        return post(client_of(services), "enrol", wish).status_code

    assert sorted(at_once(workers, use), key=str) == [200, 409, 409]
    assert troubles(workers[0]) == []


def test_imports_at_once_queue_people_in_the_order_of_their_commits(
    workers: list[Services], tmp_path: Path
) -> None:
    def bring(services: Services, number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        for turn in range(5):
            import_text(services, folder, "volunteers", f"number,name\nW{number}-{turn},新\n")

    assert at_once(workers, bring) == [None] * WORKERS
    with workers[0].database.read() as connection:
        queued = connection.scalars(select(PersonQueue.who).order_by(PersonQueue.id)).all()
    assert {who for who in queued if who.startswith("W")} == {
        f"W{number}-{turn}" for number in range(WORKERS) for turn in range(5)
    }
    assert troubles(workers[0]) == []


def test_central_entries_of_all_are_one_chain(workers: list[Services]) -> None:
    def write(services: Services, number: int) -> None:
        central: Central = services.central
        for turn in range(10):
            with services.database.write_facts() as connection:
                central.record_change(connection, "sites", turn + number, bytes(32))

    at_once(workers, write)
    assert troubles(workers[0]) == []


def test_deriving_in_all_at_once_derives_everything_once(workers: list[Services]) -> None:
    author = written("one", 40)
    enrol_at(workers[0], author, "S1")
    assert push(client_of(workers[0]), author.batch()).status_code == 200

    def derive(services: Services, _number: int) -> tuple[int, int]:
        done = drain(services.database, services.signer.keys.identity_public)
        return done.logs, done.people

    found = at_once(workers, derive)
    assert sorted(found, key=str)[: WORKERS - 1] == [(0, 0)] * (WORKERS - 1)
    assert max(logs for logs, _ in found if isinstance(logs, int)) == 1  # type: ignore[misc]


def test_setting_up_in_all_at_once_makes_one_server(
    postgresql_homes: PostgresqlHomes, tmp_path: Path
) -> None:
    from server.config import Config

    config = Config(tmp_path / "home", postgresql_homes.empty())
    set_up(config, ServerClock().clock())
    again = [open_services(config, ServerClock().clock()) for _ in range(2)]
    found = at_once(again, lambda s, _: set_up(s.config, ServerClock().clock()).password)
    assert found == ["", ""]
    assert troubles(again[0]) == []
    for services in again:
        services.database.close()
