"""A bulletin as DOCX, which staff can go on editing: the fonts that official papers use, named for Chinese text, too.

The same paper gives the same bytes: the parts are packed again without the time at which they were written.
"""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from server.bulletins.paper import Block, Heading, Language, Paper, Sentence, Table

_LATIN = "Times New Roman"
_SONG, _HEI, _FANGSONG, _KAI = "宋体", "黑体", "仿宋", "楷体"
_RED = RGBColor(200, 16, 46)
_WIDTH, _HEIGHT, _MARGIN = 210, 297, 25
_INNER = _WIDTH - 2 * _MARGIN
_PACKED = (1980, 1, 1, 0, 0, 0)
_LINE_EIGHTHS = 18


def write_docx(paper: Paper, made_ms: int) -> bytes:
    """Give the file."""
    document = Document()
    _prepare(document, paper, made_ms)
    _head(document, paper)
    for block in paper.blocks:
        _write(document, block, is_indented=paper.language is Language.ZH)
    _foot(document, paper)
    out = BytesIO()
    document.save(out)
    return _packed_again(out)


def _prepare(document: Docx, paper: Paper, made_ms: int) -> None:
    """Set page, default font, and what the file says of itself."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(_WIDTH), Mm(_HEIGHT)
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin = section.bottom_margin = Mm(_MARGIN)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(12)
    _face(normal.element.get_or_add_rPr(), _FANGSONG)
    normal.paragraph_format.space_after = Pt(4)
    says = document.core_properties
    says.title, says.author, says.comments = f"{paper.banner} {paper.issue}", paper.body, ""
    says.language = "zh-CN" if paper.language is Language.ZH else "en"
    says.created = says.modified = datetime.fromtimestamp(made_ms / 1000, UTC).replace(tzinfo=None)
    says.last_modified_by, says.revision = "", 1


def _head(document: Docx, paper: Paper) -> None:
    _centred(document, paper.banner, _SONG, 32, colour=_RED, bold=True)
    _centred(document, paper.issue, _FANGSONG, 12)
    line = document.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(Mm(_INNER), WD_TAB_ALIGNMENT.RIGHT)
    _run(line, f"{paper.body}\t{paper.date}", _KAI, 12)
    _red_line_below(line)
    title = _centred(document, paper.title, _SONG, 18, bold=True)
    title.paragraph_format.space_before = Pt(14)


def _write(document: Docx, block: Block, *, is_indented: bool) -> None:
    match block:
        case Heading():
            paragraph = document.add_paragraph()
            _run(paragraph, block.text, _HEI, 13, bold=True)
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_before = Pt(8)
        case Sentence():
            paragraph = document.add_paragraph()
            size = 9 if block.is_small else 12
            _run(paragraph, block.text, _FANGSONG, size)
            if is_indented:
                paragraph.paragraph_format.first_line_indent = Pt(2 * size)
        case Table():
            _table(document, block)


def _table(document: Docx, table: Table) -> None:
    drawn = document.add_table(rows=1, cols=len(table.headings), style="Table Grid")
    drawn.autofit = False
    for column, width in zip(drawn.columns, _widths(table), strict=True):
        column.width = width  # some programs go by the columns, others by the cells
    repeat = OxmlElement("w:tblHeader")
    drawn.rows[0]._tr.get_or_add_trPr().append(repeat)
    _row(drawn.rows[0], table.headings, table, bold=True)
    for number, row in enumerate(table.rows):
        _row(drawn.add_row(), row, table, bold=table.is_total(number))
    document.add_paragraph()


def _row(row: Any, texts: tuple[str, ...], table: Table, *, bold: bool = False) -> None:
    """Write the cells of a row, which no page break tears."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for number, (cell, width) in enumerate(zip(row.cells, _widths(table), strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        _run(paragraph, texts[number], _FANGSONG, 9, bold=bold)
        if number >= table.words:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths(table: Table) -> list[Mm]:
    whole = sum(table.shares)
    return [Mm(round(_INNER * share / whole, 1)) for share in table.shares]


def _foot(document: Docx, paper: Paper) -> None:
    """Put page number and hash under every page."""
    number = document.sections[0].footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(number, "— ", _SONG, 9)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._p.append(field)
    _run(number, " —", _SONG, 9)
    below = document.sections[0].footer.add_paragraph()
    _run(below, paper.foot, _SONG, 7)


def _centred(
    document: Docx,
    text: str,
    face: str,
    size: float,
    *,
    colour: RGBColor | None = None,
    bold: bool = False,
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = _run(paragraph, text, face, size, bold=bold)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _run(paragraph: Paragraph, text: str, face: str, size: float, *, bold: bool = False) -> Run:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.bold = _LATIN, Pt(size), bold
    _face(run._r.get_or_add_rPr(), face)
    return run


def _face(properties: Any, face: str) -> None:
    """Name the font of Chinese text: without it each program takes one of its own."""
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _red_line_below(paragraph: Paragraph) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (
        ("val", "single"),
        ("sz", str(_LINE_EIGHTHS)),
        ("space", "6"),
        ("color", str(_RED)),
    ):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _packed_again(written: BytesIO) -> bytes:
    """Pack the parts in their order, each as of the same time."""
    out = BytesIO()
    with ZipFile(written) as source, ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(ZipInfo(name, _PACKED), source.read(name), ZIP_DEFLATED)
    return out.getvalue()
