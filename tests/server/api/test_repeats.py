"""Requests that come twice: done once, told the same; a key belongs to one request, and to one account."""

import pytest
from sqlalchemy import func, select

from server.access.roles import StaffRole
from server.api import repeats
from server.jobs.clean_up import clean_up
from server.limits import API_ANSWER_KEPT_MS, API_ANSWER_STUCK_MS
from server.models.decision import Decision
from server.models.token import GivenAnswer
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.books.desk import Desk
from tests.server.builders import ServerClock

pytestmark = pytest.mark.both_databases

KEY = "one-key-for-this"
WISH = {"volunteer": "V1", "action": "approve", "why": "seen on duty"}


@pytest.fixture
def city(town: Desk, program: Programs) -> Program:
    """A program of the city."""
    return program(StaffRole.CITY)


@pytest.fixture
def path(city: Program) -> str:
    """Where to decide on the record of V1."""
    record = city.get("/records", volunteer="V1").get_json()["items"][0]["record"]
    return f"/records/{record}/decisions"


def decisions(services: Services) -> int:
    """Count the decisions that were made."""
    with services.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(Decision)) or 0


def test_the_same_request_twice_is_done_once_and_told_the_same(
    services: Services, city: Program, path: str
) -> None:
    first = city.post(path, WISH, key=KEY, seen="*")
    again = city.post(path, WISH, key=KEY, seen="*")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_data() == again.get_data()
    assert first.headers["ETag"] == again.headers["ETag"]
    assert (repeats.TOLD_AGAIN in first.headers, again.headers[repeats.TOLD_AGAIN]) == (
        False,
        "true",
    )
    assert decisions(services) == 1


def test_a_key_is_good_for_one_request(services: Services, city: Program, path: str) -> None:
    assert city.post(path, WISH, key=KEY, seen="*").status_code == 200
    other = city.post(path, WISH | {"action": "refuse"}, key=KEY, seen="*")
    assert (other.status_code, code_of(other)) == (422, "key_reused")
    assert code_of(city.post(path, WISH, key=KEY, seen='"0123"')) == "key_reused"
    assert decisions(services) == 1


def test_another_account_may_have_the_same_key(city: Program, path: str, program: Programs) -> None:
    assert city.post(path, WISH, key=KEY, seen="*").status_code == 200
    other = program(StaffRole.CITY).post(path, WISH, key=KEY, seen="*")
    assert (other.get_json()["already"], repeats.TOLD_AGAIN in other.headers) == (True, False)


def test_what_was_refused_may_come_again_with_its_key(city: Program, path: str) -> None:
    wrong = city.post(path, WISH | {"volunteer": "V2"}, key=KEY, seen="*")
    assert code_of(wrong) == "not_found"
    assert city.post(path, WISH, key=KEY, seen="*").status_code == 200


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "with space", "é" * 10, "a;b,c=d!"])
def test_a_post_without_a_good_key_does_nothing(
    services: Services, city: Program, path: str, key: str
) -> None:
    headers = {"Authorization": f"Bearer {city.secret}", "If-Match": "*"}
    headers |= {"Idempotency-Key": key} if key else {}
    answer = city.client.post(f"/api/v1{path}", json=WISH, headers=headers)
    assert (answer.status_code, code_of(answer)) == (400, "key_needed")
    assert decisions(services) == 0


def test_a_request_that_is_being_worked_on_is_not_begun_twice_until_it_must_have_died(
    services: Services, clock: ServerClock, city: Program, path: str
) -> None:
    city.post(path, WISH, key=KEY, seen="*")
    with services.database.write_facts() as connection:
        connection.execute(GivenAnswer.__table__.update().values(status=0, sealed=b""))  # type: ignore[attr-defined]
    busy = city.post(path, WISH, key=KEY, seen="*")
    assert (busy.status_code, code_of(busy)) == (409, "key_in_use")
    clock.now_ms += API_ANSWER_STUCK_MS + 1
    again = city.post(path, WISH, key=KEY, seen="*")
    assert (again.status_code, again.get_json()["already"]) == (200, True)
    assert decisions(services) == 1


def test_answers_are_sealed_and_forgotten_after_a_day(
    services: Services, clock: ServerClock, city: Program, path: str
) -> None:
    told = city.post(path, WISH, key=KEY, seen="*").get_data()
    with services.database.read() as connection:
        sealed = bytes(connection.scalar(select(GivenAnswer.sealed)) or b"")
    assert len(sealed) > len(told)
    assert b"volunteer" not in sealed
    clock.now_ms += API_ANSWER_KEPT_MS + 1
    assert "answers=1" in clean_up(services)
    with services.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(GivenAnswer)) == 0
