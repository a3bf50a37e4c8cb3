"""A bulletin as PDF: A4, a red banner over a red line, text below, page numbers and the hash of its figures on every page."""

from server.bulletins.paper import Block, Heading, Language, Paper, Sentence, Table
from server.papers.press import INNER, MARGIN, RED, WIDTH, Column, Grid, Ink, Press, Type

_BANNER = Ink(30, bold=True, colour=RED)
_BANNER_SMALLER = Ink(22, bold=True, colour=RED)
_HEAD, _TITLE = Ink(11), Ink(17, bold=True)
_PART, _TEXT, _SMALL = Ink(12.5, bold=True), Ink(11), Ink(8.5)
_TABLE = Ink(9)
_GAP = 3.0


def write_pdf(type_: Type, paper: Paper, made_ms: int) -> bytes:
    """Give the file. Raise `Refused(glyph_missing)`, naming what the font cannot draw."""
    press = Press(type_, title=f"{paper.banner} {paper.issue}", now_ms=made_ms, foot=paper.foot)
    press.page()
    _head(press, paper)
    for block in paper.blocks:
        _draw(press, block, is_indented=paper.language is Language.ZH)
    return press.output()


def _head(press: Press, paper: Paper) -> None:
    """Draw banner, number, body and date, the red line, and the title, as official papers have them."""
    press.y += 4
    banner = _BANNER if press.width(paper.banner, _BANNER) <= INNER else _BANNER_SMALLER
    press.centred(paper.banner, banner)
    press.y += 2
    press.centred(paper.issue, _HEAD)
    press.y += 2
    if paper.body:
        room = INNER - press.width(paper.date, _HEAD) - 2 * _GAP
        body = paper.body if press.width(paper.body, _HEAD) <= room else ""
        if not body:
            press.paragraph(paper.body, _HEAD)
        press.y += 6
        press.text(MARGIN, press.y, body, _HEAD)
    else:
        press.y += 6
    press.text(WIDTH - MARGIN - press.width(paper.date, _HEAD), press.y, paper.date, _HEAD)
    press.y += 3
    press.rule(press.y, colour=RED, weight=0.8)
    press.y += 8
    press.centred(paper.title, _TITLE)
    press.y += _GAP


def _draw(press: Press, block: Block, *, is_indented: bool) -> None:
    match block:
        case Heading():
            press.y += _GAP
            press.need(18)
            press.paragraph(block.text, _PART)
            press.y += 1
        case Sentence():
            press.paragraph(block.text, _SMALL if block.is_small else _TEXT, indent=is_indented)
            press.y += 1
        case Table():
            _table(press, block)


def _table(press: Press, table: Table) -> None:
    whole = sum(table.shares)
    columns = [
        Column(heading, INNER * share / whole, right=number >= table.words)
        for number, (heading, share) in enumerate(zip(table.headings, table.shares, strict=True))
    ]
    grid = Grid(press, columns, _TABLE)
    for number, row in enumerate(table.rows):
        grid.row(row, bold=table.is_total(number))
    press.y += _GAP
