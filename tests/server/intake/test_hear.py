"""Words and deposits in bundles: a centre that was put back notices it from a stick, too, and only from its own word (I6)."""

import io
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server import create_app
from server.intake.accept import Carried, accept, intake_of, reply_to
from server.services import Services
from sync import statement
from sync.frames import Kind, enclose
from sync.words import Word as Shown
from sync.words import pack_words
from tests.server.builders import Author, ServerClock, enrol_at, make_author, push, written
from tests.server.bundles import bundle_frames, read_replies
from tests.server.conftest import Open
from tests.server.intake.test_epoch import Word, deposits, epoch_of, forget, lives


@pytest.fixture
def author(services: Services) -> Author:
    """A kiosk at S1."""
    made = written("k", 6)
    enrol_at(services, made, "S1")
    return made


def words(*signed: Word) -> tuple[Kind, bytes]:
    """A frame with these words."""
    shown: list[Shown] = [(w["statement"], bytes.fromhex(w["signature"])) for w in signed]
    return Kind.WORDS, pack_words(shown)


def bring(
    services: Services, author: Author, *beside: tuple[Kind, bytes], wires: tuple[bytes, ...] = ()
) -> list[Carried]:
    """Bring a bundle with this in front of its batches."""
    frames = bundle_frames(services, author, wires, beside=beside)
    return accept(intake_of(services), io.BytesIO(b"".join(enclose(frames))))


@pytest.mark.both_databases
def test_a_stick_shows_a_centre_that_it_has_forgotten_once_and_the_receipts_are_of_its_new_epoch(
    services: Services, client: FlaskClient, author: Author
) -> None:
    receipt = push(client, author.batch()).get_json()["receipt"]
    (calm,) = bring(services, author, words(receipt))
    assert not calm.is_new_epoch
    forget(services, after=3, author=author)
    found = bring(services, author, words(receipt), wires=(author.batch(),))
    assert [carried.is_new_epoch for carried in found] == [True]
    (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert {proof.epoch for proof in reply.receipts}.isdisjoint({epoch_of(receipt)})
    (again,) = bring(services, author, words(receipt))
    assert not again.is_new_epoch
    assert lives(services) == ["setup", "restored"]


@pytest.mark.both_databases
def test_what_proves_nothing_begins_no_epoch_and_stops_no_batch(
    services: Services, client: FlaskClient, author: Author
) -> None:
    other = written("other", 3)
    foreign = push(client, other.batch()).get_json()["receipt"]
    receipt = push(client, author.batch(1, 3)).get_json()["receipt"]
    forged = {**receipt, "statement": receipt["statement"].replace("last 3", "last 9")}
    forget(services, after=2, author=other)
    for beside in (words(forged), words(foreign), (Kind.WORDS, b"\xc0"), (Kind.DEPOSIT, b"\x00")):
        (carried,) = bring(services, author, beside, wires=(author.batch(),))
        assert (carried.entries, carried.is_new_epoch) == (author.head, False)
    assert lives(services) == ["setup"]


@pytest.mark.both_databases
def test_a_word_sealed_for_another_centre_is_passed_over(
    services: Services, client: FlaskClient, author: Author
) -> None:
    receipt = push(client, author.batch()).get_json()["receipt"]
    forget(services, after=3, author=author)
    strange = b"\x09" + bytes(31)
    frames = bundle_frames(services, author, [], beside=[words(receipt)], seal_key=strange)
    (carried,) = accept(intake_of(services), io.BytesIO(b"".join(enclose(frames))))
    assert not carried.is_new_epoch


def test_a_deposit_in_a_bundle_brings_the_enrolment_back_before_the_batches_are_taken(
    open_home: Open, clock: ServerClock, tmp_path: Path
) -> None:
    services = open_home(clock=clock)
    copy = Path(shutil.copytree(services.config.home, tmp_path / "copy"))
    author = make_author("k")
    enrol_at(services, author, "S1", "P1")
    author.boot(clock.now_ms)
    wires = deposits(services)
    again = open_home("again", source=copy, clock=clock)
    given = [(Kind.DEPOSIT, wire) for wire in wires]
    found = bring(again, author, *given, wires=(author.batch(),))
    assert [carried.given_back for carried in found] == [1]
    assert lives(again) == ["setup", "restored"]
    (reply,) = read_replies(again, b"".join(reply_to(intake_of(again), found)), author)
    assert len(reply.receipts) == 1
    assert len(reply.pages) >= 3, "its place and its view: it belongs somewhere again"
    assert bring(again, author, *given)[0].given_back == 0
    said = create_app(again).test_client().get("/sync/v1/keys").get_json()["statement"]
    assert statement.read(said, "keys")["epoch"] == reply.receipts[0].epoch
