"""The ingest door: what comes is kept once, whole, as it came; what cannot be taken is kept raw and said."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import msgspec
import pytest
import sqlcipher3.dbapi2 as sqlite
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, select, text
from werkzeug.test import TestResponse

from server import create_app
from server.intake import ingest
from server.models.log import Log, LogEntry, LogRange, SetAside
from server.services import Services
from sync import receipt, statement
from sync.canonical import encode
from sync.gzip import deflate, inflate
from tests.server.builders import (
    HOUR_MS,
    START_MS,
    Author,
    enrol_at,
    make_author,
    post,
    problem_code,
    push,
    written,
)

pytestmark = pytest.mark.both_databases

FACTS = ("log", "log_entry", "log_range", "head_signature", "set_aside", "enrolment")


def facts(services: Services) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the doors write."""
    with services.database.read() as connection:
        return {
            table: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {table}"))), key=repr)  # noqa: S608
            for table in FACTS
        }


def held(services: Services, author: Author) -> list[tuple[int, bytes]]:
    """The entries held of a log as (seq, body)."""
    query = select(LogEntry.seq, LogEntry.body).join(Log, Log.id == LogEntry.log)
    with services.database.read() as connection:
        rows = connection.execute(query.where(Log.name == author.log).order_by(LogEntry.seq))
        return [(seq, bytes(body)) for seq, body in rows]


def ranges(client: FlaskClient, author: Author) -> list[tuple[int, int]]:
    """What a hello shows as held."""
    answer = post(client, "hello", author.hello()).get_json()
    return [(r["first"], r["last"]) for r in answer["ranges"]]


def as_written(author: Author) -> list[tuple[int, bytes]]:
    return list(enumerate(author.bodies, 1))


def assert_receipt(services: Services, answer: TestResponse, author: Author, last: int) -> None:
    assert answer.status_code == 200, answer.get_data()
    said = answer.get_json()["receipt"]
    proof = receipt.verify(
        said["statement"],
        bytes.fromhex(said["signature"]),
        server_key=services.signer.keys.identity_public,
        log=author.log,
    )
    assert (proof.last, proof.hash) == (last, author.hashes[last])
    assert proof.epoch == services.signer.epoch
    assert set(range(proof.first, proof.last + 1)) <= {seq for seq, _ in held(services, author)}


def raw_batches(services: Services) -> list[tuple[str, bytes]]:
    with services.database.read() as connection:
        return [(code, bytes(raw)) for code, raw in connection.execute(_RAW)]


_RAW = select(SetAside.code, SetAside.raw).order_by(SetAside.id)


def test_a_replayed_batch_changes_nothing(services: Services, client: FlaskClient) -> None:
    author = written("replay")
    enrol_at(services, author, "S1")
    assert_receipt(services, push(client, author.batch()), author, author.head)
    before = facts(services)
    for _ in range(5):
        assert_receipt(services, push(client, author.batch()), author, author.head)
    assert facts(services) == before
    assert held(services, author) == as_written(author)


def test_sixteen_threads_that_push_the_same_are_as_one(services: Services) -> None:
    author, app = written("together", 40), create_app(services)
    parts = [author.batch(1, 20), author.batch(11, 30), author.batch(21), author.batch()]
    answers: list[int] = []

    def hammer(seed: int) -> None:
        chance = Random(seed)
        shuffled = chance.sample(parts, len(parts))
        answers.extend(push(app.test_client(), wire).status_code for wire in shuffled)

    threads = [threading.Thread(target=hammer, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 64
    assert held(services, author) == as_written(author)
    assert ranges(app.test_client(), author) == [(1, author.head)]


def test_overlapping_batches_meet(services: Services, client: FlaskClient) -> None:
    author = written("overlap", 9)
    for first, last in ((4, 7), (1, 5), (3, 9), (6, 10), (1, 10)):
        assert_receipt(services, push(client, author.batch(first, last)), author, last)
    assert held(services, author) == as_written(author)
    assert ranges(client, author) == [(1, 10)]


@pytest.mark.parametrize("seed", range(8))
def test_batches_in_any_order_and_split_are_one_log(
    services: Services, client: FlaskClient, seed: int
) -> None:
    author, chance = written("any", 30), Random(seed)
    runs = []
    for _ in range(25):
        first = chance.randrange(1, author.head + 1)
        runs.append((first, chance.randrange(first, author.head + 1)))
    covered: set[int] = set()
    for first, last in runs:
        assert push(client, author.batch(first, last)).status_code == 200
        covered |= set(range(first, last + 1))
        assert [seq for seq, _ in held(services, author)] == sorted(covered)
        shown = {seq for a, b in ranges(client, author) for seq in range(a, b + 1)}
        assert shown == covered
    assert push(client, author.batch()).status_code == 200
    assert held(services, author) == as_written(author)
    assert ranges(client, author) == [(1, author.head)]


def test_gaps_are_accepted_shown_and_filled(services: Services, client: FlaskClient) -> None:
    author = written("gaps", 20)
    push(client, author.batch(1, 4))
    push(client, author.batch(15, 18))
    push(client, author.batch(8, 9))
    assert ranges(client, author) == [(1, 4), (8, 9), (15, 18)]
    push(client, author.batch(5, 7))
    assert ranges(client, author) == [(1, 9), (15, 18)]
    push(client, author.batch(8, 21))
    assert ranges(client, author) == [(1, 21)]
    assert held(services, author) == as_written(author)


def test_a_fork_keeps_both_branches(services: Services, client: FlaskClient) -> None:
    one = written("fork", 6)
    other = one.copy()
    one.scan(START_MS + HOUR_MS, "V2")
    one.scan(START_MS + HOUR_MS + 1, "V3")
    other.scan(START_MS + 2 * HOUR_MS, "V4")
    for wire in (one.batch(), other.batch(), one.batch(), other.batch(other.head)):
        assert push(client, wire).status_code == 200
    expected = sorted({*as_written(one), *as_written(other)})
    assert sorted(held(services, one)) == expected
    shown = post(client, "hello", one.hello()).get_json()["ranges"]
    heads = {(r["last"], r["hash"]) for r in shown}
    assert heads == {(one.head, one.hashes[-1].hex()), (other.head, other.hashes[-1].hex())}


@pytest.mark.parametrize("seed", range(4))
def test_three_branches_survive_any_order(
    services: Services, client: FlaskClient, seed: int
) -> None:
    chance = Random(seed)
    trunk = written("three", 5)
    branches = [trunk, trunk.copy(), trunk.copy()]
    branches[2].bodies = branches[2].bodies[:3]
    for number, branch in enumerate(branches):
        for step in range(4):
            branch.scan(START_MS + (10 + number) * HOUR_MS + step, f"V{number + 1}")
    wires = [
        b.batch(first, min(first + size, b.head))
        for b in branches
        for size in (1, 3)
        for first in range(1, b.head + 1, size + 1)
    ] * 2
    chance.shuffle(wires)
    for wire in wires:
        assert push(client, wire).status_code == 200
    expected = sorted({pair for b in branches for pair in as_written(b)})
    assert sorted(held(services, trunk)) == expected
    with services.database.read() as connection:
        total = connection.scalar(
            select(func.sum(LogRange.last - LogRange.first + 1)).where(_KIOSK)
        )
    assert total == len(expected)


_KIOSK = LogRange.log.in_(select(Log.id).where(Log.kind == "kiosk"))


def forged(author: Author, **changes: object) -> bytes:
    """Give a batch with some of its seven fields replaced."""
    names = ("name", "form", "key", "first", "previous", "bodies", "signature")
    fields = dict(zip(names, msgspec.msgpack.decode(inflate(author.batch(), 2**21)), strict=True))
    return deflate(msgspec.msgpack.encode(list((fields | changes).values())))


def test_what_proves_nothing_is_set_aside_once_with_its_reason(
    services: Services, client: FlaskClient
) -> None:
    author, other = written("proof"), written("other")
    cases = {
        "bad_signature": [
            forged(author, signature=bytes(64)),
            forged(author, key=other.public, previous=other.hashes[0]),
            forged(author, bodies=author.bodies[:-1]),
            forged(author, bodies=[*author.bodies[:-1], author.bodies[0]]),
            forged(author, signature=b""),
        ],
        "bad_sequence": [
            forged(author, previous=bytes(32)),
            forged(author, first=0),
            forged(author, first=-1),
            forged(author, first=2**53 - 1),
        ],
        "malformed": [
            forged(author, bodies=[]),
            forged(author, key=b"short"),
            forged(author, form=2),
            forged(author, name="bundle"),
            deflate(b"\xc0"),
            deflate(b""),
        ],
        "not_gzip": [b"", b"RV1:", author.batch()[:-3], author.batch() + b"\0", author.batch() * 2],
        "too_many_entries": [forged(author, bodies=[b"x"] * 1_001)],
        "entry_too_large": [forged(author, bodies=[b"x" * 2_049])],
        "too_large": [deflate(bytes(2**21 + 1))],
        "not_canonical": [deflate(inflate(author.batch(), 2**21).replace(b"\x01", b"\xcc\x01", 1))],
    }
    expected = []
    for code, wires in cases.items():
        for wire in wires:
            for _ in range(2):
                answer = push(client, wire)
                assert answer.status_code == 422
                assert problem_code(answer) == code
                assert answer.get_json(force=True)["kept"] is True
            expected.append((code, wire))
    assert raw_batches(services) == expected
    assert held(services, author) == []
    assert_receipt(services, push(client, author.batch()), author, author.head)


def test_a_batch_of_another_key_that_claims_this_log_never_reaches_it(
    services: Services, client: FlaskClient
) -> None:
    author, thief = written("owner"), written("thief")
    push(client, author.batch())
    thief.bodies = [*author.bodies, thief.bodies[1]]
    assert push(client, thief.batch()).status_code == 200  # a log of its own, of nobody
    assert held(services, author) == as_written(author)


STRANGE = {
    "unknown kind": msgspec.msgpack.encode(["weigh", b"12345678", 1, 2, "kg"]),
    "not canonical": b"\xdc\x00\x01\xa4boot",
    "broken": b"\xff\xfe\x00garbage",
    "empty": b"",
    "deep": b"\x91" * 2_000 + b"\xc0",
    "bad field": msgspec.msgpack.encode(["boot", b"short", 1, 2, "v", "boottime"]),
    "map": msgspec.msgpack.encode({"kind": "scan"}),
    "float": msgspec.msgpack.encode(["boot", b"12345678", 1.5, 2, "v", "boottime"]),
    "surrogate": b"\x92\xa4boot\xa3\xed\xa0\x80",
    "largest": b"\xc4" * 2_048,
}


@pytest.mark.parametrize("what", STRANGE)
def test_a_strange_entry_is_kept_raw_and_the_rest_counts(
    services: Services, client: FlaskClient, what: str
) -> None:
    from server.books.derive.drain import drain
    from server.books.hours import By, Span, read_hours

    author = make_author("strange")
    enrol_at(services, author, "S1")
    author.boot(START_MS)
    author.scan(START_MS + HOUR_MS, "V1", "in")
    author.add(STRANGE[what])
    author.scan(START_MS + 3 * HOUR_MS, "V1", "out")
    author.contact(START_MS + 4 * HOUR_MS, services.signer.keys.identity)
    assert_receipt(services, push(client, author.batch()), author, author.head)
    assert held(services, author) == as_written(author)
    assert raw_batches(services) == []
    drain(services.database, services.signer.keys.identity_public)
    with services.database.read() as connection:
        (row,) = read_hours(connection, By.VOLUNTEER, Span())
    assert (row["volunteer"], row["minutes_credited"], row["minutes_held"]) == ("V1", 120, 0)


def test_fields_that_a_newer_kiosk_adds_survive_byte_for_byte(
    services: Services, client: FlaskClient
) -> None:
    from server.books.derive.drain import drain

    author = make_author("newer")
    enrol_at(services, author, "S1")
    author.boot(START_MS)
    plain = encode(author.make_scan(START_MS + HOUR_MS, "V9"))
    fields = msgspec.msgpack.decode(plain)
    newer = msgspec.msgpack.encode([*fields, "体温", 366, [b"\x00"]])
    author.add(newer)
    assert push(client, author.batch()).status_code == 200
    assert held(services, author)[1] == (2, newer)
    drain(services.database, services.signer.keys.identity_public)
    with services.database.read() as connection:
        who = connection.execute(text("SELECT who FROM derived.record")).scalars().all()
    assert who == ["V9"]


def test_logs_that_nobody_enrolled_have_a_quota(
    services: Services, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "LOGS_UNKNOWN_MAX", 3)
    for number in range(3):
        assert push(client, written(f"stranger {number}").batch()).status_code == 200
    late = written("one too many")
    for answer in (push(client, late.batch()), post(client, "hello", late.hello())):
        assert (answer.status_code, problem_code(answer)) == (429, "quota")
        assert int(answer.headers["Retry-After"]) > 0
    assert raw_batches(services) == []
    enrol_at(services, late, "S1")
    assert push(client, late.batch()).status_code == 200
    assert push(client, written("stranger 0", 9).batch()).status_code == 200


def test_entries_of_a_log_that_nobody_enrolled_have_a_quota(
    services: Services, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "ENTRIES_UNKNOWN_MAX", 10)
    author = written("long", 19)
    assert push(client, author.batch(1, 10)).status_code == 200
    answer = push(client, author.batch(11))
    assert (answer.status_code, problem_code(answer)) == (429, "quota")
    assert push(client, author.batch(3, 10)).status_code == 200
    assert raw_batches(services) == []
    enrol_at(services, author, "S1")
    assert push(client, author.batch(11)).status_code == 200
    assert held(services, author) == as_written(author)


def test_beyond_the_bound_nothing_is_set_aside_and_the_kiosk_is_told_to_wait(
    services: Services, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "SET_ASIDE_MAX", 2)
    assert [push(client, b"%d" % n).status_code for n in range(2)] == [422, 422]
    answer = push(client, b"third")
    assert (answer.status_code, problem_code(answer)) == (503, "try_later")
    assert answer.get_json(force=True)["kept"] is False
    assert int(answer.headers["Retry-After"]) > 0
    assert push(client, b"0").status_code == 422
    assert len(raw_batches(services)) == 2


def test_too_many_branches_are_set_aside(
    services: Services, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "RANGES_MAX", 3)
    author = written("holes", 20)
    for seq in (1, 3, 5):
        assert push(client, author.batch(seq, seq)).status_code == 200
    before = facts(services)["log_entry"]
    answer = push(client, author.batch(7, 7))
    assert (answer.status_code, problem_code(answer)) == (422, "branch_limit")
    assert facts(services)["log_entry"] == before
    assert push(client, author.batch(1, 6)).status_code == 200
    assert push(client, author.batch()).status_code == 200
    assert held(services, author) == as_written(author)


class Failing:
    """Fails the n-th statement of any connection, or the n-th commit."""

    def __init__(self, services: Services, n: int) -> None:
        self.n, self.count, self.fired = n, 0, False
        self.engines = {services.database.facts, services.database.derived}

    def _tick(self) -> None:
        self.count += 1
        if self.count == self.n:
            self.fired = True
            raise sqlite.OperationalError("disk I/O error")

    def statement(self, *_args: object) -> None:
        self._tick()

    def commit(self, _connection: Connection) -> None:
        self._tick()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        for engine in self.engines:
            event.listen(engine, "before_cursor_execute", self.statement)
            event.listen(engine, "commit", self.commit)
        try:
            yield
        finally:
            for engine in self.engines:
                event.remove(engine, "before_cursor_execute", self.statement)
                event.remove(engine, "commit", self.commit)


def test_whatever_statement_fails_there_is_no_receipt_and_nothing_is_half_done(
    services: Services, client: FlaskClient
) -> None:
    author = written("fails", 12)
    other = author.copy()
    author.scan(START_MS + 9 * HOUR_MS)
    other.scan(START_MS + 10 * HOUR_MS)
    steps = [author.batch(3, 5), author.batch(), other.batch()]
    for wire in steps:
        n = 0
        while True:
            n += 1
            before = facts(services)
            failing = Failing(services, n)
            with failing.at_work():
                answer = push(client, wire)
            if not failing.fired:
                break
            assert (answer.status_code, problem_code(answer)) == (500, "internal")
            assert facts(services) == before
        assert n > 6
        assert answer.status_code == 200
    assert sorted(held(services, author)) == sorted({*as_written(author), *as_written(other)})


def test_a_bad_batch_is_never_called_kept_unless_it_is(
    services: Services, client: FlaskClient
) -> None:
    for n in range(1, 9):
        failing = Failing(services, n)
        with failing.at_work():
            answer = push(client, b"no batch")
        if not failing.fired:
            break
        assert (answer.status_code, problem_code(answer)) == (500, "internal")
        assert answer.get_json(force=True)["kept"] is False
        assert raw_batches(services) == []
    assert answer.status_code == 422
    assert raw_batches(services) == [("not_gzip", b"no batch")]


def test_hello_shows_what_is_held_and_where_the_log_belongs(
    services: Services, client: FlaskClient
) -> None:
    author = written("hello")
    first = post(client, "hello", author.hello()).get_json()
    assert (first["enrolled"], first["site"], first["ranges"], first["channels"]) == (
        False,
        None,
        [],
        [],
    )
    enrol_at(services, author, "S1", "P1")
    push(client, author.batch(1, 3))
    then = post(client, "hello", author.hello()).get_json()
    assert (then["enrolled"], then["site"], then["post"]) == (True, "S1", "P1")
    assert then["ranges"] == [{"first": 1, "last": 3, "hash": author.hashes[3].hex()}]
    assert {row["channel"] for row in then["channels"]} == {"all", "site:S1", "central"}
    assert statement.read(then["place"]["statement"], "place")["post"] == "P1"
