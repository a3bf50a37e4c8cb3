"""What was set aside: seen within a part alone, tried again once it can be taken in, or let be with a note."""

from contextlib import nullcontext

import pytest
from flask.testing import FlaskClient

from server.access.part import EVERYTHING, Part
from server.fleet import aside
from server.intake.ingest import set_aside
from server.services import Services
from sync.errors import Refused
from tests.server.builders import enrol_at, push, written

pytestmark = pytest.mark.both_databases
S1, S2 = Part(sites=frozenset({"S1"})), Part(sites=frozenset({"S2"}))


@pytest.fixture
def waiting(services: Services, client: FlaskClient) -> int:
    """A batch of S1's kiosk that could not be taken in when it came, and could now; and rubbish."""
    author = written("a")
    enrol_at(services, author, "S1")
    set_aside(services.database, author.batch(), Refused("branch_limit", "too many"), 5)  # type: ignore[arg-type] # a code
    assert push(client, b"rubbish").status_code == 422
    return next(one.id for one in listed(services) if one.log)


def listed(services: Services, part: Part = EVERYTHING, *, seen: bool = False) -> list[aside.Aside]:
    with services.database.read() as connection:
        return aside.list_aside(connection, part, is_seen=seen, before=0, limit=9)


def opened(services: Services, number: int, part: Part = EVERYTHING) -> aside.Opened | None:
    with services.database.read() as connection:
        return aside.open_aside(connection, part, number)


def again(services: Services, number: int, part: Part = EVERYTHING) -> aside.Retried:
    return aside.retry(
        services.database, services.central, part, number, turn=nullcontext(), by="li"
    )


@pytest.mark.usefixtures("waiting")
def test_it_is_seen_where_the_log_belongs_and_by_those_who_see_all(services: Services) -> None:
    assert len(listed(services)) == 2
    assert [one.site for one in listed(services, S1)] == ["S1"]
    assert listed(services, S2) == []


def test_it_says_of_itself_what_can_be_read(services: Services, waiting: int) -> None:
    found = opened(services, waiting)
    assert found is not None
    assert found.claim is not None
    assert (found.claim.log, found.claim.first, found.claim.entries) == (written("a").log, 1, 6)
    rubbish = next(one.id for one in listed(services) if not one.log)
    strange = opened(services, rubbish)
    assert strange is not None
    assert (strange.claim, strange.first) == (None, b"rubbish")


def test_trying_again_takes_it_in_once_and_forgets_it(services: Services, waiting: int) -> None:
    assert again(services, waiting) == aside.Retried(6)
    assert [one.log for one in listed(services)] == [""]
    with pytest.raises(Refused, match="not_found"):
        again(services, waiting)


def test_what_is_refused_again_stays_with_its_new_reason(services: Services) -> None:
    set_aside(services.database, b"rubbish", Refused("branch_limit", "once"), 5)  # type: ignore[arg-type] # a code
    [one] = listed(services)
    assert again(services, one.id).code == "not_gzip"
    assert [(one.code, one.size) for one in listed(services)] == [("not_gzip", 7)]


def test_letting_it_be_says_who_did_and_keeps_the_bytes(services: Services, waiting: int) -> None:
    aside.keep_aside(
        services.database, services.central, S1, waiting, note="老设备重复发送", by="li"
    )
    assert [one.id for one in listed(services, S1)] == []
    [kept] = listed(services, S1, seen=True)
    assert (kept.note, kept.seen_by) == ("老设备重复发送", "li")
    assert opened(services, waiting) is not None
    with services.database.read() as connection:
        assert aside.count_waiting(connection) == 1


@pytest.mark.parametrize("note", ["", "  ", "x" * 301, "a\0b"])
def test_a_note_is_needed_and_bounded(services: Services, waiting: int, note: str) -> None:
    with pytest.raises(Refused, match="bad_field"):
        aside.keep_aside(services.database, services.central, EVERYTHING, waiting, note=note, by="")


def test_nobody_touches_one_of_another_part(services: Services, waiting: int) -> None:
    assert opened(services, waiting, S2) is None
    with pytest.raises(Refused, match="not_found"):
        again(services, waiting, S2)
    with pytest.raises(Refused, match="not_found"):
        aside.keep_aside(services.database, services.central, S2, waiting, note="x", by="")
