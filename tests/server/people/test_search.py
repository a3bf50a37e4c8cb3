"""People are found however they are typed, within one's part alone, a page at a time, by an index."""

import pytest

from server.access.part import EVERYTHING, Part
from server.people.search import search
from sync.errors import Refused
from tests.server.imports.desk import Desk
from tests.server.plans import plans

pytestmark = pytest.mark.both_databases

PEOPLE = (
    "number,name,phone,team,region\n"
    "V1,单小明,13900000001,T1,R1\nV2,单晓梅,13900000002,T2,R2\nV3,张三,13900000003,T1,R1\n"
    "V4,章珊,,T2,R2\nV5,邹华,,T1,R1\nV10,Li Wei,,T2,\nX-7,ملك,,T1,R1\nV11,吕布,,,R2\n"
)
OURS = Part(teams=frozenset({"T1"}), regions=frozenset({"R1"}))


@pytest.fixture
def people(desk: Desk) -> Desk:
    desk.give("volunteers", PEOPLE)
    return desk


def found(desk: Desk, text: str, part: Part = EVERYTHING, *, by_phone: bool = False) -> list[str]:
    with desk.database.read() as connection:
        page = search(connection, part, text, limit=50, by_phone=by_phone)
    assert page.after == ""
    return [person.number for person in page.people]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("单", ["V1", "V2"]),
        ("单小", ["V1"]),
        ("shanx", ["V2", "V1"]),
        ("DanXiaoMing", ["V1"]),
        ("chan xiao", ["V2", "V1"]),
        ("zs", ["V3", "V4"]),
        ("zh", ["V3", "V4", "V5"]),
        ("张san", ["V3"]),
        ("V1", ["V1", "V10", "V11"]),
        ("v 10", ["V10"]),
        ("x-7", ["X-7"]),
        ("li wei", ["V10"]),
        ("lw", ["V10"]),
        ("lvbu", ["V11"]),
        ("ملك", ["X-7"]),
        ("13900000003", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ("", []),
    ],
)
def test_people_are_found_as_they_are_typed(people: Desk, typed: str, numbers: list[str]) -> None:
    assert found(people, typed) == numbers


def test_a_phone_is_found_whole_and_only_by_whom_it_may_be_shown_to(people: Desk) -> None:
    assert found(people, "+86 139-0000-0003", by_phone=True) == ["V3"]
    assert found(people, "139000", by_phone=True) == []


def test_nobody_outside_the_part_is_found(people: Desk) -> None:
    assert found(people, "shan", OURS) == ["V1"]
    assert found(people, "V", OURS) == []
    assert found(people, "13900000002", OURS, by_phone=True) == []
    assert found(people, "lvbu", Part()) == []


def test_pages_follow_each_other_without_gap_or_repeat(desk: Desk) -> None:
    rows = "".join(f"W{n:03},{'单解任'[n % 3]}{n % 7},,T{n % 2},\n" for n in range(90))
    desk.give("volunteers", "number,name,phone,team,region\n" + rows)
    seen: list[str] = []
    after = ""
    with desk.database.read() as connection:
        for _ in range(40):
            page = search(connection, EVERYTHING, "x", after=after, limit=7, by_phone=False)
            seen += [person.number for person in page.people]
            after = page.after
            if not after:
                break
    assert not after
    assert sorted(seen) == [f"W{n:03}" for n in range(90) if n % 3 == 1]


@pytest.mark.parametrize("after", ["x", "9~V1~a", "0~~", "0~V1~" + "a" * 999])
def test_a_place_that_no_page_gave_is_refused(people: Desk, after: str) -> None:
    with people.database.read() as connection, pytest.raises(Refused):
        search(connection, EVERYTHING, "zhang", after=after, limit=5, by_phone=False)


@pytest.mark.parametrize(("typed", "part"), [("zh", EVERYTHING), ("单", OURS), ("V1", OURS)])
def test_words_are_read_by_their_index_in_its_order(people: Desk, typed: str, part: Part) -> None:
    with people.database.read() as connection:
        if (
            connection.dialect.name == "postgresql"
        ):  # there are too few rows for it to choose an index
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        for told in plans(
            connection, lambda: search(connection, part, typed, limit=2, by_phone=False)
        ):
            assert "pk_volunteer_word" in told or "SEARCH volunteer_word USING PRIMARY KEY" in told
            assert "Seq Scan" not in told
            assert "SCAN" not in told
            assert "Sort" not in told
            assert "TEMP B-TREE" not in told
