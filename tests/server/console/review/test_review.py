"""The queue and a finding's page: what is shown to whom, what a decision writes, and what happens when two people decide."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.roles import StaffRole
from server.models.staff import Reading
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.console.conftest import Browser
from tests.server.staff import form_token

QUEUE = "/console/review"


def links(page: str) -> list[str]:
    """Give the addresses of the findings on a page of the queue."""
    return [
        found.replace("&amp;", "&")
        for found in re.findall(r'href="(/console/review/V[^"]+)"', page)
    ]


def link(client: FlaskClient, who: str) -> str:
    return next(one for one in links(client.get(QUEUE).text) if f"/{who}/" in one)


def fields(page: str, number: int = 0) -> dict[str, str]:
    """Give the hidden and filled-in fields of a form that decides."""
    form = re.findall(r'<form method="post" action="[^"]*/decide".*?</form>', page, re.S)[number]
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    radios = re.findall(r'<input type="radio"[^>]*name="([^"]+)"[^>]*value="([^"]+)" checked', form)
    return {**{k: v for k, v in found if k != "others"}, **dict(radios)}


def decide(client: FlaskClient, address: str, number: int = 0, **more: str) -> TestResponse:
    data = {**fields(client.get(address).text, number), **more}
    return client.post(f"{urlsplit(address).path}/decide", data=data)


def whose(page: str) -> list[str]:
    return [urlsplit(one).path.split("/")[3] for one in links(page)]


@pytest.fixture
def reviewer(desk: Desk, browser: Browser) -> FlaskClient:
    return browser(StaffRole.REVIEWER)


def test_the_queue_shows_what_waits_the_oldest_first_with_masked_names(
    reviewer: FlaskClient,
) -> None:
    page = reviewer.get(QUEUE).text
    assert whose(page) == ["V4", "V2", "V3", "V5", "V5", "V5"]
    assert "志*2" in page
    assert "志愿者2" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rule=B4", ["V2"]),
        ("q=v3", ["V3"]),
        ("q=V99", []),
        ("severity=alarm", []),
        ("site=S1&team=T2&rule=B3", ["V3"]),
        ("region=R1&rule=B6", ["V4"]),
        ("from=2026-11-03", ["V3"]),
        ("state=decided", []),
        ("to=yesterday&rule=B4", ["V2"]),
        ("rule=%3Cscript%3Ealert(1)%3C/script%3E", []),
    ],
)
def test_filters_are_in_the_address(reviewer: FlaskClient, query: str, found: list[str]) -> None:
    answer = reviewer.get(f"{QUEUE}?{query}")
    assert answer.status_code == 200
    if query != "from=2026-11-03":
        assert whose(answer.text) == found
    assert "<script>alert" not in answer.text


def test_a_suggested_decision_is_taken_as_shown_and_leads_on_to_the_next(
    desk: Desk, reviewer: FlaskClient
) -> None:
    address = link(reviewer, "V2")
    page = reviewer.get(address).text
    assert "没有签退" in page
    answer = decide(reviewer, address)
    assert urlsplit(answer.location).path == "/console/review/next"
    nxt = reviewer.get(answer.location)
    assert "/V3/" in nxt.location
    derive(desk.services)
    assert desk.minutes("V2") == (240, 0, 0)
    assert whose(reviewer.get(QUEUE).text) == ["V4", "V3", "V5", "V5", "V5"]
    assert whose(reviewer.get(f"{QUEUE}?state=decided").text) == ["V2"]


def test_a_form_previews_an_effect_and_writes_nothing(desk: Desk, reviewer: FlaskClient) -> None:
    address = link(reviewer, "V5")
    shown = decide(reviewer, address, -1, action="refuse", do="preview", why="")
    assert shown.status_code == 200
    assert "您要做的" in shown.text
    assert desk.rows("SELECT hash FROM decision") == []
    done = decide(reviewer, address, -1, action="refuse", do="save", why="tried it")
    assert done.status_code == 302
    derive(desk.services)
    assert desk.minutes("V5") == (0, 0, 960)


def test_a_lone_sign_out_gets_the_start_that_somebody_attests(
    desk: Desk, reviewer: FlaskClient
) -> None:
    address = link(reviewer, "V3")
    more = {"action": "attest", "since0": "2026-11-02T08:00", "until0": "", "why": "on the list"}
    stamp = re.search(r'datetime="(\S{16})', reviewer.get(address).text)
    assert stamp
    more["since0"] = (
        f"{stamp.group(1)[:11]}{int(stamp.group(1)[11:13]) - 1:02}{stamp.group(1)[13:]}"
    )
    assert decide(reviewer, address, 0, do="save", **more).status_code == 302
    derive(desk.services)
    assert desk.minutes("V3") == (60, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "undo"},
        {"action": "x"},
        {"action": "adjust", "since0": "yesterday"},
        {"action": "adjust", "since0": "0001-01-01T00:00", "until0": "9999-12-31T23:59"},
        {"action": "approve", "why": ""},
        {"action": "join"},
    ],
)
def test_what_makes_no_sense_is_told_on_the_page_and_leaves_nothing(
    desk: Desk, reviewer: FlaskClient, wrong: dict[str, str]
) -> None:
    answer = decide(reviewer, link(reviewer, "V5"), -1, **{"do": "save", "why": "x", **wrong})
    assert answer.status_code == 422
    assert desk.rows("SELECT hash FROM decision") == []


def test_of_two_people_the_second_meets_a_plain_notice_and_loses_nothing(
    desk: Desk, reviewer: FlaskClient, browser: Browser
) -> None:
    other = browser(StaffRole.CITY)
    address = link(reviewer, "V4")
    seen = fields(other.get(address).text)
    desk.decide("V4", Action.APPROVE)
    late = other.post(f"{urlsplit(address).path}/decide", data=seen)
    assert late.status_code == 409
    assert "有人处理过" in late.text
    assert "V14" in late.text, "who decided"
    assert desk.minutes("V4") == (1, 0, 0)
    assert len(desk.rows("SELECT hash FROM decision")) == 1


def test_a_decision_is_taken_back_with_a_button(desk: Desk, reviewer: FlaskClient) -> None:
    address = link(reviewer, "V4")
    decide(reviewer, address)
    derive(desk.services)
    page = reviewer.get(address).text
    found = re.search(r'name="decision" value="([0-9a-f]{64})"', page)
    assert found
    data = {"csrf_token": form_token(page), "decision": found.group(1), "why": "wrong person"}
    assert reviewer.post(f"{urlsplit(address).path}/undo", data=data).status_code == 302
    derive(desk.services)
    assert "V4" in whose(reviewer.get(QUEUE).text)


def test_what_changed_since_a_decision_stands_out(desk: Desk, reviewer: FlaskClient) -> None:
    decide(reviewer, link(reviewer, "V2"))
    derive(desk.services)
    desk.late("V2", 9.01, 12)
    page = reviewer.get(f"{QUEUE}?state=changed")
    assert whose(page.text) == ["V2"]
    assert 'class="stands-out"' in page.text
    assert "处理之后有变" in reviewer.get(links(page.text)[0]).text


@pytest.mark.parametrize(
    ("over", "code", "sees"),
    [
        (Over.SITE, "S2", False),
        (Over.SITE, "S1", True),
        (Over.TEAM, "T1", True),
        (Over.REGION, "R9", False),
    ],
)
def test_what_lies_outside_one_s_part_is_not_there(
    desk: Desk, reviewer: FlaskClient, browser: Browser, over: Over, code: str, sees: bool
) -> None:
    address = link(reviewer, "V2")  # of T1, at S1
    client = browser(StaffRole.REVIEWER, over, code)
    assert (client.get(address).status_code == 200) == sees
    assert ("V2" in whose(client.get(QUEUE).text)) == sees
    data = {**fields(reviewer.get(address).text), "csrf_token": form_token(client.get(QUEUE).text)}
    answer = client.post(f"{urlsplit(address).path}/decide", data=data)
    assert answer.status_code == (302 if sees else 404)
    assert (desk.rows("SELECT hash FROM decision") != []) == sees


def test_whoever_may_only_look_is_offered_nothing_to_decide(desk: Desk, browser: Browser) -> None:
    viewer = browser(StaffRole.VIEWER)
    page = viewer.get(link(viewer, "V2")).text
    assert "/decide" not in page
    data = {"csrf_token": form_token(page), "action": "approve", "why": "x"}
    path = urlsplit(link(viewer, "V2")).path
    assert viewer.post(f"{path}/decide", data=data).status_code == 403


@pytest.mark.parametrize(
    "path", ["V2/" + "0" * 64, "V99/" + "a" * 64, "V2/x", "V2/" + "g" * 64, "红/" + "0" * 64]
)
def test_a_record_that_is_none_is_not_found(reviewer: FlaskClient, path: str) -> None:
    assert reviewer.get(f"{QUEUE}/{path}").status_code == 404


def test_reading_a_person_or_names_in_full_is_noted(desk: Desk, browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT)
    client.get(QUEUE)
    client.get(link(client, "V2"))
    assert "志愿者2" in client.get(f"{QUEUE}?names=full").text
    with desk.services.database.read() as connection:
        noted = connection.execute(select(Reading.what, Reading.about, Reading.people)).all()
    assert [(r[0], r[2]) for r in noted] == [("review", 1), ("review", 4)]
    assert noted[0][1] == "V2"


def test_views_are_kept_by_account_and_replaced_by_name(
    reviewer: FlaskClient, browser: Browser
) -> None:
    token = form_token(reviewer.get(QUEUE).text)
    for rule in ("B4", "B6"):
        data = {"csrf_token": token, "name": "老李<b>", "rule": rule}
        assert reviewer.post(f"{QUEUE}/views", data=data).status_code == 302
    page = reviewer.get(QUEUE).text
    assert 'href="/console/review?rule=B6">老李&lt;b&gt;</a>' in page
    assert "rule=B4" not in page
    assert "老李" not in browser(StaffRole.REVIEWER).get(QUEUE).text
    reviewer.post(f"{QUEUE}/views/forget", data={"csrf_token": token, "name": "老李<b>"})
    assert "老李" not in reviewer.get(QUEUE).text


def test_the_next_of_the_last_finding_is_the_list(reviewer: FlaskClient) -> None:
    last = links(reviewer.get(QUEUE).text)[-1]
    at = parse_qs(urlsplit(last).query)["at"][0]
    answer = reviewer.get(f"{QUEUE}/next?after={at}&rule=B8")
    assert answer.location == "/console/review?rule=B8&done=1"
