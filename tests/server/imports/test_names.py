"""Names are facts: they come back exactly as they were given, or are refused with a reason."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.imports.check_rows import Checked, make_checker
from server.imports.kinds import KINDS
from server.imports.read_csv import read_csv
from server.imports.reasons import FileRefused
from server.people.roster import names
from tests.server.imports.desk import Desk

pytestmark = pytest.mark.both_databases

DATA = Path(__file__).parents[4] / "shared" / "data"
BLANKS = " \t\r\n\u00a0\u3000\ufeff"
REASONS = {"empty", "too_long", "nul", "control_character", "row_too_large"}


def as_csv(people: list[str], encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["number", "name"])
    writer.writerows([f"V{index}", name] for index, name in enumerate(people))
    return out.getvalue().encode(encoding)


def stored(desk: Desk) -> dict[str, str]:
    with desk.database.read() as connection:
        return names(connection)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_rare_and_dangerous_names_are_kept_exactly(desk: Desk, encoding: str) -> None:
    people = [
        "阿依古丽·买买提",
        "欧阳𬭎",
        "㛃",
        "=cmd|'/c calc'!A1",
        "+1",
        "-1",
        "@a",
        "＝1",
        "O'Brien",
        '张"三"',
        "<b>",
        "張三",
    ]
    desk.give("volunteers", as_csv(people, encoding))
    assert stored(desk) == {f"V{index}": name for index, name in enumerate(people)}


def test_naughty_strings_survive_or_are_refused_with_a_reason(desk: Desk) -> None:
    file = DATA / "hostile" / "blns.txt"
    if not file.exists():
        pytest.skip("no ../shared/data/hostile here")
    people = [line for line in file.read_text("utf-8").split("\n") if line and line[0] != "#"]
    report = desk.give("volunteers", as_csv(people))
    kept = stored(desk)
    for number, name in kept.items():
        assert name == people[int(number[1:])].strip(BLANKS)
    assert len(kept) + report.bad == len(people)
    assert {error.code for error in report.errors} <= REASONS
    assert report.bad < len(people) / 10


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_thirty_thousand_chinese_names_come_back(desk: Desk, encoding: str) -> None:
    file = DATA / "cn_names" / "names-30k.txt"
    if not file.exists():
        pytest.skip("no ../shared/data/cn_names here")
    people = file.read_text("utf-8").split()
    report = desk.give("volunteers", as_csv(people, encoding))
    assert report.bad == 0
    kept = stored(desk)
    assert all(kept[f"V{index}"] == name for index, name in enumerate(people))


def checked(content: bytes) -> list[Checked]:
    sheet = read_csv(io.BytesIO(content))
    return list(make_checker(KINDS["volunteers"], sheet).check(sheet))


@settings(max_examples=300, deadline=None)
@given(people=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8))
def test_any_text_is_kept_or_refused_and_every_row_is_accounted_for(people: list[str]) -> None:
    found = checked(as_csv(people))
    assert len(found) == len(people)
    for name, row in zip(people, found, strict=True):
        assert {fault.reason for fault in row.faults} <= REASONS
        assert row.row is None if row.faults else row.row and row.row[1] == name.strip(BLANKS)


@settings(max_examples=500, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_never_crash(content: bytes) -> None:
    assert all(row.faults or row.row for row in checked(b"number,name\n" + content))
    with pytest.raises(FileRefused) as refused:
        checked(content)
    assert refused.value.message
