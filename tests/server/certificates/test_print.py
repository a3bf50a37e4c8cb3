"""Certificates on paper: read back as they print. What cannot be printed is not issued."""

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from schemas.vocabulary import Code
from server.certificates.check import Finding, check
from server.certificates.draw import Press
from server.certificates.issue import Wish
from server.certificates.lines import Line
from server.certificates.paper import Paper, Signers
from server.certificates.print_certificates import Order, Run, print_certificates
from server.certificates.words import WORDS, Language
from server.config import FONTS
from server.fonts.files import find_fonts
from sync.errors import Refused
from tests.qr import qr_codes
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.certificates.desk import WISH, issue_desk
from tests.server.conftest import import_text

SIGNERS = Signers("王主任", "李㛃", "0376-6012345")
TOLD = (
    *("V1", "7.00小时", "420分钟", "东门卡口", "2026-11-02", "08:00–12:00", "四舍五入"),
    *("李㛃", "王主任", "0376-6012345", "第67号"),
)
LONG = "阿卜杜热西提·麦麦提依明·" * 4 + "阿卜杜拉"


def order(desk: Desk, out: Path, **more: object) -> Order:
    made = Order(WISH, SIGNERS, out, find_fonts(FONTS), public_url="https://hours.example")
    return replace(made, **more)  # type: ignore[arg-type] # fields of it


def printed(desk: Desk, out: Path, *people: str, **more: object) -> Run:
    return print_certificates(issue_desk(desk), order(desk, out, **more), people)


def text_of(file: str | Path) -> tuple[str, int]:
    """The text of all pages without blanks, and how many there are."""
    with pypdfium2.PdfDocument(file) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return re.sub(r"\s", "", "".join(pages)), len(pages)


def code_in(file: str | Path) -> str:
    """The code on the last page, as a camera reads it."""
    with pypdfium2.PdfDocument(file) as pdf:
        picture = pdf[len(pdf) - 1].render(scale=150 / 72).to_pil()
    (found,) = qr_codes(picture)
    return str(found.text)


def called(desk: Desk, tmp_path: Path, names: dict[str, str]) -> None:
    """Give people other names."""
    rows = "".join(f"{number},{name}\n" for number, name in names.items())
    import_text(desk.services, tmp_path, "volunteers", "number,name\n" + rows, 20_900)
    derive(desk.services)


def test_every_name_prints_whole_and_the_code_on_paper_is_good(desk: Desk, tmp_path: Path) -> None:
    names = {"V1": "欧阳𬭎", "V2": "李㛃", "V4": "阿依古丽·买买提", "V5": LONG}
    for number in ("V4", "V5"):
        desk.late(number, 40, 44)
    desk.close(why="late")
    called(desk, tmp_path, names)
    out = tmp_path / "all.pdf"
    run = printed(desk, out, *names)
    text, pages = text_of(out)
    assert pages == len(names)
    for words in (*TOLD, WISH.issuer, *names.values(), *(one.number for one in run.certificates)):
        assert words in text, words
    code = code_in(out)
    assert code.startswith("https://hours.example/c#RVC1:")
    with desk.services.database.read() as connection:
        found = check(connection, code, desk.clock.now_ms)
    assert (found.finding, found.said and found.said.name) == (Finding.GOOD, "阿*拉")


def test_every_word_of_either_language_is_printed(closed: Desk, tmp_path: Path) -> None:
    for language, place in ((Language.ZH, 0), (Language.EN, 1)):
        out = tmp_path / f"{language}.pdf"
        printed(closed, out, "V1", language=language)
        text, _ = text_of(out)
        other = [words[1 - place] for key, words in WORDS.items() if key in ("title", "issuer")]
        told = [words[place] for key, words in WORDS.items() if key not in ("document", "more")]
        assert all(re.sub(r"\s", "", words) in text for words in told), language
        assert not any(re.sub(r"\s", "", words) in text for words in other)


def test_the_number_of_a_document_is_on_the_paper_and_nowhere_else(
    closed: Desk, tmp_path: Path
) -> None:
    identity = "411503199001011234"
    signers = replace(SIGNERS, document=f"居民身份证 {identity}")
    run = printed(closed, tmp_path / "one.pdf", "V1", signers=signers)
    text, _ = text_of(tmp_path / "one.pdf")
    assert f"居民身份证{identity}" in text
    assert identity not in code_in(tmp_path / "one.pdf")
    assert identity not in repr(run)
    closed.services.database.close()
    home = closed.services.config.home
    assert not any(identity.encode() in f.read_bytes() for f in home.rglob("*") if f.is_file())


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"signers": replace(SIGNERS, handler="\U0001f600")}, Code.GLYPH_MISSING),
        ({"wish": Wish("单位\ue000")}, Code.GLYPH_MISSING),
        ({"signers": replace(SIGNERS, contact="w" * 400)}, Code.DOES_NOT_FIT),
    ],
)
def test_what_cannot_be_printed_is_not_issued(
    closed: Desk, tmp_path: Path, more: dict[str, object], code: Code
) -> None:
    with pytest.raises(Refused) as caught:
        printed(closed, tmp_path / "out", "V1", **more)
    assert caught.value.code is code
    assert closed.rows("SELECT hash FROM certificate") == []
    assert not list((tmp_path / "out").glob("*.pdf"))


def test_a_name_that_the_font_lacks_leaves_out_that_person_alone(
    closed: Desk, tmp_path: Path
) -> None:
    called(closed, tmp_path, {"V1": "王\ue000"})
    run = printed(closed, tmp_path / "out", "V1", "V2", "V3")
    assert [(one.volunteer, one.code) for one in run.left_out] == [
        ("V1", "glyph_missing"),
        ("V3", "nothing_confirmed"),
    ]
    assert "U+E000" in run.left_out[0].message
    assert [one.volunteer for one in run.certificates] == ["V2"]
    assert closed.rows("SELECT who FROM certificate") == [("V2",)]


def test_a_team_goes_into_one_file_and_again_gives_the_same(closed: Desk, tmp_path: Path) -> None:
    out = tmp_path / "team.pdf"
    first = printed(closed, out, "V1", "V2")
    before = out.read_bytes()
    again = printed(closed, out, "V1", "V2")
    assert [one.number for one in again.certificates] == [one.number for one in first.certificates]
    assert all(one.already for one in again.certificates)
    assert text_of(out)[1] == 2
    assert out.stat().st_mode & 0o077 == 0
    assert re.sub(rb"/ID \[.*?\]", b"", before) == re.sub(rb"/ID \[.*?\]", b"", out.read_bytes())


def test_too_many_for_one_file_are_refused(
    closed: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.certificates.print_certificates.CERTIFICATE_FILE_MAX", 1)
    with pytest.raises(Refused) as caught:
        printed(closed, tmp_path / "team.pdf", "V1", "V2")
    assert caught.value.code is Code.TOO_LARGE
    assert closed.rows("SELECT hash FROM certificate") == []


def test_thirty_pages_hold_every_line_once_and_the_code_at_their_end(tmp_path: Path) -> None:
    lines = [
        Line(20_000 + n, f"活动{n:04d}（第三期）", "河南岸核酸检测点", "", "08:00", "12:00", 240, "B")
        for n in range(1_100)
    ]  # fmt: skip
    paper = Paper(
        *("2026-7K3M9-QX2T4", 20_999, LONG, "V1", 20_000, 21_099, 264_000, 1_100, WISH.issuer),
        *(SIGNERS, lines, "RVC1:TEST"),
    )
    press = Press(find_fonts(FONTS), Language.BOTH)
    press.add(paper)
    file = tmp_path / "long.pdf"
    file.write_bytes(press.output())
    text, pages = text_of(file)
    assert pages >= 30
    assert all(text.count(f"活动{n:04d}") == 1 for n in range(1_100))
    assert f"{pages}/{pages}" in text
    assert text.count(LONG) == 1
    assert code_in(file) == "RVC1:TEST"


def test_a_demo_says_so(tmp_path: Path) -> None:
    line = Line(20_000, "活动", "站点", "", "08:00", "12:00", 240, "B")
    paper = Paper(
        *("2026-7K3M9-QX2T4", 20_999, "张三", "V1", 20_000, 20_000, 240, 1, "单位", SIGNERS),
        *([line], "RVC1:TEST"),
        is_demo=True,
    )
    press = Press(find_fonts(FONTS), Language.BOTH)
    press.add(paper)
    (tmp_path / "demo.pdf").write_bytes(press.output())
    assert "演示DEMO" in text_of(tmp_path / "demo.pdf")[0]
