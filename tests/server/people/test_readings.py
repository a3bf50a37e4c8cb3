"""Names in pinyin: every reading of a surname, the usual one of all else."""

from pathlib import Path

import pytest

from server.people.readings import WAYS_MAX, fold, readings
from server.people.words import WordKind, digits, words

NAUGHTY = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile" / "blns.txt"


def said(name: str) -> list[str]:
    return [way.pinyin for way in readings(name)]


@pytest.mark.parametrize(
    ("name", "first", "among"),
    [
        ("单小明", "shanxiaoming", "danxiaoming"),
        ("曾国藩", "zengguofan", "cengguofan"),
        ("解晓东", "xiexiaodong", "jiexiaodong"),
        ("仇英", "qiuying", "chouying"),
        ("查良镛", "zhaliangyong", "chaliangyong"),
        ("区小平", "ouxiaoping", "quxiaoping"),
        ("万俟卨", "moqixie", "wanqixie"),
        ("吕布", "lvbu", "lvbu"),
    ],
)
def test_a_surname_is_found_by_every_reading_and_shown_by_the_usual_one(
    name: str, first: str, among: str
) -> None:
    assert said(name)[0] == first
    assert among in said(name)


def test_a_surname_that_everybody_says_one_way_is_read_one_way() -> None:
    assert [said(name) for name in ("王五", "石一")] == [["wangwu"], ["shiyi", "danyi"]]


def test_rare_signs_are_read_and_what_is_no_sign_stays_in_lower_case() -> None:
    assert readings("𬭎㛃")[0] == ("hongjie", "hj")
    assert readings("Li Wei")[0] == ("liwei", "lw")
    assert readings("志愿者12")[0] == ("zhiyuanzhe12", "zyz12")
    assert readings("阿卜杜拉·买买提")[0] == ("abudulamaimaiti", "abdlmmt")
    assert readings("Öz") == (("öz", "ö"),)


def test_whatever_a_name_holds_its_readings_are_few_and_hold_letters_and_digits_alone() -> None:
    for name in ["", " ", "\0", "单" * 1000, *NAUGHTY.read_text(encoding="utf-8").splitlines()]:
        ways = readings(name)
        assert 1 <= len(ways) <= WAYS_MAX
        assert all(not way.pinyin or way.pinyin.isalnum() for way in ways)


def test_what_is_typed_is_compared_without_case_blanks_and_width() -> None:
    assert fold(" ＺＨＡＮＧ　San·") == fold("zhangsan")


def test_a_phone_is_its_digits_without_the_country() -> None:
    assert digits("+86 139-0000-0001") == digits("13900000001") == "13900000001"
    assert digits("0512 8888") == "05128888"


def test_a_volunteer_is_found_by_number_name_readings_and_phone() -> None:
    rows = words("V-01", "单小明", "139 1", "T1", "R1", readings("单小明"))
    found = {(kind, word) for kind, word, *_ in rows}
    assert found == {
        (WordKind.NUMBER, "v01"),
        (WordKind.NAME, "单小明"),
        *((WordKind.PINYIN, way) for way in ("shanxiaoming", "danxiaoming", "chanxiaoming")),
        *((WordKind.INITIALS, way) for way in ("sxm", "dxm", "cxm")),
        (WordKind.PHONE, "1391"),
    }
