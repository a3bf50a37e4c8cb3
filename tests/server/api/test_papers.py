"""On paper and out of the house by program: certificates, bulletins, the official export, sheets; noted where names are read."""

import json
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from sqlalchemy import text

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.roles import Right, StaffRole
from server.bulletins import bounded
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.papers import NOVEMBER, PAPER
from tests.server.api.program import Program, code_of
from tests.server.api.test_work import done
from tests.server.books.desk import Desk
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.conftest import import_text

WEEK = {"region": "R1", "from": "2026-11-02", "to": "2026-11-08"}
WISH = {"volunteer": "V4", "issuer": "浉河区指导中心", **PAPER}


@pytest.fixture
def closed(town: Desk, clock: ServerClock) -> Desk:
    """The town, with November at S1 closed: V4 has four confirmed hours."""
    clock.now_ms = START_MS + 40 * DAY_MS
    town.close(NOVEMBER, why="a kiosk is out")
    clock.now_ms = START_MS + 40 * DAY_MS
    return town


@pytest.fixture
def district(closed: Desk, program: Programs) -> Program:
    """A program of district R1."""
    return program(StaffRole.DISTRICT, Over.REGION, "R1")


@pytest.fixture
def other(closed: Desk, program: Programs) -> Program:
    """A program of district R2."""
    return program(StaffRole.DISTRICT, Over.REGION, "R2")


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulletins without papers, which take a second each."""
    monkeypatch.setattr("server.bulletins.issue._papers", lambda *_: {})


def said(content: bytes) -> str:
    """Give the text of a PDF."""
    with pypdfium2.PdfDocument(content) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


def readings(services: Services) -> list[tuple[Any, ...]]:
    """Give what was noted."""
    with services.database.read() as connection:
        rows = connection.execute(text("SELECT what, about, people FROM reading ORDER BY 1, 2, 3"))
        return [tuple(row) for row in rows]


def paper_of(program: Program, number: str, **more: str) -> Any:
    return program.post(f"/certificates/{number}/paper", {**PAPER, **more})


def test_a_certificate_is_issued_once_printed_read_and_withdrawn(
    services: Services, district: Program
) -> None:
    issued = done(district.post("/certificates", WISH))
    assert (issued["minutes"], issued["already"], issued["volunteer"]) == (240, False, "V4")
    assert done(district.post("/certificates", WISH)) == issued | {"already": True}
    number = issued["number"]
    paper = paper_of(district, number, document="居民身份证 411503199001011234", language="zh")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert paper.headers["Cache-Control"] == "no-store"
    assert f"V4-{number}.pdf" in paper.headers["Content-Disposition"]
    for words in (number, "志愿者4", "411503199001011234", "王主任", "浉河区指导中心"):
        assert words in said(paper.data), words
    assert readings(services) == [("api certificate", "V4", 1)]
    assert b"411503199001011234" not in _kept(services)
    told = done(district.get(f"/certificates/{number}"))
    assert (told["state"], told["name"], told["minutes"]) == ("good", "志*4", 240)
    why = {"why": "误发"}
    assert done(district.post(f"/certificates/{number}/withdraw", why))["already"] is False
    assert done(district.get(f"/certificates/{number}"))["state"] == "withdrawn"
    late = paper_of(district, number)
    assert (late.status_code, code_of(late)) == (412, "changed_since")
    assert len(done(district.get("/certificates"))["items"]) == 1, "printing issues none"


def _kept(services: Services) -> bytes:
    """Give everything that calls left behind, unsealed or not."""
    with services.database.read() as connection:
        rows = connection.execute(text("SELECT sealed FROM given_answer"))
        return b"".join(bytes(row[0]) for row in rows) + repr(readings(services)).encode()


def test_a_certificate_is_superseded_by_the_next_and_by_what_comes_in_later(
    closed: Desk, district: Program
) -> None:
    first = done(district.post("/certificates", WISH))["number"]
    second = done(district.post("/certificates", WISH | {"why": "遗失补发"}))
    assert second["replaced"] == first
    assert done(district.get(f"/certificates/{first}"))["state"] == "replaced"
    closed.decide("V4", Action.REFUSE)
    assert done(district.get(f"/certificates/{second['number']}"))["state"] == "changed"
    assert code_of(paper_of(district, second["number"])) == "changed_since"
    listed = done(district.get("/certificates", volunteer="V4", limit=1))
    assert listed["items"][0]["number"] == second["number"]
    rest = done(district.get("/certificates", volunteer="V4", limit=1, cursor=listed["next"]))
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([first], None)


def test_nobody_certifies_beyond_their_part_or_what_is_not_confirmed(
    district: Program, other: Program, program: Programs
) -> None:
    number = done(district.post("/certificates", WISH))["number"]
    for path, body in (
        ("/certificates", WISH),
        (f"/certificates/{number}/paper", PAPER),
        (f"/certificates/{number}/withdraw", {"why": "x"}),
    ):
        assert code_of(other.post(path, body)) == "not_found", path
        answer = program(StaffRole.VIEWER).post(path, body)
        assert (answer.status_code, code_of(answer)) == (403, "no_right"), path
    assert other.get(f"/certificates/{number}").status_code == 404
    nothing = district.post("/certificates", WISH | {"volunteer": "V7"})
    assert (nothing.status_code, code_of(nothing)) == (409, "nothing_confirmed")
    assert district.get("/certificates/" + "0" * 20).status_code == 404


HOSTILE: list[dict[str, str]] = [
    {"issuer": ""}, {"issuer": " \t"}, {"issuer": "a\nb"}, {"issuer": "长" * 500}, {"responsible": "\x00"},
    {"handler": "\ud800"}, {"contact": "a" * 81}, {"volunteer": "V4'"}, {"from": "2999-12-32"}, {"from": "0001-01-01"},
    {"why": "a" * 301}, {"document": "411503199001011234"}, {"issuer": "浉河区\U00013000"},
    {"from": "2999-12-01", "to": "2999-12-31"},
]  # fmt: skip


def test_a_hostile_certificate_is_refused_and_none_is_issued(
    closed: Desk, district: Program
) -> None:
    for bad in HOSTILE:
        answer = district.post("/certificates", json.dumps(WISH | bad).encode())
        assert answer.status_code in (409, 422), (bad, answer.text)
        assert code_of(answer) in ("bad_field", "glyph_missing", "nothing_confirmed")
    assert closed.rows("SELECT number FROM certificate") == []


def test_a_bulletin_is_shown_frozen_once_read_and_handed_out(district: Program) -> None:
    shown = done(district.get("/bulletins/preview", **WEEK))
    assert (shown["number"], shown["sections"][0]["figures"]["credited"]) == (0, 240)
    assert done(district.get("/bulletins"))["items"] == [], "looking freezes nothing"
    issued = done(district.post("/bulletins", WEEK | {"body": "指导中心"}))
    assert (issued["number"], issued["already"], issued["final"]) == (1, False, False)
    assert done(district.post("/bulletins", WEEK))["already"] is True
    anew = WEEK | {"anew": True}
    second = done(district.post("/bulletins", anew, key="the-weekly-one"))
    assert second["number"] == 2
    assert done(district.post("/bulletins", anew, key="the-weekly-one")) == second
    third = district.post("/bulletins", anew | {"title": "x"}, key="the-weekly-one")
    assert (third.status_code, code_of(third)) == (422, "key_reused")
    assert len(done(district.get("/bulletins"))["items"]) == 2
    told = done(district.get("/bulletins/1"))
    assert (told["hash"], told["content"]["body"]) == (issued["hash"], "指导中心")
    assert told["content"]["sections"] == shown["sections"]
    assert "指导中心" in said(district.get("/bulletins/1/papers/zh.pdf").data)
    document = docx.Document(BytesIO(district.get("/bulletins/1/papers/en.docx").data))
    assert "指导中心" in "".join(paragraph.text for paragraph in document.paragraphs)
    figures = district.get("/bulletins/1/papers/json")
    assert done(figures)["number"] == 1
    assert figures.data == district.get("/bulletins/1/papers/json").data


@pytest.mark.usefixtures("unprinted")
def test_a_figure_leads_to_its_rows_page_by_page_and_who_followed_it_is_noted(
    services: Services, district: Program
) -> None:
    done(district.post("/bulletins", WEEK))
    figure = done(district.get("/bulletins/1/figures/all.records"))
    assert (figure["value"], figure["now"], figure["count"]) == (3, 3, 3)
    assert figure["since"] == {"same": 3, "changed": 0, "gone": 0, "new": 0}
    assert readings(services) == []
    path, found, cursor = "/bulletins/1/figures/all.records/rows", [], ""
    while cursor is not None:
        told = done(district.get(path, limit=2, cursor=cursor))
        found += told["items"]
        cursor = told["next"]
    assert sorted(row["volunteer"] for row in found) == ["V1", "V2", "V4"]
    assert sum(row["credited"] for row in found) == 240
    assert readings(services) == [
        ("api bulletin", "1 all.records", 1),
        ("api bulletin", "1 all.records", 2),
    ]
    for name in ("all.nothing", "R9.people", "all", "x.people.y"):
        assert district.get(f"/bulletins/1/figures/{name}").status_code == 404, name


@pytest.mark.usefixtures("unprinted")
def test_a_bulletin_of_another_region_is_not_there_and_a_viewer_freezes_none(
    district: Program, other: Program, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(district.post("/bulletins", WEEK))
    for path in (
        "",
        "/papers/zh.pdf",
        "/papers/json",
        "/figures/all.people",
        "/figures/all.people/rows",
    ):
        assert other.get(f"/bulletins/1{path}").status_code == 404, path
    assert other.get("/bulletins/preview", **WEEK).status_code == 404
    assert code_of(other.post("/bulletins", WEEK)) == "not_found"
    assert code_of(program(StaffRole.VIEWER).post("/bulletins", WEEK)) == "no_right"
    for name in ("rows-00001", "zh.exe", "..", "zh.pdf%00", "fr.pdf"):
        assert district.get(f"/bulletins/1/papers/{name}").status_code == 404, name
    for number in ("0", "2", "99999999999999999999", "-1"):
        assert district.get(f"/bulletins/{number}").status_code == 404, number
    monkeypatch.setattr(bounded, "CONSOLE_BULLETIN_ROWS_MAX", 1)
    for answer in (
        district.get("/bulletins/preview", **WEEK),
        district.post("/bulletins", WEEK | {"anew": True}),
        district.get("/bulletins/1/figures/all.people"),
        district.get("/bulletins/1/figures/all.people/rows"),
    ):
        assert (answer.status_code, code_of(answer)) == (413, "too_large")


ODD: list[dict[str, Any]] = [
    {"region": "R1\x00"}, {"region": ""}, {"from": "2026-11-09"}, {"from": "1970-01-01", "to": "2999-12-31"},
    {"title": "a\nb"}, {"body": "长" * 401}, {"anew": "yes"}, {"number": 7}, {"title": "\U00013000"},
]  # fmt: skip


def test_a_hostile_bulletin_is_refused_and_none_is_frozen(district: Program) -> None:
    for bad in ODD:
        answer = district.post("/bulletins", WEEK | bad)
        assert answer.status_code == 422, (bad, answer.text)
        assert code_of(answer) in ("bad_field", "glyph_missing"), bad
    assert done(district.get("/bulletins"))["items"] == []


ROW = "000001-00001"
RECEIPTS = f"row,receipt,reason\n{ROW},JS-1,\n"


@pytest.mark.both_databases
def test_a_month_is_sent_once_and_its_receipts_are_taken_with_their_totals(
    services: Services, district: Program
) -> None:
    assert done(district.get("/exports/months"))["items"] == [{"month": "2026-11", "sites": 1}]
    (due,) = done(district.get("/exports", month="2026-11"))["items"]
    assert (due["site"], due["waiting"], due["due"]) == ("S1", 1, "2026-11-16")
    wish = {"responsible": "王主任", "form": "xlsx"}
    sent = done(district.post("/exports/2026-11/send", wish))
    assert (sent["rows"], sent["files"][0]["minutes"]) == (1, 240)
    assert done(district.post("/exports/2026-11/send", wish))["files"] == []
    (file,) = done(district.get("/exports/files", month="2026-11"))["items"]
    assert (file["number"], file["people"], file["records"], file["minutes"]) == (1, 1, 1, 240)
    answer = district.get("/exports/files/1")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    assert [cell.value for cell in sheet[2]][:4] == [ROW, "记录", "V4", "志愿者4"]
    assert readings(services) == [("api official", "S1 2026-11 #1", 1)]

    def put(content: str, **totals: str) -> Any:
        return district.put("/exports/receipts", content.encode(), **totals)

    differs = put(RECEIPTS, people="1", records="1", minutes="239")
    assert (differs.status_code, code_of(differs)) == (409, "totals_differ")
    assert done(put(RECEIPTS, people="1", records="1", minutes="240"))["accepted"] == 1
    assert done(put(RECEIPTS))["already"] == 1
    (done_with,) = done(district.get("/exports", month="2026-11"))["items"]
    assert (done_with["accepted"], done_with["due"]) == (1, "")


def test_a_refused_row_is_sent_again_only_if_so_wished(district: Program) -> None:
    wish = {"responsible": "王主任"}
    done(district.post("/exports/2026-11/send", wish))
    taken = district.put("/exports/receipts", f"row,reason\n{ROW},姓名不符\n".encode())
    assert done(taken)["refused"] == 1
    assert done(district.post("/exports/2026-11/send", wish))["rows"] == 0
    again = done(district.post("/exports/2026-11/send", wish | {"again": True}))
    assert (again["files"][0]["again"], again["files"][0]["chunk"]) == (1, 2)
    late = district.put("/exports/receipts", RECEIPTS.encode())
    assert [bad["row"] for bad in done(late)["bad"]] == [ROW], "it goes by its new number"


def test_what_others_sent_is_not_there(
    district: Program, other: Program, program: Programs
) -> None:
    done(district.post("/exports/2026-11/send", {"responsible": "王主任"}))
    assert done(other.get("/exports/files", month="2026-11"))["items"] == []
    assert done(other.get("/exports/months"))["items"] == []
    assert other.get("/exports/files/1").status_code == 404
    mine = {"responsible": "x", "site": "S1"}
    assert code_of(other.post("/exports/2026-11/send", mine)) == "not_found"
    taken = done(other.put("/exports/receipts", RECEIPTS.encode()))
    assert (taken["accepted"], [bad["row"] for bad in taken["bad"]]) == (0, [ROW])
    assert done(district.get("/exports", month="2026-11"))["items"][0]["sent"] == 1
    viewer = program(StaffRole.VIEWER)
    assert viewer.get("/exports/files/1").status_code == 403
    assert viewer.put("/exports/receipts", b"").status_code == 403


def test_hostile_receipts_are_refused_or_listed_and_change_nothing(district: Program) -> None:
    done(district.post("/exports/2026-11/send", {"responsible": "王主任"}))
    for content, query, status in (
        (b"", {}, 400),
        (b"\x00\x01", {}, 400),
        (b"PK\x03\x04 no zip", {}, 400),
        (b"name,value\n1,2\n", {}, 400),
        (RECEIPTS.encode(), {"people": "1"}, 422),
        (RECEIPTS.encode(), {"people": "x", "records": "1", "minutes": "1"}, 422),
        (RECEIPTS.encode(), {"people": "9" * 30, "records": "1", "minutes": "1"}, 422),
        (b"x" * 8_388_609, {}, 413),
    ):
        answer = district.put("/exports/receipts", content, **query)
        assert answer.status_code == status, (content[:20], answer.text)
        assert code_of(answer)
    odd = f"row,receipt\n{ROW},{'x' * 81}\n-1,x\n000009-00001,x\n"
    assert len(done(district.put("/exports/receipts", odd.encode()))["bad"]) == 3
    assert done(district.get("/exports", month="2026-11"))["items"][0]["sent"] == 1
    headers = {"Authorization": f"Bearer {district.secret}"}
    form = district.client.put("/api/v1/exports/receipts", data=RECEIPTS, headers=headers)
    assert code_of(form) == "unsupported_media"
    for month in ("2026-13", "0000-01", "99999-01"):
        answer = district.post(f"/exports/{month}/send", {"responsible": "x"})
        assert answer.status_code == 404, month


@pytest.fixture
def duty(town: Desk, services: Services, tmp_path: Any) -> Desk:
    """Two people of R1 who are to come to S1 on 2026-11-03."""
    shift = "code,post,start,end\nH1,P1,2026-11-03T08:00,2026-11-03T12:00\n"
    import_text(services, tmp_path, "shifts", shift)
    import_text(services, tmp_path, "assignments", "shift,volunteer\nH1,V1\nH1,V2\n")
    return town


DAY = {"site": "S1", "day": "2026-11-03"}
CARD = {"post": "P1", "what": "量体温", "how": "一人一测", "protect": "戴口罩"}


@pytest.mark.usefixtures("duty")
def test_sheets_are_printed_and_whose_names_are_on_them_is_noted(
    services: Services, program: Programs
) -> None:
    client = program(StaffRole.DISTRICT, Over.REGION, "R1")
    signs = client.post("/sheets/posts", {**DAY, "cards": [CARD]})
    codes = client.post("/sheets/enrolment", {"sites": ["S1", "S2"]}, key="codes-on-paper")
    for answer, words in (
        (client.get("/sheets/sign-in", shift="H1"), "志愿者2"),
        (client.get("/sheets/insured", region="R1", day="2026-11-03"), "未投保"),
        (signs, "量体温"),
        (codes, "登记码"),
        (client.post("/sheets/badges", {"team": "T1"}), "志愿者2"),
    ):
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
        assert "attachment; filename=" in answer.headers["Content-Disposition"]
        assert words in said(answer.data), words
    assert readings(services) == [
        ("api sheet", "badges T1", 7),
        ("api sheet", "insured R1 2026-11-03", 2),
        ("api sheet", "sign-in H1", 2),
    ]
    again = client.post("/sheets/enrolment", {"sites": ["S1", "S2"]}, key="codes-on-paper")
    assert again.data == codes.data, "a repeated request makes no second codes"
    assert again.headers["Content-Disposition"] == codes.headers["Content-Disposition"]
    with services.database.read() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM enrolment_code WHERE site = 'S2'")) == 1


@pytest.mark.usefixtures("duty")
def test_sheets_keep_to_the_part_and_to_rights(program: Programs, services: Services) -> None:
    stranger = program(StaffRole.DISTRICT, Over.REGION, "R2")
    lead = program(StaffRole.SITE_LEAD, Over.SITE, "S2")
    calls = (
        ("GET", "/sheets/sign-in", DAY),
        ("GET", "/sheets/sign-in", {"shift": "H1"}),
        ("GET", "/sheets/insured", {"region": "R1", "day": "2026-11-03"}),
        ("POST", "/sheets/posts", {"site": "S1"}),
        ("POST", "/sheets/enrolment", {"sites": ["S9", "S1"]}),
        ("POST", "/sheets/enrolment", {"region": "R1"}),
        ("POST", "/sheets/badges", {"team": "T1"}),
        ("POST", "/sheets/badges", {"people": ["V91", "V1"]}),
    )
    for method, path, asked in calls:
        post, get = method == "POST", method == "GET"
        answer = stranger.post(path, asked) if post else stranger.get(path, **asked)
        assert (answer.status_code, code_of(answer)) == (404, "not_found"), (path, asked)
        if get or path.endswith("badges"):
            answer = lead.post(path, asked) if post else lead.get(path, **asked)
            assert (answer.status_code, code_of(answer)) == (403, "no_right"), path
    assert readings(services) == []


@pytest.mark.usefixtures("duty")
def test_hostile_wishes_for_sheets_are_refused(program: Programs) -> None:
    client = program(StaffRole.DISTRICT, Over.REGION, "R1")
    for path, asked in (
        ("/sheets/sign-in", {}),
        ("/sheets/sign-in", {"site": "S1", "region": "R1"}),
        ("/sheets/sign-in", {"site": "S1", "shift": "H1"}),
        ("/sheets/sign-in", {"shift": "H1;H2"}),
        ("/sheets/sign-in", {"site": "S1", "day": "2026-11-31"}),
        ("/sheets/insured", {"site": "\x00"}),
        ("/sheets/insured", {"site": "S1", "day": "99999-01-01"}),
        ("/sheets/insured", {"site": "S1", "shift": "H1"}),
    ):
        assert code_of(client.get(path, **asked)) == "bad_field", (path, asked)
    for path, wish in (
        ("/sheets/posts", {}),
        ("/sheets/posts", {"site": "S1", "cards": [CARD | {"what": "a\nb"}]}),
        ("/sheets/posts", {"site": "S1", "cards": [{"what": "x"}]}),
        ("/sheets/posts", {"site": "S1", "cards": [CARD] * 2_001}),
        ("/sheets/enrolment", {}),
        ("/sheets/enrolment", {"sites": ["S1"], "region": "R1"}),
        ("/sheets/enrolment", {"sites": ["S1"], "per_page": 2}),
        ("/sheets/enrolment", {"sites": ["S1"], "server": "https://a\nb"}),
        ("/sheets/badges", {}),
        ("/sheets/badges", {"people": ["V1"] * 501}),
    ):
        assert code_of(client.post(path, wish)) == "bad_field", (path, wish)
    far = client.get("/sheets/sign-in", site="S1", day="2999-12-31")
    assert (far.status_code, code_of(far)) == (404, "not_found")
    unknown = client.post("/sheets/posts", {"site": "S1", "cards": [CARD | {"post": "P9"}]})
    assert (unknown.status_code, code_of(unknown)) == (404, "not_found")
    glyph = client.post("/sheets/posts", {"site": "S1", "cards": [CARD | {"how": "\U00013000"}]})
    assert (glyph.status_code, code_of(glyph)) == (422, "glyph_missing")


def test_a_token_does_no_more_than_its_rights(closed: Desk, program: Programs) -> None:
    limited = program(StaffRole.CITY, rights={Right.SEE, Right.REPORT})
    for path in (
        "/sheets/sign-in?site=S1",
        "/exports?month=2026-11",
        "/bulletins/preview?region=R1",
    ):
        assert code_of(limited.get(path)) == "no_right", path
    for path in ("/certificates", "/bulletins", "/exports/2026-11/send", "/sheets/badges"):
        assert code_of(limited.post(path, {})) == "no_right", path
