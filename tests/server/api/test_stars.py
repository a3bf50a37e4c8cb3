"""Stars by program: shown before they are put up, objected to, answered, concluded; never beyond one's part."""

from pathlib import Path
from typing import Any

import pytest

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.roles import Right, StaffRole
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.papers import NOVEMBER
from tests.server.api.program import Program, code_of
from tests.server.api.test_work import done
from tests.server.books.desk import Desk
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.conftest import import_text

FIGURES = "region,site,from,key,value\n,,2026-01-01,star_1_hours,2\n,,2026-01-01,star_2_hours,4\n"
WISH = {"title": "年度星级", "day": "2026-12-10"}
NOBODY = "a" * 64


@pytest.fixture
def closed(town: Desk, clock: ServerClock, services: Services, tmp_path: Path) -> Desk:
    """The town, with November at S1 closed: V4 of T1 has four hours, two stars; V1 of T2 has three minutes, approved."""
    import_text(services, tmp_path, "policies", FIGURES)
    town.stay("V3", 33, 36)
    town.sync(41)
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


def put_up(program: Program, **more: Any) -> dict[str, Any]:
    """Look at a list, and put up just that one."""
    asked = {"day": WISH["day"], **{k: v for k, v in more.items() if k != "title"}}
    shown = program.get("/stars/preview", **asked)
    return done(program.post("/stars/lists", {**WISH, **more}, seen=shown.headers["ETag"]))


@pytest.mark.both_databases
def test_who_has_how_many_stars_rests_on_confirmed_postings(district: Program) -> None:
    (scope,) = done(district.get("/stars/thresholds"))["items"]
    assert (scope["region"], scope["figures"]["star_1_hours"]) == ("", 2)
    first = done(district.get("/stars/levels", limit=1))
    assert [(one["volunteer"], one["stars"]) for one in first["items"]] == [("V3", 1)]
    rest = done(district.get("/stars/levels", limit=1, cursor=first["next"]))
    (v4,) = rest["items"]
    assert (v4["volunteer"], v4["stars"], v4["minutes"], v4["name"]) == ("V4", 2, 240, "志*4")
    assert rest["next"] is None
    assert done(district.get("/stars/levels", least=2))["items"] == [v4]
    assert done(district.get("/stars/levels", volunteer="V4"))["items"] == [v4]
    told = done(district.get("/people/V4/stars"))
    assert (told["minutes"], told["count"]) == (240, 1)
    assert sum(each["minutes"] for each in told["evidence"]) == 240
    assert done(district.get("/people/V4/stars", day="2026-11-01"))["minutes"] == 0
    assert district.get("/people/V77/stars").status_code == 404


@pytest.mark.both_databases
def test_the_list_that_was_shown_is_put_up_and_no_other(closed: Desk, district: Program) -> None:
    shown = district.get("/stars/preview", day=WISH["day"])
    assert done(shown)["counts"] == [{"stars": 2, "people": 1}, {"stars": 1, "people": 1}]
    assert [one["name"] for one in done(shown)["first"]] == ["志*3", "志*4"]
    assert code_of(district.post("/stars/lists", WISH)) == "seen_needed"
    assert done(district.get("/stars/lists"))["items"] == [], "looking puts nothing up"
    closed.decide("V3", Action.REFUSE)
    late = district.post("/stars/lists", WISH, seen=shown.headers["ETag"])
    assert (late.status_code, code_of(late)) == (412, "changed_since")
    made = put_up(district)
    assert (made["people"], made["already"]) == (1, False)
    assert done(district.post("/stars/lists", WISH, seen="*"))["already"] is True
    (listed,) = done(district.get("/stars/lists"))["items"]
    assert (listed["entry"], listed["stage"]) == (made["entry"], "up")


def test_an_objection_is_answered_and_the_list_concluded(
    closed: Desk, clock: ServerClock, district: Program, program: Programs
) -> None:
    entry = put_up(district)["entry"]
    path = f"/stars/lists/{entry}"
    wish = {"volunteer": "V3", "said": "那天<b>没有来</b>\x0b".replace("\x0b", "")}
    made = done(district.post(f"{path}/objections", wish))
    assert done(district.post(f"{path}/objections", wish)) == made | {"already": True}
    assert code_of(district.post(f"{path}/objections", wish | {"volunteer": "V1"})) == "not_found"
    told = done(district.get(path))
    assert (told["objected"], told["objections"][0]["said"]) == (1, "那天<b>没有来</b>")
    page = done(district.get(f"{path}/people", limit=1))
    assert (page["items"][0]["volunteer"], page["items"][0]["name"]) == ("V3", "志愿者3")
    rest = done(district.get(f"{path}/people", limit=1, cursor=page["next"]))
    assert ([one["volunteer"] for one in rest["items"]], rest["next"]) == (["V4"], None)
    veiled = program(StaffRole.VIEWER, Over.REGION, "R1")
    assert done(veiled.get(f"{path}/people"))["items"][0]["name"] == "志*3"
    person = done(district.get(f"{path}/people/V4"))
    assert (person["minutes"], person["person"]["stars"]) == (240, 2)
    up = district.post(f"{path}/conclude", {})
    assert (up.status_code, code_of(up)) == (409, "still_up")
    answer = f"/stars/objections/{made['objection']}/answer"
    agreed = {"outcome": "agreed", "why": "was not there"}
    assert done(district.post(answer, agreed))["already"] is False
    assert done(district.post(answer, agreed))["already"] is True
    other = district.post(answer, agreed | {"outcome": "declined"})
    assert (other.status_code, code_of(other)) == (409, "answered")
    clock.now_ms += 8 * DAY_MS
    later = program(StaffRole.DISTRICT, Over.REGION, "R1")
    ended = done(later.post(f"{path}/conclude", {}))
    assert (ended["people"], ended["struck"], ended["already"]) == (1, ["V3"], False)
    assert done(later.post(f"{path}/conclude", {}))["already"] is True
    late = later.post(f"{path}/objections", {"volunteer": "V4", "said": "x"})
    assert (late.status_code, code_of(late)) == (409, "concluded")
    noted = {row[:2] for row in closed.rows("SELECT what, about FROM reading")}
    assert noted == {("api stars", entry[:12]), ("api stars", "V4")}


def test_nobody_sees_or_changes_a_list_beyond_their_part(
    district: Program, other: Program, program: Programs
) -> None:
    entry = put_up(district)["entry"]
    wish = {"volunteer": "V3", "said": "没有来"}
    objection = done(district.post(f"/stars/lists/{entry}/objections", wish))["objection"]
    assert done(other.get("/stars/lists"))["items"] == []
    assert done(other.get("/stars/levels"))["items"] == []
    assert done(other.get("/stars/preview"))["people"] == 0
    for path in (f"/stars/lists/{entry}", f"/stars/lists/{entry}/people", "/people/V4/stars"):
        assert other.get(path).status_code == 404, path
    assert other.get(f"/stars/lists/{entry}/people/V4").status_code == 404
    why = {"outcome": "agreed", "why": "x"}
    for path, body in (
        (f"/stars/lists/{entry}/objections", wish),
        (f"/stars/objections/{objection}/answer", why),
        (f"/stars/lists/{entry}/conclude", {}),
    ):
        assert code_of(other.post(path, body)) == "not_found", path
        assert code_of(program(StaffRole.VIEWER).post(path, body)) == "no_right", path
    nobody = other.post("/stars/lists", WISH, seen="*")
    assert (nobody.status_code, code_of(nobody)) == (409, "nothing_confirmed")
    seeing = program(StaffRole.DISTRICT, Over.REGION, "R1", rights={Right.SEE})
    names = done(seeing.get(f"/stars/lists/{entry}/people"))["items"]
    assert [one["name"] for one in names] == ["志*3", "志*4"], "a token that may not unmask"


def test_hostile_wishes_make_no_list(district: Program) -> None:
    for address in (
        "least=0", "least=6", "least=1e1", "day=2036-01-01", "day=2999-12-31", "day=-", "team=%00", "days=6",
        "days=367", "days=" + "9" * 30, "title=x",
    ):  # fmt: skip
        assert code_of(district.get(f"/stars/preview?{address}")) == "bad_field", address
    for bad in (
        {"title": ""},
        {"title": "长" * 500},
        {"title": "a\x00"},
        {"least": "1"},
        {"days": 6},
    ):
        assert code_of(district.post("/stars/lists", WISH | bad, seen="*")) == "bad_field", bad
    assert done(district.get("/stars/lists"))["items"] == []
    for entry in ("a" * 63, "A" * 64, "a" * 65, "../x", NOBODY):
        assert district.get(f"/stars/lists/{entry}").status_code == 404, entry
    for said in ("", "a" * 301, "\x00", "\ud800"):
        answer = district.post(
            f"/stars/lists/{NOBODY}/objections", {"volunteer": "V4", "said": said}
        )
        assert code_of(answer) == "bad_field", said
    put = {**WISH, "title": "一次"}
    first = done(district.post("/stars/lists", put, seen="*", key="a-list-once"))
    assert done(district.post("/stars/lists", put, seen="*", key="a-list-once")) == first
    again = district.post("/stars/lists", WISH, seen="*", key="a-list-once")
    assert (again.status_code, code_of(again)) == (422, "key_reused")
