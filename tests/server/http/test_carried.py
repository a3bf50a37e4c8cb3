"""The door for bundles under hostile hands, and what an honest courier gets."""

import tracemalloc
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from schemas.limits import BUNDLE_POST_BYTES_MAX
from server.models.log import SetAside
from server.services import Services
from sync.frames import enclose
from tests.server.builders import Author, enrol_at, problem_code, push, written
from tests.server.bundles import (
    BUNDLE_TYPE,
    bundle_file,
    bundle_frames,
    post_bundle,
    read_replies,
)


@pytest.fixture
def author(services: Services) -> Author:
    """An enrolled kiosk with a log."""
    made = written("courier", 8)
    enrol_at(services, made, "S1")
    return made


@pytest.mark.both_databases
def test_a_bundle_that_is_posted_is_answered_with_a_reply_file(
    services: Services, client: FlaskClient, author: Author
) -> None:
    for _ in range(2):
        answer = post_bundle(client, bundle_file(services, author))
        assert (answer.status_code, answer.mimetype) == (200, BUNDLE_TYPE)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.content_length == len(answer.data)
        (reply,) = read_replies(services, answer.data, author)
        assert [(r.first, r.last, r.hash) for r in reply.receipts] == [(1, 9, author.hashes[9])]


def test_a_push_and_a_bundle_are_the_same_door(
    services: Services, client: FlaskClient, author: Author
) -> None:
    push(client, author.batch(1, 5))
    answer = post_bundle(client, bundle_file(services, author, (4, 9)))
    (reply,) = read_replies(services, answer.data, author)
    assert [(r.first, r.last) for r in reply.receipts] == [(4, 9)]


def test_another_content_type_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sync/v1/bundle", data=b"x", content_type="application/json")
    assert (answer.status_code, problem_code(answer)) == (415, "unsupported_media")


def test_whatever_is_posted_the_answer_is_a_problem_and_nothing_is_kept(
    services: Services, client: FlaskClient, author: Author
) -> None:
    file, chance = bundle_file(services, author), Random(7)
    elsewhere = bundle_frames(services, author, [author.batch()], server=bytes(10))
    hostile = [b"", b"<html>", file + b"x", b"".join(enclose(elsewhere))]
    hostile += [file[: chance.randrange(len(file))] for _ in range(20)]
    codes = set()
    for data in hostile:
        answer = post_bundle(client, data)
        assert answer.status_code == 400
        codes.add(problem_code(answer))
    assert codes == {"not_a_bundle", "altered", "truncated", "not_our_server"}
    with services.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(SetAside)) == 0


def test_one_that_is_too_large_is_refused_in_flat_memory(client: FlaskClient) -> None:
    data = bytes(BUNDLE_POST_BYTES_MAX + 1)
    tracemalloc.start()
    answer = post_bundle(client, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status_code, problem_code(answer)) == (413, "too_large")
    assert peak < 8_000_000
