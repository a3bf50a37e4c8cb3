"""Epochs: a server notices that it was put back to an old copy, once; nothing forged, foreign, old or satisfied makes it (I6)."""

import gzip
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from sqlalchemy import select

from schemas.entry import Succeed
from server import create_app, epochs
from server.books.verify.verify import verify
from server.intake import feed
from server.intake.enrol import make_code
from server.intake.epoch import start_epoch
from server.models.epoch import Epoch
from server.models.feed import FeedRow
from server.models.log import Enrolment, EnrolmentCode, Log, LogEntry, LogRange
from server.services import Services
from sync import parcel, statement
from sync.canonical import understand
from sync.gzip import deflate, inflate
from sync.ids import LogId, log_id
from sync.succession import is_proved
from tests.server.builders import (
    Author,
    ServerClock,
    enrol_at,
    make_author,
    post,
    problem_code,
    push,
    written,
)
from tests.server.conftest import Open

Word = dict[str, str]


@pytest.fixture
def author(services: Services) -> Author:
    """A kiosk at S1."""
    made = written("k", 6)
    enrol_at(services, made, "S1")
    return made


def hello(client: FlaskClient, author: Author, *proofs: Word) -> Any:
    """Say hello and show these words."""
    return post(client, "hello", {**author.hello(), "proofs": list(proofs)}).get_json()


def epoch_of(word: Word) -> str:
    """The epoch of a signed word."""
    return next(line[6:] for line in word["statement"].split("\n") if line.startswith("epoch "))


def forget(services: Services, *, after: int, author: Author) -> None:
    """Lose what was pushed after this seq, as a database put back does."""
    with services.database.write_facts() as connection:
        log = connection.scalar(select(Log.id).where(Log.name == author.log))
        connection.execute(LogRange.__table__.delete().where(LogRange.log == log))  # type: ignore[attr-defined]
        connection.execute(
            LogEntry.__table__.delete().where(LogEntry.log == log, LogEntry.seq > after)  # type: ignore[attr-defined]
        )
        row = {
            "log": log,
            "head": author.hashes[after],
            "first": 1,
            "last": after,
            "previous": author.hashes[0],
        }
        connection.execute(LogRange.__table__.insert().values(row))  # type: ignore[attr-defined]


def lives(services: Services) -> list[str]:
    """The reasons of all epochs, in order."""
    with services.database.read() as connection:
        return list(connection.scalars(select(Epoch.reason).order_by(Epoch.ordinal)))


@pytest.mark.both_databases
def test_a_receipt_for_what_is_no_longer_here_begins_an_epoch_once(
    services: Services, client: FlaskClient, author: Author
) -> None:
    receipt = push(client, author.batch()).get_json()["receipt"]
    first = epoch_of(receipt)
    assert epoch_of(hello(client, author, receipt)["time"]) == first
    forget(services, after=3, author=author)
    second = epoch_of(hello(client, author, receipt)["time"])
    assert second != first
    assert epoch_of(hello(client, author, receipt)["time"]) == second
    assert epoch_of(push(client, author.batch()).get_json()["receipt"]) == second
    assert lives(services) == ["setup", "restored"]


@pytest.mark.both_databases
def test_the_new_central_log_names_the_head_of_the_one_before(
    services: Services, client: FlaskClient, author: Author
) -> None:
    push(client, author.batch(1, 3))
    receipt = push(client, author.batch(4)).get_json()["receipt"]
    forget(services, after=3, author=author)
    push(client, author.batch(1, 3))
    hello(client, author, receipt)
    with services.database.read() as connection:
        old, new = epochs.central_logs(connection)
        life = epochs.current(connection)
        assert life.central == new
        query = select(LogEntry.body).join(Log, Log.id == LogEntry.log).order_by(LogEntry.seq)
        bodies = connection.scalars(query.where(Log.name == new)).all()
        entry = understand(bytes(bodies[1]))
        assert isinstance(entry, Succeed)
        held = connection.execute(
            select(LogRange).join(Log, Log.id == LogRange.log).where(Log.name == old)
        ).one()
        assert (entry.log, entry.seq, entry.hash) == (old, held.last, bytes(held.head))
        assert is_proved(entry, LogId(new), services.signer.keys.log_public)
    assert not verify(services.database, services.signer.keys, lambda *_: None).troubles
    keys = client.get("/sync/v1/keys").get_json()
    said = statement.read(keys["statement"], "keys")
    assert (said["central"], said["epoch"]) == (new, life.name)
    assert keys["key"] == services.signer.keys.identity_public.hex()


def test_a_contact_that_the_server_forgot_begins_an_epoch(
    services: Services, client: FlaskClient, author: Author, clock: ServerClock
) -> None:
    time = hello(client, author)["time"]
    assert epoch_of(hello(client, author, time)["time"]) == epoch_of(time)
    with services.database.write_facts() as connection:
        connection.execute(Log.__table__.update().values(contact_ms=clock.now_ms - 1))  # type: ignore[attr-defined]
    assert epoch_of(hello(client, author, time)["time"]) != epoch_of(time)


def test_a_clock_that_was_set_back_begins_no_epoch(
    services: Services, client: FlaskClient, author: Author, clock: ServerClock
) -> None:
    time = hello(client, author)["time"]
    clock.now_ms -= 3_600_000
    later = hello(client, author, time)["time"]
    assert epoch_of(hello(client, author, time, later)["time"]) == epoch_of(time)


def test_what_proves_nothing_begins_no_epoch(
    services: Services, client: FlaskClient, author: Author
) -> None:
    other = written("other", 3)
    foreign = push(client, other.batch()).get_json()["receipt"]
    receipt = push(client, author.batch()).get_json()["receipt"]
    time = hello(client, author)["time"]
    forged = {**receipt, "statement": receipt["statement"].replace("last 7", "last 9")}
    stranger = Ed25519PrivateKey.generate()
    own = {**forged, "signature": statement.sign(stranger, forged["statement"]).hex()}
    keys = client.get("/sync/v1/keys").get_json()
    word = {name: keys[name] for name in ("statement", "signature")}
    forget(services, after=3, author=other)
    for proof in (forged, own, foreign, word, {"statement": "x", "signature": "0b" * 64}):
        said = hello(client, author, proof, receipt, time)
        assert epoch_of(said["time"]) == epoch_of(receipt), proof
    assert lives(services) == ["setup"]


def test_receipts_of_both_branches_of_a_fork_begin_no_epoch(
    services: Services, client: FlaskClient, author: Author
) -> None:
    clone = author.copy()
    author.scan(author.booted_ms + 9_000_000)
    clone.scan(clone.booted_ms + 9_900_000)
    words = [
        push(client, each.batch(first)).get_json()["receipt"]
        for each in (author, clone)
        for first in (1, 3)
    ]
    for each in (author, clone):
        assert epoch_of(hello(client, each, *words)["time"]) == epoch_of(words[0])


@pytest.mark.both_databases
def test_workers_that_notice_at_once_begin_one_epoch(
    services: Services, client: FlaskClient, author: Author
) -> None:
    receipt = push(client, author.batch()).get_json()["receipt"]
    forget(services, after=3, author=author)
    app = create_app(services)
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda _: hello(app.test_client(), author, receipt), range(6)))
    assert len({epoch_of(answer["time"]) for answer in said}) == 1
    assert lives(services) == ["setup", "restored"]


def test_an_epoch_that_was_forgotten_is_known_from_its_receipt_and_comes_before(
    open_home: Open, clock: ServerClock, tmp_path: Path
) -> None:
    services = open_home(clock=clock)
    author = written("k", 6)
    enrol_at(services, author, "S1")
    copy = tmp_path / "copy"
    services.database.close()
    shutil.copytree(services.config.home, copy)
    with services.database.write_facts() as connection:
        start_epoch(connection, services.central, services.signer, reason="restored")
    lost = push(create_app(services).test_client(), author.batch()).get_json()["receipt"]
    again = open_home("again", source=copy, clock=clock)
    client = create_app(again).test_client()
    said = hello(client, author, lost)
    assert epoch_of(said["time"]) not in ("", epoch_of(lost))
    assert lives(again) == ["setup", "forgotten", "restored"]
    assert epoch_of(hello(client, author, lost)["time"]) == epoch_of(said["time"])
    assert not verify(again.database, again.signer.keys, lambda *_: None).troubles


def deposits(services: Services) -> list[bytes]:
    """What kiosks hold of the centre's logs."""
    with services.database.write_facts() as connection:
        feed.follow(connection, services.signer)
        query = select(FeedRow.value).where(FeedRow.kind == "deposit").order_by(FeedRow.key)
        rows = connection.scalars(query).all()
    return [parcel.pack(*msgspec.msgpack.decode(bytes(row))) for row in rows]


def give(client: FlaskClient, wire: bytes) -> Any:
    """Give a deposit back."""
    return client.post("/sync/v1/deposit", data=wire, content_type="application/vnd.redvest.parcel")


def test_a_deposit_brings_back_what_the_centre_did(
    open_home: Open, clock: ServerClock, tmp_path: Path
) -> None:
    services = open_home(clock=clock)
    copy = Path(shutil.copytree(services.config.home, tmp_path / "copy"))
    deposits(services)
    author = make_author("k")
    enrol_at(services, author, "S1", "P1")
    wires = deposits(services)
    again = open_home("again", source=copy, clock=clock)
    client = create_app(again).test_client()
    answers = [give(client, wire).get_json() for wire in wires]
    assert answers[0] == {"fresh": 0, "whole": True}
    assert answers[-1] == {"fresh": 1, "whole": True}
    assert lives(again) == ["setup", "restored"]
    assert [give(client, wire).get_json()["fresh"] for wire in wires] == [0] * len(wires)
    with again.database.read() as connection:
        row = connection.execute(select(Enrolment)).one()
        assert (row.log, row.site, row.post) == (author.log, "S1", "P1")
    assert hello(client, author)["enrolled"] is True
    assert wires[-1] in deposits(again)
    assert not verify(again.database, again.signer.keys, lambda *_: None).troubles


def test_a_kiosk_cannot_read_a_deposit(services: Services, author: Author) -> None:
    for wire in deposits(services):
        raw = gzip.decompress(wire)
        assert author.log.encode() not in raw
        assert b"enrol" not in raw


def test_nobody_puts_words_into_the_centres_mouth(
    services: Services, client: FlaskClient, open_home: Open, author: Author
) -> None:
    wire = deposits(services)[0]
    mine = open_home("mine", clock=None)
    answer = give(create_app(mine).test_client(), wire[:-20])
    assert problem_code(answer) == "not_gzip"
    assert problem_code(give(client, b"")) == "not_gzip"
    place = hello(client, author)["place"]
    other = parcel.pack(place["statement"], bytes.fromhex(place["signature"]), b"")
    assert problem_code(give(client, other)) == "malformed"
    key = Ed25519PrivateKey.generate()
    fields = msgspec.msgpack.decode(inflate(wire, 10**7))
    fields[3] = statement.sign(key, fields[2])
    assert problem_code(give(client, deflate(msgspec.msgpack.encode(fields)))) == "bad_signature"
    assert lives(services) == ["setup"]


def test_codes_that_seem_unused_end_with_the_epoch(services: Services, clock: ServerClock) -> None:
    make_code(services.database, services.signer, "S1")
    with services.database.write_facts() as connection:
        start_epoch(connection, services.central, services.signer, reason="restored")
        assert connection.scalars(select(EnrolmentCode.expires_ms)).all() == [clock.now_ms]


def test_keys_of_another_server_do_not_write_its_central_log(services: Services) -> None:
    with services.database.read() as connection:
        life = epochs.current(connection)
    assert (
        log_id(epochs.central_key(services.signer.keys, life).public_key().public_bytes_raw())
        == life.central
    )
