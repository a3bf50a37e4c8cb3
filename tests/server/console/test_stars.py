"""Stars on pages: thresholds, lists with their effect shown first, objections, the evidence; never beyond one's part."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.part import Part
from server.access.roles import StaffRole
from server.services import Services
from server.stars.lists import find_list
from server.stars.notices import all_lists
from server.stars.on_lists import lists_within
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import DAY_MS, ServerClock
from tests.server.certificates.desk import LATE_H
from tests.server.conftest import import_text
from tests.server.console.conftest import Browser
from tests.server.staff import form_token

PAGES = "/console/stars"
FIGURES = "region,site,from,key,value\n,,2026-01-01,star_1_hours,3\n,,2026-01-01,star_2_hours,7\n"
ASKED = {"title": "年度星级", "day": "2026-12-01", "least": "1", "team": "", "days": ""}


@pytest.fixture
def desk(services: Services, clock: ServerClock, tmp_path: Path) -> Desk:
    """A closed November: V1 of team T2 has 7 hours, two stars; V2 of team T1 has 3, one star."""
    import_text(services, tmp_path, "policies", FIGURES)
    found = make_desk(services, clock)
    found.stay("V1", 8, 15)
    found.stay("V2", 16, 19)
    found.sync(LATE_H)
    found.close()
    return found


@pytest.fixture
def city(browser: Browser, desk: Desk) -> FlaskClient:
    """Somebody of the city, who signed in once the desk's month was closed."""
    assert desk.clock.now_ms
    return browser(StaffRole.CITY)


def preview(client: FlaskClient, **more: str) -> str:
    return client.get(f"{PAGES}/new", query_string={**ASKED, **more}).text


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1][:64]


def post(client: FlaskClient, path: str, **data: str) -> int:
    token = form_token(client.get("/console/account").text)
    return client.post(f"{PAGES}/{path}", data={**data, "csrf_token": token}).status_code


def put_up(client: FlaskClient, **more: str) -> int:
    return post(client, "publish", **{**ASKED, **more, "seen": seen_in(preview(client, **more))})


def newest(desk: Desk) -> str:
    with desk.services.database.read() as connection:
        return all_lists(connection)[0].hash.hex()


def objection(desk: Desk) -> str:
    ((found,),) = desk.rows("SELECT hash FROM star_objection")
    return bytes(found).hex()


@pytest.mark.usefixtures("desk")
def test_thresholds_in_force_are_shown(city: FlaskClient) -> None:
    page = city.get(PAGES).text
    assert [f'<td class="number">{hours}</td>' in page for hours in (3, 7, 600, 1_000, 1_500)] == [True] * 5  # fmt: skip


def test_a_list_is_shown_before_it_is_put_up_and_another_one_by_then_is_refused(
    city: FlaskClient, desk: Desk
) -> None:
    page = preview(city)
    assert "志*1" in page
    assert "志愿者1" not in page
    assert desk.rows("SELECT hash FROM star_list") == [], "looking puts nothing up"
    assert post(city, "publish", **ASKED) == 409, "nobody looked"
    desk.decide("V2", Action.REFUSE)
    assert post(city, "publish", **ASKED, seen=seen_in(page)) == 409
    assert desk.rows("SELECT hash FROM star_list") == []
    assert put_up(city) == 302
    assert "年度星级" in city.get(PAGES).text


def test_what_makes_no_list_is_refused(
    city: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [("least", "6"), ("least", "x"), ("days", "6"), ("day", "2036-01-01"), ("day", "-")]
    for more in map(dict, zip([*wrong, ("title", ""), ("title", "长" * 500)], strict=True)):
        assert city.get(f"{PAGES}/new", query_string={**ASKED, **more}).status_code == 400, more
    assert "没有人达到" in preview(city, least="5")
    monkeypatch.setattr("server.stars.preview.CONSOLE_STARS_PEOPLE_MAX", 1)
    assert city.get(f"{PAGES}/new", query_string=ASKED).status_code == 413
    assert desk.rows("SELECT hash FROM star_list") == []


def test_an_objection_is_answered_and_the_list_concluded(
    browser: Browser, city: FlaskClient, desk: Desk
) -> None:
    put_up(city)
    entry = newest(desk)
    assert post(city, f"{entry}/object", number="V2", said="") == 400
    assert post(city, f"{entry}/object", number="V4", said="不在名单上") == 404
    assert post(city, f"{entry}/object", number="V2", said="那天<b>没有来</b>") == 302
    page = city.get(f"{PAGES}/{entry}").text
    assert "那天&lt;b&gt;没有来" in page
    assert post(city, f"{entry}/conclude") == 400, "it is up"
    desk.clock.now_ms += 8 * DAY_MS
    city = browser(StaffRole.CITY)  # a week later one signs in again
    assert post(city, f"{entry}/conclude") == 400, "an objection is open"
    answer = f"objections/{objection(desk)}/answer"
    assert post(city, answer, outcome="agreed") == 400, "without a reason"
    assert post(city, answer, outcome="partly", why="查过") == 400
    assert post(city, answer, outcome="agreed", why="查过") == 302
    assert post(city, f"{entry}/conclude") == 302
    page = city.get(f"{PAGES}/{entry}").text
    assert "已确定" in page
    assert "已除名" in page
    with desk.services.database.read() as connection:
        assert [row[0] for row in find_list(connection, entry).left] == ["V1"]


def test_evidence_adds_up_to_the_list_and_says_when_it_does_not_any_more(
    city: FlaskClient, desk: Desk
) -> None:
    put_up(city)
    address = f"{PAGES}/{newest(desk)}/people/V1"
    page = city.get(address).text
    record = bytes(desk.records("V1")[0].id).hex()
    assert f"/console/review/V1/{record}" in page
    assert "与公示时一致" in page
    assert "志愿者1" in page, "the city may read names"
    assert ("stars", "V1") in desk.rows("SELECT what, about FROM reading")
    desk.decide("V1", Action.REFUSE)
    page = city.get(address).text
    assert "公示以后时长有变" in page
    assert "时长已不足" in page


def test_nobody_sees_or_ends_what_lies_beyond_their_part(
    browser: Browser, city: FlaskClient, desk: Desk
) -> None:
    put_up(city)
    entry = newest(desk)
    team = browser(StaffRole.TEAM_LEADER, Over.TEAM, "T1")
    page = team.get(f"{PAGES}/{entry}").text
    assert "V2" in page
    assert "V1<" not in page
    assert team.get(f"{PAGES}/{entry}/people/V1").status_code == 404
    elsewhere = browser(StaffRole.DISTRICT, Over.REGION, "R9")
    assert "年度星级" not in elsewhere.get(PAGES).text
    assert elsewhere.get(f"{PAGES}/{entry}").status_code == 404
    assert post(elsewhere, f"{entry}/object", number="V1", said="x") == 404
    assert post(elsewhere, f"{entry}/conclude") == 404
    mine = browser(StaffRole.DISTRICT, Over.TEAM, "T1")
    assert post(mine, f"{entry}/object", number="V1", said="x") == 404
    desk.clock.now_ms += 8 * DAY_MS
    mine = browser(StaffRole.DISTRICT, Over.TEAM, "T1")
    assert post(mine, f"{entry}/conclude") in (400, 403), "it has people beyond the part"
    assert "已确定" not in mine.get(f"{PAGES}/{entry}").text


def test_a_part_puts_up_only_its_own_people(browser: Browser, desk: Desk) -> None:
    mine = browser(StaffRole.DISTRICT, Over.TEAM, "T1")
    assert put_up(mine) == 302
    with desk.services.database.read() as connection:
        assert [row[0] for row in find_list(connection, newest(desk)).rows] == ["V2"]


def test_many_lists_take_as_many_questions_as_one_and_pages_go_on(
    city: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> int:
        seen: list[str] = []

        def note(_c: object, _k: object, statement: str, *_: object) -> None:
            seen.append(statement)

        engine = desk.services.database.facts
        event.listen(engine, "before_cursor_execute", note)
        with desk.services.database.read() as connection:
            found = all_lists(connection)
            lists_within(connection, found, Part(teams=frozenset({"T1"})))
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    put_up(city, title="第1份")
    post(city, f"{newest(desk)}/object", number="V1", said="x")
    one = asked()
    for number in (2, 3):
        put_up(city, title=f"第{number}份")
        post(city, f"{newest(desk)}/object", number="V1", said="x")
    assert asked() == one
    monkeypatch.setattr("server.console.stars.browse.LISTS_A_PAGE", 2)
    first = city.get(PAGES).text
    assert ["第3份" in first, "第2份" in first, "第1份" in first] == [True, True, False]
    onward = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "第1份" in city.get(onward).text
    assert city.get(f"{PAGES}?before=zz").status_code == 404
    assert city.get(f"{PAGES}?before={'00' * 32}").status_code == 404
