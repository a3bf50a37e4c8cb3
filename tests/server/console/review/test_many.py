"""Deciding on many: seen in numbers first, done in steps, taken back at once; and what takes two people."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from schemas.vocabulary import Action, Code
from server.access.grant import Over
from server.access.roles import StaffRole
from server.books.decisions import sweep_steps
from server.models.proposal import Proposal
from server.models.sweep import SweepRow
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.console.conftest import Browser
from tests.server.console.review.test_review import QUEUE, decide, whose
from tests.server.staff import form_token, said_on

MANY = "/console/review/many"


@pytest.fixture
def rush(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Six more who stayed three minutes; steps of two records."""
    monkeypatch.setattr(sweep_steps, "SWEEP_STEP_RECORDS", 2)
    for number in range(6, 12):
        desk.stay(f"V{number}", 48 + number, 48.05 + number)
    desk.sync(64)
    return desk


def begin(client: FlaskClient, **form: str) -> str:
    """Begin a sweep, and give its address."""
    data = {"csrf_token": form_token(client.get(QUEUE).text), "action": "approve", **form}
    answer = client.post(MANY, data=data)
    assert answer.status_code == 302, answer.text
    return answer.location


def phase(desk: Desk) -> str:
    with desk.services.database.read() as connection:
        return str(connection.scalar(select(SweepRow.phase)))


def run(client: FlaskClient, desk: Desk, address: str) -> int:
    """Step until a person is needed; give how many steps that took."""
    steps = 0
    while phase(desk) in ("looking", "deciding", "undoing"):
        token = form_token(client.get(address).text)
        client.post(f"{address}/step", data={"csrf_token": token}, headers={"HX-Request": "true"})
        steps += 1
        assert steps < 20
    return steps


def send(client: FlaskClient, address: str, act: str, why: str = "all checked") -> int:
    data = {"csrf_token": form_token(client.get(address).text), "why": why}
    return client.post(f"{address}/{act}", data=data).status_code


def test_all_that_match_are_shown_in_numbers_decided_in_steps_and_taken_back(
    rush: Desk, browser: Browser
) -> None:
    client = browser(StaffRole.CITY)
    address = begin(client, all="1", rule="B6")
    assert run(client, rush, address) == 4, "seven records, two a step"
    page = client.get(address).text
    assert "会处理 7 条" in page
    assert rush.rows("SELECT hash FROM decision") == [], "nothing is decided by looking"
    assert send(client, address, "decide", why="") == 400, "a reason is required"
    assert send(client, address, "decide") == 302
    run(client, rush, address)
    derive(rush.services)
    assert len(rush.rows("SELECT hash FROM decision")) == 7
    assert len(set(rush.rows("SELECT mark FROM decision"))) == 1
    assert rush.minutes("V6") == (3, 0, 0)
    assert "B6" not in said_on(client.get(f"{QUEUE}?rule=B6").text).partition("<tbody>")[2]
    assert send(client, address, "decide") == 302, "sent again, it does nothing"
    assert phase(rush) == "done"
    send(client, address, "undo", "the wrong day")
    run(client, rush, address)
    derive(rush.services)
    assert rush.minutes("V6") == (0, 3, 0)
    assert len(whose(client.get(f"{QUEUE}?rule=B6").text)) == 7


def test_only_the_rows_chosen_are_decided(rush: Desk, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    picked = re.findall(r'name="pick" value="([^"]+)"', client.get(f"{QUEUE}?rule=B6").text)[0]
    address = begin(client, pick=picked, rule="B6", action="refuse")
    run(client, rush, address)
    send(client, address, "decide")
    run(client, rush, address)
    derive(rush.services)
    assert rush.minutes("V4") == (0, 0, 1)
    assert len(rush.rows("SELECT hash FROM decision")) == 1


def test_what_somebody_decided_after_the_preview_is_left_out_and_named(
    rush: Desk, browser: Browser
) -> None:
    client = browser(StaffRole.CITY)
    address = begin(client, all="1", rule="B6")
    run(client, rush, address)
    rush.decide("V7", Action.REFUSE, settles="B6")
    send(client, address, "decide")
    run(client, rush, address)
    derive(rush.services)
    assert rush.minutes("V7") == (0, 0, 3), "nobody's decision is lost"
    page = client.get(address).text
    assert "看过之后有变" in page
    assert "/console/review/V7/" in page


def test_a_step_sent_twice_moves_on_once(rush: Desk, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    address = begin(client, all="1", rule="B6")
    run(client, rush, address)
    send(client, address, "decide")
    with rush.services.database.read() as connection:
        seen = connection.execute(select(SweepRow)).one()
    for _ in range(2):  # two requests that both read the same state
        sweep_steps.step(rush.services.database, rush.services.central, seen, lambda *_: _city())
    assert len(rush.rows("SELECT hash FROM decision")) == 2


def _city() -> object:
    from server.books.decisions.actor import Actor, Role

    return Actor("ST-9", frozenset({Role.CITY}))


def test_a_sweep_reaches_no_further_than_one_s_part(rush: Desk, browser: Browser) -> None:
    city, team = browser(StaffRole.CITY), browser(StaffRole.REVIEWER, Over.TEAM, "T1")
    whole = begin(city, all="1", rule="B6")
    assert team.get(whole).status_code == 404
    token = form_token(team.get(QUEUE).text)
    assert team.post(f"{whole}/step", data={"csrf_token": token}).status_code == 404
    begin(team, all="1", rule="B6")
    rows = rush.rows("SELECT who FROM sweep_item GROUP BY who HAVING COUNT(*) > 1")
    assert {who for (who,) in rows} == {"V4", "V6", "V8", "V10"}, "those of T1"


@pytest.mark.parametrize(
    "form", [{"action": "attest"}, {"action": "x"}, {"rule": "B17"}, {"pick": "!!", "all": ""}]
)
def test_a_sweep_of_nothing_or_by_no_action_is_refused(
    rush: Desk, browser: Browser, form: dict[str, str]
) -> None:
    client = browser(StaffRole.CITY)
    data = {"csrf_token": form_token(client.get(QUEUE).text), "action": "approve", "all": "1"}
    assert client.post(MANY, data={**data, **form}).status_code == 400
    assert rush.rows("SELECT mark FROM sweep") == []


@pytest.fixture
def crowd(desk: Desk) -> Desk:
    """Twelve people in and out together within minutes (E2)."""
    for number in range(1, 13):
        desk.stay(f"V{number}", 72 + number / 600, 72.12 + number / 600)
    desk.sync(80)
    return desk


def test_what_takes_two_people_is_proposed_by_one_and_decided_when_another_confirms(
    crowd: Desk, browser: Browser
) -> None:
    first, second = browser(StaffRole.REVIEWER), browser(StaffRole.CITY)
    address = next(a for a in _of_rule(first, "E2") if "/V6/" in a)
    assert decide(first, address).status_code == 302
    assert decide(first, address).status_code == 302, "the same again is the same"
    with crowd.services.database.read() as connection:
        (number,) = connection.scalars(select(Proposal.id)).all()
    assert crowd.rows("SELECT hash FROM decision") == []
    where = f"/console/review/proposals/{number}"
    data = {"csrf_token": form_token(first.get(QUEUE).text)}
    assert first.post(f"{where}/confirm", data=data).status_code == 400, "not by oneself"
    assert "看过，确认" in second.get("/console/review/proposals").text
    data = {"csrf_token": form_token(second.get(QUEUE).text)}
    assert second.post(f"{where}/confirm", data=data).status_code == 302
    derive(crowd.services)
    assert crowd.minutes("V6")[0] > 0
    assert second.post(f"{where}/confirm", data=data).status_code == 404, "it waits no longer"


def test_one_person_cannot_free_a_group_by_naming_another_rule(
    crowd: Desk, browser: Browser
) -> None:
    client = browser(StaffRole.REVIEWER)
    address = next(a for a in _of_rule(client, "E2") if "/V6/" in a)
    assert decide(client, address, settles="").status_code == 302
    assert crowd.rows("SELECT hash FROM decision") == []
    sweep = begin(client, all="1", rule="E2")
    run(client, crowd, sweep)
    assert str(Code.SECOND_NEEDED) in str(crowd.rows("SELECT code FROM sweep_item"))


def test_a_proposal_can_be_withdrawn_and_one_of_elsewhere_is_not_there(
    crowd: Desk, browser: Browser
) -> None:
    client, elsewhere = browser(StaffRole.REVIEWER), browser(StaffRole.CITY, Over.SITE, "S2")
    decide(client, next(a for a in _of_rule(client, "E2") if "/V6/" in a))
    with crowd.services.database.write_facts() as connection:
        connection.execute(update(Proposal).values(why="<script>x</script>"))
    assert "<script>x" not in client.get("/console/review/proposals").text
    data = {"csrf_token": form_token(elsewhere.get(QUEUE).text)}
    for act in ("confirm", "withdraw"):
        assert elsewhere.post(f"/console/review/proposals/1/{act}", data=data).status_code == 404
    assert "V6" not in said_on(elsewhere.get("/console/review/proposals").text)
    data = {"csrf_token": form_token(client.get(QUEUE).text)}
    assert client.post("/console/review/proposals/1/withdraw", data=data).status_code == 302
    assert "没有等待确认" in client.get("/console/review/proposals").text


def _of_rule(client: FlaskClient, rule: str) -> list[str]:
    page = client.get(f"{QUEUE}?rule={rule}").text
    return [a.replace("&amp;", "&") for a in re.findall(r'href="(/console/review/V[^"]+)"', page)]
