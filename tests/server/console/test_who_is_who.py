"""Walk-ins are matched, and numbers of one person merged, by people who may see them; that they looked is noted."""

from pathlib import Path
from re import findall, split

import pytest
from sqlalchemy import select

from schemas.entry import WalkIn
from server.access.grant import Grant, Over
from server.access.part import EVERYTHING, Part
from server.access.roles import StaffRole
from server.books.decisions.merge import merge
from server.models.decision import Merger
from server.people.duplicates import PHONE, duplicates
from server.people.walk_ins import unmatched
from server.services import Services
from sync.walk_in import seal_details
from tests.server.books.desk import CITY, Desk, make_desk
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS, ServerClock
from tests.server.conftest import import_text
from tests.server.console.conftest import Browser
from tests.server.staff import form_token, hire, said_on, signed_in

PEOPLE = (
    "number,name,phone,team,born\nV60,单小明,13911112222,T1,1990-01-01\nV61,单小明,13911112222,T2,1990-01-01\n"
    "V62,善晓明,,T1,1991-01-01\nV63,李一,13911112222,T9,\n"
)
NUMBER = "TAAAAAA-7K2M"


@pytest.fixture
def desk(services: Services, clock: ServerClock, tmp_path: Path) -> Desk:
    """A desk where a walk-in was taken in who gave name and phone."""
    import_text(services, tmp_path, "volunteers", PEOPLE)
    found = make_desk(services, clock)
    given = {"name": "单小明<b>", "phone": "139 1111 2222"}
    sealed = seal_details(services.signer.keys.seal_public, given)
    stamp = found.kiosk.stamp(START_MS + 12 * HOUR_MS)
    found.kiosk.add(WalkIn(*stamp, NUMBER, "", sealed, "plain", "V13"))
    found.sync(40)
    return found


def test_a_walk_in_is_matched_by_what_they_gave(desk: Desk, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    listed = client.get("/console/walk-ins").text
    assert "7K2M" in listed
    assert "13911112222" not in listed
    page = client.get(f"/console/walk-ins/{NUMBER}").text
    assert "139 1111 2222" in page
    assert "单小明&lt;b&gt;" in page
    assert page.index("V60") < page.index("V63"), "phone, then less"
    sent = {"csrf_token": form_token(page), "into": "V60"}
    done = client.post(f"/console/walk-ins/{NUMBER}/accept", data=sent, follow_redirects=True)
    assert "7K2M 是 V60" in done.text
    again = client.post(f"/console/walk-ins/{NUMBER}/accept", data=sent)
    assert again.status_code == 404, "it is matched already"
    with desk.services.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT what, about FROM reading").all()
    assert [tuple(row) for row in rows] == [("reference.walk_in", NUMBER)]


def test_walk_ins_are_gone_through_to_the_last_however_few_are_looked_at_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(5):
        stamp = desk.kiosk.stamp(START_MS + (13 + place) * HOUR_MS)
        sealed = seal_details(desk.services.signer.keys.seal_public, {"name": "甲", "phone": ""})
        desk.kiosk.add(WalkIn(*stamp, f"TAAAAA{'BCDEF'[place]}-7K2M", "", sealed, "plain", "V13"))
    desk.sync(60)
    monkeypatch.setattr("server.people.walk_ins.WALK_INS_LOOKED_AT_MAX", 2)
    numbers, after = [], ""
    with desk.services.database.read() as connection:
        for _ in range(4):
            page, after = unmatched(connection, EVERYTHING, after=after, limit=2)
            numbers += [one.number for one in page]
            if not after:
                break
        assert after == ""
        elsewhere = unmatched(connection, Part(sites=frozenset({"S404"})), limit=2)
    assert len(numbers) == len(set(numbers)) == 6
    assert elsewhere == ([], "")


def test_a_walk_in_at_another_s_site_is_nobody(desk: Desk, browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R9")
    assert "7K2M" not in said_on(client.get("/console/walk-ins").text)
    assert client.get(f"/console/walk-ins/{NUMBER}").status_code == 404
    token = form_token(client.get("/console/account").text)
    sent = {"csrf_token": token, "into": "V60"}
    assert client.post(f"/console/walk-ins/{NUMBER}/accept", data=sent).status_code == 404


def test_numbers_of_one_person_are_found_and_merged_with_a_reason(
    desk: Desk, browser: Browser
) -> None:
    client = browser(StaffRole.CITY)
    page = said_on(client.get("/console/duplicates?by=born").text)
    assert "V60" in page
    assert "V61" in page
    assert "V62" not in page
    seen = client.get("/console/duplicates/merge?who=V61&into=V60&by=born").text
    assert "同一人的时长" not in seen
    sent = {"csrf_token": form_token(seen), "who": "V61", "into": "V60"}
    assert client.post("/console/duplicates/merge", data=sent).status_code == 400
    answer = client.post(
        "/console/duplicates/merge", data=sent | {"why": "同一人"}, follow_redirects=True
    )
    assert "已合并：V61 并入 V60" in answer.text
    assert 'value="V61"' not in client.get("/console/duplicates?by=born").text
    assert client.get("/console/duplicates?by=x").status_code == 404
    assert client.get("/console/duplicates/merge?who=V60&into=V60").status_code == 400


def test_a_merger_is_shown_in_numbers_and_taken_back_once_on_the_persons_page(
    desk: Desk, browser: Browser
) -> None:
    desk.stay("V1", 8, 10)
    desk.stay("V2", 9, 11)
    desk.sync(41)
    client = browser(StaffRole.CITY)
    foreseen = client.get("/console/duplicates/merge?who=V1&into=V2").text
    assert _rows(foreseen) == [
        ["V1", "志愿者1", "—", "1", "2:00", "0:00", "0:00"],
        ["V2", "志愿者2", "—", "1", "2:00", "0:00", "0:00"],
        ["V2", "志愿者2", "V1", "2", "3:00", "0:00", "0:00"],
    ]
    sent = {"csrf_token": form_token(foreseen), "who": "V1", "into": "V2", "why": "同一人"}
    at = client.post("/console/duplicates/merge", data=sent).location
    derive(desk.services)
    told = client.get(at).text
    assert [row[0] for row in _rows(told)] == ["V2", "V1", "V2"], "now one, then two"
    for number in ("V1", "V2"):
        assert at in client.get(f"/console/reference/volunteers/at/{number}").text
    undo = {"csrf_token": form_token(told), "why": ""}
    assert client.post(f"{at}/undo", data=undo).status_code == 400, "no reason"
    undo["why"] = "两个人"
    first, again = (client.post(f"{at}/undo", data=undo, follow_redirects=True) for _ in range(2))
    assert ("已撤销：V1" in first.text, "早已撤销：V1" in again.text) == (True, True)
    derive(desk.services)
    assert (sum(desk.minutes("V1")), sum(desk.minutes("V2"))) == (120, 120)
    assert "两个人" in client.get(at).text


def _rows(page: str) -> list[list[str]]:
    """Give the cells of the tables of a page."""
    rows = findall(r"<tr><th scope=\"row\">(.*?)</tr>", page)
    return [[cell.split(">")[-1] for cell in split(r"</t[hd]>", row)[:-1]] for row in rows]


def test_nobody_undoes_a_merger_outside_their_part_or_of_themselves(
    desk: Desk, browser: Browser
) -> None:
    services = desk.services
    merge(services.database, services.central, CITY, "V63", "V62", "同一人")
    with services.database.read() as connection:
        entry = bytes(connection.scalar(select(Merger.hash)) or b"").hex()
    at = f"/console/mergers/{entry}"
    district = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    token = form_token(district.get("/console/account").text)
    sent = {"csrf_token": token, "why": "x"}
    answers = [district.get(at), district.post(f"{at}/undo", data=sent)]
    assert [one.status_code for one in answers] == [404, 404]
    assert entry not in district.get("/console/reference/volunteers/at/V62").text
    for wrong in ("a" * 64, "a" * 63, "g" * 64, "..%2f"):
        assert district.get(f"/console/mergers/{wrong}").status_code == 404
    viewer = browser(StaffRole.VIEWER)
    assert viewer.get(at).status_code == 403
    hire(services, "is.v62", Grant(StaffRole.CITY, Over.ALL, ""), number="V62")
    console = browser(StaffRole.CITY).application
    own = signed_in(console, "is.v62")
    sent["csrf_token"] = form_token(own.get(at).text)
    refused = own.post(f"{at}/undo", data=sent)
    assert (refused.status_code, "不能认定自己的时长" in refused.text) == (403, True)


def test_nobody_outside_the_part_is_alike_or_merged(desk: Desk, browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    page = client.get("/console/duplicates").text
    assert "V63" not in said_on(page)
    sent = {"csrf_token": form_token(page), "who": "V63", "into": "V60", "why": "x"}
    assert client.post("/console/duplicates/merge", data=sent).status_code == 404


def test_a_bounded_stretch_is_looked_at_and_the_page_leads_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.people.duplicates.DUPLICATE_WORDS_LOOKED_AT", 5)
    found, after, pages = [], "", 0
    with desk.services.database.read() as connection:
        while pages < 20:
            groups, after = duplicates(connection, EVERYTHING, PHONE, after=after, limit=5)
            found += [[one.number for one in group.people] for group in groups]
            pages += 1
            if not after:
                break
        assert found == [["V60", "V61", "V63"]]
        assert pages > 2


def test_where_to_go_on_names_nobody_outside_the_part(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = "number,name,phone,team\nV50,甲,13800000001,T9\nV51,乙,13800000001,T1\nV52,丙,13800000001,T1\n"
    import_text(desk.services, tmp_path, "volunteers", rows)
    monkeypatch.setattr("server.people.duplicates.DUPLICATE_WORDS_LOOKED_AT", 3)
    part = Part(teams=frozenset({"T1"}))
    with desk.services.database.read() as connection:
        _, after = duplicates(connection, part, PHONE, limit=5)
        assert after in {"", "V51", "V52"}
        from_outside = duplicates(connection, part, PHONE, after="V63", limit=5)
        assert from_outside == ([], "")  # a place in the order of numbers, whoever has it
