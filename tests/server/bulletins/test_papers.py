"""The papers of a bulletin, opened again: A4, whole names, headings on every page, fonts named for Chinese text."""

from io import BytesIO
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn

from server.bulletins.compose import compose
from server.bulletins.content import Content, Out, Section
from server.bulletins.figures import Figure
from server.bulletins.paper import Language, Paper, Table
from server.bulletins.write_docx import write_docx
from server.bulletins.write_pdf import write_pdf
from tests.server.bulletins.town import NOW_MS, TYPE

NAMES = ["浉河区𬭎街道", "㛃里镇", "阿依古丽·买买提社区", "克孜勒苏柯尔克孜自治州" * 9]
FIGURES = {figure.value: 1234567 for figure in Figure}


def make(count: int = 4, **fields: Any) -> Content:
    sections = [Section("all", "信阳市", FIGURES)]
    sections += [
        Section(f"R{n}", NAMES[n % len(NAMES)], FIGURES | {"records": n}) for n in range(count)
    ]
    out = [
        Out(f"S{n}", NAMES[n % 4], "abcdefghijklmnop", "behind", "2026-11-02T08:59:00+08:00", 3)
        for n in range(count)
    ]
    values: dict[str, Any] = {
        "form": 1, "number": 7, "replaces": 6, "region": "R00", "name": "信阳市", "title": "", "body": "指导中心",
        "first": "2026-11-02", "last": "2026-11-08", "made": "2026-11-10", "complete": False, "as_of": None,
        "months": 3, "closed": 1, "sections": sections, "out": out, "out_count": 900, "rows": 5, "rows_digest": "",
    }  # fmt: skip
    return Content(**values | fields)


def paper(content: Content, language: Language = Language.ZH) -> Paper:
    return compose(content, bytes(32), language)


def text_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        assert {tuple(map(round, page.get_size())) for page in opened} == {(595, 842)}
        return [page.get_textpage().get_text_range() for page in opened]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", list(Language))
def test_a_pdf_says_all_there_is_to_say(language: Language) -> None:
    (text, *more) = text_of(write_pdf(TYPE, paper(make(), language), NOW_MS))
    whole = squeezed("".join([text, *more]))
    for name in (*NAMES, "指导中心", "abcdefgh", "1,234,567", "20,576.12", "900", "0" * 64):
        assert squeezed(name) in whole, name
    issue = {"zh": "第7期（本期替代第6期）", "en": "No.7(replacesNo.6)"}[language]
    assert issue in whole
    assert ("2026年11月10日" in whole) == (language is Language.ZH)


def test_long_tables_run_over_pages_under_their_headings_and_nothing_leaves_the_page() -> None:
    pdf = write_pdf(TYPE, paper(make(600)), NOW_MS)
    texts = text_of(pdf)
    assert len(texts) >= 30
    in_table = [text for text in texts if "上限小时" in text]
    assert len(in_table) >= 10
    assert all("— " in text and "SHA-256" in text for text in texts)
    with pypdfium2.PdfDocument(pdf) as opened:
        for page in list(opened)[:: len(texts) // 4]:
            text = page.get_textpage()
            for n in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(n)
                assert 45 < left < right < 550, text.get_text_bounded(left, bottom, right, top)
                assert 10 < bottom < top < 800


@pytest.mark.parametrize("language", list(Language))
def test_a_docx_names_its_fonts_for_chinese_and_holds_the_same_words(language: Language) -> None:
    written = paper(make(), language)
    document = docx.Document(BytesIO(write_docx(written, NOW_MS)))
    runs = document.element.body.findall(f".//{qn('w:r')}")
    assert len(runs) > 20
    assert all(run.rPr.rFonts.get(qn("w:eastAsia")) for run in runs)
    normal = document.styles["Normal"].element.rPr.rFonts
    assert normal.get(qn("w:eastAsia")) == "仿宋"
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    tables = [block for block in written.blocks if isinstance(block, Table)]
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    assert found == [[list(t.headings), *map(list, t.rows)] for t in tables]
    assert all(
        table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in document.tables
    )
    assert "SHA-256" in section.footer.paragraphs[1].text
    assert document.core_properties.author == "指导中心"


def test_what_is_complete_and_closed_is_called_final_and_nothing_else_is() -> None:
    def said(**fields: Any) -> str:
        blocks = paper(make(out=[], **fields)).blocks
        return "".join(block.text for block in blocks if hasattr(block, "text"))

    final = said(complete=True, closed=3, out_count=0)
    assert "最终数" in final
    assert "暂计" not in final
    for fields in (
        {"complete": True, "out_count": 0},
        {"out_count": 2, "closed": 3},
        {"out_count": 0},
    ):
        assert "暂计" in said(**fields)
        assert "最终数" not in said(**fields)
    assert "尚有 2 台" in said(out_count=2)
    assert "尚无法确定" in said(out_count=2)


def test_a_district_without_records_is_named_and_the_rest_of_the_region_only_if_it_has_some() -> (
    None
):
    rest = Section("R00", "信阳市", FIGURES | {"records": 0})
    sections = [*make().sections, rest]
    assert "R00" not in str(paper(make(sections=sections)))
    served = Section("R00", "信阳市", FIGURES)
    assert "信阳市直属" in str(paper(make(sections=[*make().sections, served])))
    assert "浉河区𬭎街道：本期没有服务记录。" in str(paper(make()))
