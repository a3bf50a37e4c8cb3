"""The press: what cannot be drawn stops a print, the same drawing gives the same bytes, files are cut by pages."""

from pathlib import Path

import pypdfium2
import pytest

from server.badges.fit import Box
from server.config import FONTS
from server.fonts.files import find_fonts
from server.papers.press import Column, Grid, Ink, Press, Room, Type
from server.papers.stack import Stack
from sync.errors import Refused

TYPE = Type(find_fonts(FONTS))


def press(foot: str = "foot") -> Press:
    made = Press(TYPE, title="t", now_ms=5, foot=foot)
    made.page()
    return made


def test_a_missing_glyph_is_named_and_nothing_of_the_rest_is_lost_in_silence() -> None:
    with pytest.raises(Refused, match=r"glyph_missing.*U\+1F9BA.*背心"):
        press().text(10, 10, "背心🦺", Ink())
    with pytest.raises(Refused, match=r"U\+200B"):
        press().paragraph("a\u200bb", Ink())


@pytest.mark.parametrize("kind", ["name", "block"])
def test_what_has_no_room_is_refused(kind: str) -> None:
    with pytest.raises(Refused, match="does_not_fit"):
        if kind == "name":
            press().name("王" * 300, 10, 10, Box(20, 8, (10, 6), whole=8), Ink())
        else:
            press().block("王" * 300, 10, 10, Room(20, 8, (10, 6)), Ink())


def test_the_same_drawing_gives_the_same_bytes() -> None:
    def draw() -> bytes:
        made = press()
        made.paragraph("阿依古丽·买买提 𬭎㛃", Ink(bold=True))
        made.code("RV1:ABC", 20, 60, 30)
        return made.output()

    assert draw() == draw()


def test_a_table_has_its_headings_on_every_page() -> None:
    made = press()
    grid = Grid(made, (Column("甲列", 80), Column("乙列", 60, right=True)), Ink(9))
    for number in range(120):
        grid.row((f"第{number}行", str(number)))
    with pypdfium2.PdfDocument(made.output()) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    assert len(texts) == made.pages > 2
    assert all(text.count("甲列") == 1 and "foot" in text for text in texts)
    assert [f"第{n}行" for n in range(120) if sum(f"第{n}行" in t for t in texts) != 1] == []


def test_pages_are_cut_into_files_and_nothing_is_written_before_the_end(tmp_path: Path) -> None:
    stack = Stack(TYPE, title="t", now_ms=0, foot="", pages_max=2)
    for number in range(5):
        stack.page().text(20, 20, f"page {number}", Ink())
    assert list(tmp_path.iterdir()) == []
    files = stack.save(tmp_path / "out" / "x.pdf")
    assert [Path(file).name for file in files] == ["x.pdf", "x-2.pdf", "x-3.pdf"]
    assert stack.pages == 5
    counts = []
    for file in files:
        assert Path(file).stat().st_mode & 0o777 == 0o600
        with pypdfium2.PdfDocument(file) as pdf:
            counts.append(len(pdf))
    assert counts == [2, 2, 1]
