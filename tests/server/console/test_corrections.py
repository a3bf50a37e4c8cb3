"""Requests for correction on pages: written down, read with a note in the audit, answered once, within one's part."""

import re

import pytest
from flask.testing import FlaskClient

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.list_readings import list_readings
from server.access.roles import StaffRole
from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import ServerClock
from tests.server.console.conftest import Browser
from tests.server.staff import form_token, said_on

SAID = "我值到下午一点 <script>alert(1)</script>"


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """V2 forgot to sign out."""
    desk = make_desk(services, clock)
    desk.stay("V1", 8, 12)
    desk.stay("V2", 9, None)
    desk.sync(40)
    return desk


def _ask(client: FlaskClient, **more: str) -> str:
    token = form_token(client.get("/console/corrections/new").text)
    given = {"number": "V2", "site": "S1", "came": "2026-11-02T09:00", "said": SAID, **more}
    answer = client.post("/console/corrections/new", data={"csrf_token": token, **given})
    return answer.headers.get("Location", "")


def _answer(client: FlaskClient, request: str, **given: str) -> int:
    token = form_token(client.get(request).text)
    data = {"csrf_token": token, "why": "两人证实", **given}
    return client.post(f"{request}/answer", data=data).status_code


def test_a_request_is_written_down_read_and_answered_once(
    browser: Browser, desk: Desk, services: Services
) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    request = _ask(client)
    page = client.get(request).text
    assert "我值到下午一点 &lt;script&gt;" in page
    with services.database.read() as connection:
        noted = list_readings(connection).rows
    assert [(one.what, one.about) for one in noted] == [("correction", "V2")]
    assert _answer(client, request, outcome="agreed") == 400, "what is agreed names a decision"
    desk.decide("V2", Action.REFUSE)
    decision = re.search(r'name="decision" value="([0-9a-f]{64})"', client.get(request).text)
    assert decision
    assert _answer(client, request, outcome="partly", decision=decision.group(1)) == 302
    assert "部分同意" in client.get(request).text
    assert "V2" not in said_on(client.get("/console/corrections").text)
    assert "V2" in client.get("/console/corrections?state=all").text


@pytest.mark.usefixtures("desk")
def test_a_request_of_another_district_is_not_there(browser: Browser) -> None:
    request = _ask(browser(StaffRole.CITY))
    stranger = browser(StaffRole.DISTRICT, Over.REGION, "R9")
    assert "V2" not in said_on(stranger.get("/console/corrections").text)
    assert stranger.get(request).status_code == 404
    token = form_token(stranger.get("/console/account").text)
    data = {"csrf_token": token, "outcome": "declined", "why": "x"}
    assert stranger.post(f"{request}/answer", data=data).status_code == 404
    assert _ask(stranger) == ""
    lead = browser(StaffRole.SITE_LEAD, Over.SITE, "S1")
    assert lead.get(request).status_code == 200
    assert browser(StaffRole.SITE_LEAD, Over.SITE, "S2").get(request).status_code == 404


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "given",
    [
        {"number": "V404"},
        {"number": "' OR 1=1 --"},
        {"site": "S404"},
        {"came": "yesterday"},
        {"came": "2026-11-02T09:00", "left": "2026-11-02T08:00"},
        {"said": "  "},
    ],
)
def test_what_makes_no_sense_is_not_written_down(browser: Browser, given: dict[str, str]) -> None:
    client = browser(StaffRole.CITY)
    assert _ask(client, **given) == ""
    assert "没有要答复的申诉" in client.get("/console/corrections").text


@pytest.mark.parametrize("after", ["x", "1-", "1-zz", "-", "9" * 90, "1-" + "0" * 64])
def test_a_cursor_of_nobody_is_harmless(browser: Browser, after: str) -> None:
    answer = browser(StaffRole.VIEWER).get("/console/corrections", query_string={"after": after})
    assert answer.status_code == 200
