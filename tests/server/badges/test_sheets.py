"""Sheets of cards: read back as they print, from the drawn page. Names print whole, or nothing is printed and it is said why."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from schemas.vocabulary import Code
from server.badges.print_sheets import print_sheets
from server.badges.wanted import Printed
from server.config import FONTS
from server.fonts.files import find_fonts
from sync import badge
from sync.errors import Refused
from tests.qr import qr_codes
from tests.server.badges.builders import KEYS, job
from tests.server.imports.desk import TODAY, Desk, open_desk

DPI = 300
LONG = "阿卜杜热西提·麦麦提依明·" * 4 + "阿卜杜拉"
PEOPLE = {
    "V1": "欧阳𬭎",
    "V2": "李㛃",
    "V3": "阿依古丽·买买提",
    "V4": LONG,
    "12345678901234567890": "王" * 45,
    "W" * 20: "Jean-Baptiste Emmanuel Müller-O'Neill",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    opened.give("teams", "code,name\nT1,浉河区第一志愿服务队\nT2,二队\n")
    rows = "".join(f"{number},{name},T1\n" for number, name in PEOPLE.items())
    opened.give("volunteers", "number,name,team\n" + rows)
    yield opened
    opened.database.close()


def show(desk: Desk, *people: str, team: str = "", **how: int) -> Printed:
    out = desk.folder / "out" / "badges.pdf"
    return print_sheets(job(desk, list(people), team=team), out, find_fonts(FONTS), **how)


def pages(file: str | Path) -> list[tuple[str, Image.Image]]:
    """Text and picture of every page, as it would be printed."""
    with pypdfium2.PdfDocument(file) as pdf:
        return [
            (page.get_textpage().get_text_range(), page.render(scale=DPI / 72).to_pil())
            for page in pdf
        ]


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_name_prints_whole_and_every_code_is_read_back(desk: Desk) -> None:
    printed = show(desk)
    ((text, picture),) = pages(printed.files[0])
    for number, name in PEOPLE.items():
        assert plain(name) in plain(text), name
        assert number in text
    assert plain(text).count("浉河区第一志愿服务队") == len(PEOPLE)
    found = {badge.verify(code.text, KEYS).number for code in qr_codes(picture)}
    assert found == set(PEOPLE)


def test_codes_are_at_least_thirty_millimetres_wide_with_a_white_margin(desk: Desk) -> None:
    ((_, picture),) = pages(show(desk).files[0])
    grey = picture.convert("L")
    for code in qr_codes(picture):
        at = code.position
        side = at.top_right.x - at.top_left.x
        assert side / DPI * 25.4 >= 30
        margin = round(side / 45 * 4) - 4
        left, top = at.top_left.x, at.top_left.y
        right, bottom = at.bottom_right.x, at.bottom_right.y
        around = [
            (left - margin, top - margin, right + margin, top - 4),
            (left - margin, bottom + 4, right + margin, bottom + margin),
            (left - margin, top - margin, left - 4, bottom + margin),
            (right + 4, top - margin, right + margin, bottom + margin),
        ]
        assert [grey.crop(strip).getextrema()[0] for strip in around] == [255] * 4


def test_no_text_leaves_its_card_or_touches_another(desk: Desk) -> None:
    with pypdfium2.PdfDocument(show(desk, *PEOPLE).files[0]) as pdf:
        text = pdf[0].get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
    edges = [mm * 72 / 25.4 for mm in (19.4, 105.0, 190.6)]
    for left, _, right, _ in boxes:
        assert (edges[0] < left < right < edges[1]) or (edges[1] < left < right < edges[2])
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_the_eleventh_card_begins_a_page_and_too_many_a_file(desk: Desk) -> None:
    desk.give("volunteers", "number,name\n" + "".join(f"X{n},王{n}\n" for n in range(16)))
    printed = show(desk, sheet_max=12)
    assert [Path(file).name for file in printed.files] == ["badges.pdf", "badges-2.pdf"]
    assert [len(pages(file)) for file in printed.files] == [2, 1]
    assert (printed.printed, len(printed.badges)) == (22, 22)
    where = [(Path(b.file).name, b.page) for b in printed.badges]
    assert where[9:13] == [
        ("badges.pdf", 1), ("badges.pdf", 2), ("badges.pdf", 2), ("badges-2.pdf", 1),
    ]  # fmt: skip
    assert sorted(f.name for f in (desk.folder / "out").iterdir()) == ["badges-2.pdf", "badges.pdf"]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("王\ue000", Code.GLYPH_MISSING, "U+E000"),
        ("ئايگۈل", Code.GLYPH_MISSING, "ئ U+0626"),
        ("王" * 300, Code.DOES_NOT_FIT, "V9"),
    ],
)
def test_a_name_that_cannot_be_printed_stops_all_before_anything_is_issued(
    desk: Desk, name: str, code: Code, said: str
) -> None:
    desk.give("volunteers", f"number,name\nV9,{name}\n")
    with pytest.raises(Refused) as refused:
        show(desk)
    assert refused.value.code == code
    assert "V9" in refused.value.detail
    assert said in refused.value.detail
    assert not (desk.folder / "out").exists()
    assert desk.rows("SELECT * FROM badge") == []


def test_a_sheet_that_cannot_be_written_leaves_the_one_before_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(desk, "V1")
    file = desk.folder / "out" / "badges.pdf"
    before = file.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        show(desk, "V2")
    assert file.read_bytes() == before
    assert [f.name for f in file.parent.iterdir()] == ["badges.pdf"]


def test_a_sheet_is_for_its_owner_alone(desk: Desk) -> None:
    assert Path(show(desk, "V1").files[0]).stat().st_mode & 0o077 == 0


def test_a_team_prints_its_members_of_the_day(desk: Desk) -> None:
    desk.give("volunteers", "number,name,team\nV1,欧阳𬭎,T2\n", day=TODAY)
    desk.give("volunteers", "number,name,team\nV2,李㛃,T2\n", day=TODAY + 1)
    assert [b.number for b in show(desk, team="T2").badges] == ["V1"]
    with pytest.raises(Refused) as refused:
        show(desk, team="T9")
    assert refused.value.code == Code.NOT_FOUND


def test_nobodys_numbers_are_listed_and_make_no_file(desk: Desk) -> None:
    printed = show(desk, "V404", "../V1")
    assert (printed.printed, printed.files, printed.unknown) == (0, [], ["V404", "../V1"])
    assert not (desk.folder / "out").exists()


def test_a_demos_cards_say_so(desk: Desk) -> None:
    out = desk.folder / "out" / "badges.pdf"
    wanted = job(desk, ["V1"])
    for is_demo in (True, False):
        print_sheets(replace(wanted, is_demo=is_demo), out, find_fonts(FONTS))
        assert ("演示 DEMO" in pages(out)[0][0]) == is_demo
