"""Certificates on pages: issued as a PDF that is good, withdrawn for a reason, and never beyond one's part."""

import pypdfium2
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.access.grant import Over
from server.access.roles import StaffRole
from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import ServerClock
from tests.server.certificates.desk import LATE_H
from tests.server.console.conftest import Browser
from tests.server.staff import form_token

PAGES = "/console/certificates"
FORM = {
    "who": "V1", "issuer": "浉河区", "responsible": "王主任", "handler": "李㛃", "contact": "0376", "language": "both",
}  # fmt: skip


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A closed November of V1, of team T2."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.sync(LATE_H)
    found.close()
    return found


def issue(client: FlaskClient, **more: str) -> TestResponse:
    token = form_token(client.get(f"{PAGES}/new").text)
    return client.post(f"{PAGES}/new", data={**FORM, "csrf_token": token, **more})


def number_of(desk: Desk) -> str:
    ((number,),) = desk.rows("SELECT number FROM certificate")
    return str(number)


def test_a_certificate_is_issued_listed_and_withdrawn(browser: Browser, desk: Desk) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    answer = issue(client, document="居民身份证 411503199001011234")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    with pypdfium2.PdfDocument(answer.data) as pdf:
        text = pdf[0].get_textpage().get_text_range()
    number = number_of(desk)
    assert number in text
    assert "411503199001011234" in text
    listed = client.get(PAGES).text
    assert number in listed
    assert "志*1" in listed
    assert "志愿者1" not in listed
    page = client.get(f"{PAGES}/{number}").text
    assert "有效" in page
    assert desk.rows("SELECT what, about FROM reading") == [("certificate", "V1")]
    withdrawn = {"csrf_token": form_token(page), "why": "误发"}
    assert client.post(f"{PAGES}/{number}/withdraw", data=withdrawn).status_code == 302
    assert "已作废" in client.get(f"{PAGES}/{number}").text
    assert desk.client.post("/c/check", json={"asked": number}).get_json()["finding"] == "withdrawn"


def test_what_is_not_filled_in_or_not_confirmed_is_said(browser: Browser, desk: Desk) -> None:
    client = browser(StaffRole.CITY)
    for more in ({"issuer": ""}, {"who": "V2"}, {"first": "gestern"}, {"language": "fr"}):
        assert issue(client, **more).status_code == 400, more
    assert desk.rows("SELECT number FROM certificate") == []


def test_nobody_sees_or_issues_beyond_their_part(browser: Browser, desk: Desk) -> None:
    issue(browser(StaffRole.CITY))
    number = number_of(desk)
    assert browser(StaffRole.VIEWER).get(f"{PAGES}/{number}").status_code == 200
    viewer = browser(StaffRole.VIEWER)
    assert "出具证明" not in viewer.get(PAGES).text
    assert viewer.get(f"{PAGES}/new").status_code in (403, 404)
    stranger = browser(StaffRole.DISTRICT, Over.TEAM, "T1")
    assert number not in stranger.get(PAGES).text
    assert stranger.get(f"{PAGES}/{number}").status_code == 404
    assert issue(stranger).status_code == 404
    token = form_token(stranger.get(f"{PAGES}/new").text)
    forged = {"csrf_token": token, "why": "x"}
    assert stranger.post(f"{PAGES}/{number}/withdraw", data=forged).status_code == 404
