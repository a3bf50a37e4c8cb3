"""Requests for correction: dated, sealed, with a deadline and witnesses, answered once (E8)."""

import pytest

from schemas.vocabulary import Action, Code, Outcome
from server.access.part import EVERYTHING
from server.books.decisions.actor import Actor, Role
from server.books.decisions.correct import Answered, Requested, Said, answer_correction, correct
from server.books.decisions.corrections import Listed, read_corrections
from server.books.decisions.deadlines import read_deadlines
from server.services import Services
from server.workdays.calendar import read_calendar
from sync.errors import Refused
from tests.server.books.desk import CITY, Desk, make_desk
from tests.server.builders import DAY_MS, HOUR_MS, START_MS, ServerClock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A desk where V1 forgot to sign out, V2 was there then, V3 long before."""
    found = make_desk(services, clock)
    found.stay("V3", 1, 3)
    found.stay("V1", 8, None)
    found.stay("V2", 8.5, 12.2)
    found.sync(40)
    return found


def ask(
    desk: Desk, *, asked: float = 48, number: str = "V1", site: str = "S1", **more: int
) -> Requested:
    times = {"from_ms": START_MS + 8 * HOUR_MS, "to_ms": START_MS + 12 * HOUR_MS} | more
    said = Said(
        number,
        site,
        b"",
        times["from_ms"],
        times["to_ms"],
        START_MS + int(asked * HOUR_MS),
        "我忘了签退",
    )
    return correct(desk.services.database, desk.services.central, said)


def answer(
    desk: Desk, request: str, outcome: Outcome, decision: str = "", actor: Actor = CITY
) -> Answered:
    services = desk.services
    return answer_correction(
        services.database,
        services.central,
        actor,
        request,
        outcome,
        "seen",
        bytes.fromhex(decision),
    )


def listed(desk: Desk, *, only_open: bool = False) -> list[Listed]:
    services = desk.services
    with services.database.read() as connection:
        return read_corrections(
            connection,
            services.signer.keys,
            read_calendar(services.config.home),
            only_open=only_open,
        )


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return str(caught.value.code)


def test_a_request_is_listed_with_deadline_words_and_witnesses(desk: Desk) -> None:
    ask(desk)
    (one,) = listed(desk)
    assert (one.volunteer, one.due, one.said) == ("V1", "2026-11-18", "我忘了签退")
    assert one.witnesses == ["V2"]


def test_what_a_volunteer_says_is_not_readable_in_the_log(desk: Desk) -> None:
    ask(desk)
    bodies = [bytes(row[0]) for row in desk.rows("SELECT body FROM log_entry")]
    assert not any("我忘了签退".encode() in body for body in bodies)


def test_the_same_request_again_writes_nothing(desk: Desk) -> None:
    first, again = ask(desk), ask(desk)
    assert (first.already, again.already, again.request) == (False, True, first.request)


def test_a_deadline_in_a_year_without_a_table_is_said_to_be_unknown(desk: Desk) -> None:
    ask(desk, asked=56 * 24)
    (one,) = listed(desk)
    assert (one.due, one.year_missing) == ("", 2027)


@pytest.mark.parametrize(
    ("asked", "day", "overdue", "year"),
    [
        (2, 16, 0, 0),  # asked on 4 November, due on the 18th
        (2, 17, 1, 0),
        (2, 49, 1, 2027),  # what is asked on 21 December is due in a year that has no table
        (2, 61, 1, 2027),
        (49, 59, 0, 2027),
        (49, 70, 0, 2027),  # nobody knows yet
        (49, 90, 1, 2027),  # 40 days: whatever the table says
    ],
)
def test_what_is_overdue_for_certain_is_counted_whichever_table_is_missing(
    desk: Desk, asked: int, day: int, overdue: int, year: int
) -> None:
    ask(desk, asked=24 * asked)
    calendar = read_calendar(desk.services.config.home)
    with desk.services.database.read() as connection:
        told = read_deadlines(connection, EVERYTHING, calendar, START_MS + day * DAY_MS)
    assert (told.count, told.overdue, told.year_missing) == (1, overdue, year)


def test_an_answer_names_the_decision_and_closes_the_request(desk: Desk) -> None:
    request = ask(desk).request
    span = ((None, (START_MS + 12 * HOUR_MS) // 60_000),)
    made = desk.decide("V1", Action.ATTEST, spans=span, settles="B4").decisions[0]
    for already in (False, True):
        assert answer(desk, request[:10], Outcome.AGREED, made).already is already
    assert listed(desk, only_open=True) == []
    assert listed(desk)[0].outcome == "agreed"


def test_a_request_has_one_answer(desk: Desk) -> None:
    request = ask(desk).request
    answer(desk, request, Outcome.DECLINED)
    made = desk.decide("V2", Action.APPROVE).decisions[0]
    with pytest.raises(Refused) as caught:
        answer(desk, request, Outcome.AGREED, made)
    assert code_of(caught) == Code.ANSWERED


@pytest.mark.parametrize(
    ("outcome", "decision", "code"),
    [
        (Outcome.AGREED, "", Code.BAD_FIELD),
        (Outcome.DECLINED, "00" * 32, Code.BAD_FIELD),
        (Outcome.PARTLY, "00" * 32, Code.NOT_FOUND),
    ],
)
def test_what_is_agreed_rests_on_a_decision(
    desk: Desk, outcome: Outcome, decision: str, code: Code
) -> None:
    request = ask(desk).request
    with pytest.raises(Refused) as caught:
        answer(desk, request, outcome, decision)
    assert code_of(caught) == code
    assert listed(desk)[0].outcome == ""


def test_nobody_answers_their_own_request(desk: Desk) -> None:
    request = ask(desk).request
    with pytest.raises(Refused) as caught:
        answer(desk, request, Outcome.DECLINED, actor=Actor("V1", frozenset({Role.CITY})))
    assert code_of(caught) == Code.OWN_HOURS


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"number": "V99"}, Code.NOT_FOUND),
        ({"site": "S99"}, Code.NOT_FOUND),
        ({"to_ms": START_MS}, Code.BAD_FIELD),
        ({"number": "V1\n"}, Code.NOT_FOUND),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    desk: Desk, more: dict[str, object], code: Code
) -> None:
    with pytest.raises(Refused) as caught:
        ask(desk, **more)  # type: ignore[arg-type] # as parametrized
    assert code_of(caught) == code
    assert listed(desk) == []
