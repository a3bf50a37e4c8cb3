"""Enrolment: a code is good once, for one log, for a while; guessing it is slow, whatever is tried."""

import gzip
import re
import threading

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from schemas.entry import Enrol
from server import create_app
from server.intake.enrol import ATTEMPT_WINDOW_MS, ATTEMPTS_MAX, CODE_DAYS, make_code
from server.models.log import Enrolment, Log, LogEntry
from server.services import Services
from sync.canonical import understand
from sync.enrolment import EnrolmentCode
from sync.errors import Refused
from tests.server.builders import (
    DAY_MS,
    START_MS,
    Author,
    ServerClock,
    make_author,
    post,
    problem_code,
    pull_wish,
    push,
    written,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def code(services: Services) -> EnrolmentCode:
    """A code for the eastern post."""
    return make_code(services.database, services.signer, "S1")


def ask(
    services: Services,
    client: FlaskClient,
    author: Author,
    code: EnrolmentCode,
    *,
    source: str = "192.0.2.1",
    **how: object,
) -> TestResponse:
    """Ask to enrol, from this address."""
    wish = author.wish(code, services.signer.keys.seal_public, **how)  # type: ignore[arg-type]
    client.environ_base["REMOTE_ADDR"] = source
    return post(client, "enrol", wish)


def said(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, problem_code(answer)


def central_enrolments(services: Services) -> list[Enrol]:
    """The `enrol` entries of the central log."""
    query = select(LogEntry.body).join(Log, Log.id == LogEntry.log).where(Log.kind == "central")
    with services.database.read() as connection:
        entries = [understand(bytes(body)) for body in connection.scalars(query)]
    return [entry for entry in entries if isinstance(entry, Enrol)]


def enrolments(services: Services) -> int:
    with services.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(Enrolment)) or 0


def test_a_code_makes_a_log_belong_to_its_site(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    author = make_author("k")
    answer = ask(services, client, author, code, post="P1")
    assert answer.status_code == 200
    assert answer.get_json() == {"site": "S1", "site_name": "东门卡口", "post": "P1"}
    (entry,) = central_enrolments(services)
    assert (entry.log, entry.site, entry.post, entry.from_ms) == (author.log, "S1", "P1", START_MS)


def test_the_same_wish_again_is_answered_the_same(
    services: Services, client: FlaskClient, code: EnrolmentCode, clock: ServerClock
) -> None:
    author = make_author("k")
    first = ask(services, client, author, code, post="P1")
    for _ in range(4):
        clock.now_ms += 20 * DAY_MS
        again = ask(services, client, author, code, post="P1")
        assert (again.status_code, again.get_data()) == (200, first.get_data())
    assert len(central_enrolments(services)) == enrolments(services) == 1


def test_the_answer_says_what_was_recorded_not_what_is_wished_now(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    author = make_author("k")
    ask(services, client, author, code, post="P1")
    again = ask(services, client, author, code, post="P2")
    told = post(client, "hello", author.hello()).get_json()["post"]
    assert again.get_json()["post"] == told == "P1"


@pytest.mark.parametrize("back_ms", [0, DAY_MS])
def test_where_a_log_was_enrolled_last_counts_also_in_the_same_millisecond_and_with_a_clock_put_back(
    services: Services, client: FlaskClient, clock: ServerClock, code: EnrolmentCode, back_ms: int
) -> None:
    author = make_author("moved")
    assert ask(services, client, author, code).status_code == 200
    clock.now_ms -= back_ms
    elsewhere = make_code(services.database, services.signer, "S2")
    assert ask(services, client, author, elsewhere).status_code == 200
    with services.database.read() as connection:
        rows = connection.execute(select(Enrolment.site).order_by(Enrolment.from_ms)).all()
    assert [row.site for row in rows] == ["S1", "S2"]
    first, second = (entry.from_ms for entry in central_enrolments(services))
    assert second == first + 1


def test_another_log_cannot_use_a_used_code(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    ask(services, client, make_author("k"), code)
    assert said(ask(services, client, make_author("thief"), code)) == (409, "code_used")
    assert enrolments(services) == 1


def test_of_many_that_race_for_one_code_one_gets_it(
    services: Services, code: EnrolmentCode
) -> None:
    app = create_app(services)
    answers: list[int] = []

    def race(number: int) -> None:
        author = make_author(f"racer {number}")
        answer = ask(services, app.test_client(), author, code, source=f"192.0.2.{number}")
        answers.append(answer.status_code)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers).count(200) == 1
    assert enrolments(services) == 1


def test_a_code_expires(
    services: Services, client: FlaskClient, code: EnrolmentCode, clock: ServerClock
) -> None:
    clock.now_ms += CODE_DAYS * DAY_MS + 1
    assert said(ask(services, client, make_author("k"), code)) == (410, "code_expired")
    clock.now_ms -= 1
    assert ask(services, client, make_author("k"), code, source="other").status_code == 200


def test_five_wrong_secrets_lock_a_code_wherever_they_come_from(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    author = make_author("k")
    for number in range(ATTEMPTS_MAX):
        source = f"198.51.100.{number}"
        wrong = ask(services, client, author, code, source=source, secret=b"%010d" % number)
        assert said(wrong) == (403, "bad_code")
    assert said(ask(services, client, author, code, source="203.0.113.9")) == (403, "bad_code")
    assert enrolments(services) == 0


def test_four_wrong_secrets_do_not(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    author = make_author("k")
    for number in range(ATTEMPTS_MAX - 1):
        ask(services, client, author, code, secret=b"%010d" % number)
    assert ask(services, client, author, code).status_code == 200


def test_a_thousand_wrong_tries_are_locked_after_five_a_source(
    services: Services, client: FlaskClient, code: EnrolmentCode, clock: ServerClock
) -> None:
    author = make_author("guesser")
    outcomes = []
    for number in range(1_000):
        guess = EnrolmentCode(number.to_bytes(5), b"%010d" % number, b"")
        outcomes.append(said(ask(services, client, author, guess)))
    locked = (429, "too_many_attempts")
    assert outcomes == [(403, "bad_code")] * ATTEMPTS_MAX + [locked] * (1_000 - ATTEMPTS_MAX)
    assert said(ask(services, client, author, code)) == locked
    assert ask(services, client, author, code, source="192.0.2.77").status_code == 200
    clock.now_ms += ATTEMPT_WINDOW_MS
    late = make_code(services.database, services.signer, "S1")
    assert ask(services, client, make_author("late"), late).status_code == 200


def test_wrong_tries_from_many_threads_are_counted_all(services: Services) -> None:
    app, author = create_app(services), make_author("guesser")
    outcomes: list[int] = []

    def guess(worker: int) -> None:
        for number in range(10):
            wrong = EnrolmentCode(bytes([worker, number, 0, 0, 0]), bytes(10), b"")
            answer = ask(services, app.test_client(), author, wrong)
            outcomes.append(answer.status_code)

    threads = [threading.Thread(target=guess, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (outcomes.count(403), outcomes.count(429)) == (ATTEMPTS_MAX, 40 - ATTEMPTS_MAX)


def test_a_wrong_secret_and_an_unknown_code_look_the_same(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    author = make_author("k")
    wrong = ask(services, client, author, code, secret=bytes(10))
    unknown = ask(services, client, author, EnrolmentCode(bytes(5), bytes(10), b""))
    assert wrong.get_data() == unknown.get_data()
    assert wrong.status_code == unknown.status_code == 403


def test_a_secret_sealed_to_another_server_is_a_bad_code(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    other = X25519PrivateKey.from_private_bytes(b"\x05" * 32).public_key().public_bytes_raw()
    wish = make_author("k").wish(code, other)
    assert said(post(client, "enrol", wish)) == (403, "bad_code")
    for secret in ("00", "ff" * 1_024):
        assert said(post(client, "enrol", wish | {"secret": secret})) == (403, "bad_code")


@pytest.mark.parametrize("post_code", ["岗位一", "P 1", "P1'; --", "P" * 21, "P" * 400, "🦺"])
def test_a_post_that_is_no_code_is_refused_and_uses_nothing_up(
    services: Services, client: FlaskClient, code: EnrolmentCode, post_code: str
) -> None:
    author = make_author("k")
    refused = ask(services, client, author, code, post=post_code)
    assert said(refused) == (400, "bad_field")
    assert enrolments(services) == 0
    assert ask(services, client, author, code).status_code == 200


def test_nobody_can_make_a_code_for_a_site_that_was_never_imported(services: Services) -> None:
    with pytest.raises(Refused, match="not_found"):
        make_code(services.database, services.signer, "S9")


def test_entries_from_before_enrolment_count_once_it_is_done(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    author = written("early")
    push(client, author.batch())
    assert ask(services, client, author, code).status_code == 200
    answer = post(client, "hello", author.hello()).get_json()
    assert (answer["enrolled"], answer["site"]) == (True, "S1")
    assert answer["ranges"][0]["last"] == author.head


def test_a_view_needs_a_fresh_hello_of_an_enrolled_log(
    services: Services, client: FlaskClient, code: EnrolmentCode, clock: ServerClock
) -> None:
    author = make_author("k")
    assert said(post(client, "pull", pull_wish(client, author))) == (403, "not_enrolled")
    ask(services, client, author, code)
    wish = pull_wish(client, author)
    shown = post(client, "pull", wish)
    assert shown.status_code == 200
    assert "志愿者".encode() not in gzip.decompress(shown.data)
    clock.now_ms += 600_001
    assert said(post(client, "pull", wish)) == (403, "stale_proof")
    clock.now_ms -= 1
    forged = author.signed(re.sub("(?<=proof ).*", "00" * 64, wish["statement"]))
    assert said(post(client, "pull", forged)) == (403, "stale_proof")


def test_a_view_is_not_given_for_another_logs_proof(
    services: Services, client: FlaskClient, code: EnrolmentCode
) -> None:
    author, other = make_author("k"), make_author("other")
    ask(services, client, author, code)
    wish = pull_wish(client, author)
    assert said(post(client, "pull", other.signed(wish["statement"]))) == (403, "unknown_log")
    stolen = wish["statement"].replace(author.log, other.log)
    assert said(post(client, "pull", other.signed(stolen))) == (403, "stale_proof")
