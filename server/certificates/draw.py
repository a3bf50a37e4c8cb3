"""Draw certificates on A4. Everything was laid out before (`paper`); here it only goes onto the page. Lengths in mm."""

from datetime import UTC, datetime
from typing import NamedTuple

from fpdf import FPDF
from PIL import Image

from server.badges.fit import LINE, MM_PER_POINT, Fitted, Measure
from server.books.dates import DAY_MS, iso_date
from server.books.explain_words import GRADES
from server.books.rounding import hours_of
from server.certificates.code import draw_code
from server.certificates.paper import (
    BOTTOM,
    COLUMNS,
    FIRST_TABLE,
    HEAD,
    LEFT,
    NEXT_TABLE,
    RIGHT,
    TOP,
    Paper,
    TableRow,
    fitted,
    lay_out,
    wrapped,
)
from server.certificates.words import Language, label, sentences, total_words
from server.fonts.files import Fonts

FAMILY = "NotoSansSC"
_RED, _BLACK, _GREY, _PALE = (168, 20, 38), (0, 0, 0), (95, 95, 95), (225, 225, 225)
_WIDTH = RIGHT - LEFT
_CODE, _CODE_PIXELS = 36.0, 6
_SEAL = 19.0
_FACTS = TOP + 28.0
_LABEL = 38.0
_VALUE_SIZES = (11, 10, 9, 8, 7, 6, 5)
_PAD = 1.2


class _Pair(NamedTuple):
    """A label, and what stands beside it in so much width."""

    key: str
    value: str
    x: float
    y: float
    width: float = 138
    style: str = ""


class Press:
    """One PDF in the making."""

    __slots__ = ("_language", "_measures", "_page", "_pages", "_paper", "_pdf", "count")

    def __init__(self, fonts: Fonts, language: Language) -> None:
        """Begin without a page."""
        self.count = 0
        self._language = language
        self._measures: dict[str, dict[str, float]] = {"": {}, "B": {}}
        self._page = self._pages = 0
        pdf = self._pdf = FPDF(format="A4")
        pdf.set_auto_page_break(False)
        pdf.set_title("志愿服务记录证明 / Certificate of Volunteer Service")
        pdf.set_lang("en" if language is Language.EN else "zh-CN")
        for style, file in (("", fonts.regular), ("B", fonts.bold)):
            pdf.add_font(FAMILY, style, file, collection_font_number=fonts.face)

    def try_it(self, paper: Paper) -> None:
        """Raise `Refused(does_not_fit)` for a certificate that does not fit its pages."""
        lay_out(paper, self._language, self.measure(""))
        self._heading(paper)
        for pair in (*self._first_pairs(paper), *self._last_pairs(paper, 0)):
            self._value(pair)
        self._address(paper)

    def add(self, paper: Paper) -> None:
        """Put a certificate onto pages of its own."""
        pages = lay_out(paper, self._language, self.measure(""))
        heading = self._heading(paper)
        self._pdf.set_creation_date(datetime.fromtimestamp(paper.issued_day * DAY_MS / 1000, UTC))
        self._page, self._pages = 0, len(pages)
        for rows in pages:
            self._begin_page(paper)
            at = FIRST_TABLE if self._page == 1 else NEXT_TABLE
            if self._page == 1:
                self._first(paper, heading)
            at = self._table(rows, at) if rows else at
        self._last(paper, at)
        self.count += 1

    def output(self) -> bytes:
        """Give the file."""
        return bytes(self._pdf.output())

    def measure(self, style: str) -> Measure:
        """Give a function that measures in mm at one point; each character is asked for once."""
        widths = self._measures[style]

        def width(text: str) -> float:
            total = 0.0
            for character in text:
                if character not in widths:
                    self._pdf.set_font(FAMILY, style, 1)
                    widths[character] = self._pdf.get_string_width(character)
                total += widths[character]
            return total

        return width

    def _begin_page(self, paper: Paper) -> None:
        self._pdf.add_page()
        self._page += 1
        foot = f"{paper.number}    {self._page} / {self._pages}"
        self._text(foot, RIGHT, 290.5, size=7.5, colour=_GREY, align="R")
        if paper.is_demo:
            for y in (TOP - 3, 290.5):
                self._text("演示 DEMO · 不是真证明", LEFT, y, size=9, style="B", colour=_RED)
        if self._page > 1:
            title, small = label("title", self._language)
            self._text(title, LEFT, TOP + 4, size=10, style="B")
            more = " ".join(part for part in label("more", self._language) if part)
            words = f"{paper.volunteer}  {paper.number}  {more}"
            self._text(words, RIGHT, TOP + 4, size=8, colour=_GREY, align="R")
            if small:
                self._text(small, LEFT, TOP + 8.5, size=7, colour=_GREY)

    def _heading(self, paper: Paper) -> Fitted:
        return fitted(paper.name, 118, self.measure("B"), (16, 14, 12, 10, 8, 7, 6), 13.5)

    def _first(self, paper: Paper, name: Fitted) -> None:
        title, small = label("title", self._language)
        middle = (LEFT + RIGHT) / 2
        self._text(title, middle, TOP + 10, size=24, style="B", colour=_RED, align="C")
        if small:
            self._text(small, middle, TOP + 17, size=11, colour=_RED, align="C")
        self._pdf.set_draw_color(*_RED)
        self._pdf.set_line_width(0.6)
        self._pdf.line(LEFT, TOP + 21, RIGHT, TOP + 21)
        self._label("name", LEFT, _FACTS + 9)
        self._block(name, LEFT + _LABEL, _FACTS + 5.2, style="B")
        for pair in self._first_pairs(paper):
            self._pair(pair)
        self._sentences(["certified"], _FACTS + 44.5)

    def _first_pairs(self, paper: Paper) -> list[_Pair]:
        total = total_words(
            paper.minutes, str(hours_of(paper.minutes)), paper.times, self._language
        )
        period = f"{iso_date(paper.first_day)} – {iso_date(paper.last_day)}"
        pairs = [
            _Pair("number", paper.number, LEFT, _FACTS),
            _Pair("date", iso_date(paper.issued_day), LEFT + 118, _FACTS),
            _Pair("volunteer", paper.volunteer, LEFT, _FACTS + 23),
            _Pair("period", period, LEFT, _FACTS + 31),
            _Pair("total", total, LEFT, _FACTS + 39, style="B"),
        ]
        if paper.signers.document:
            document = paper.signers.document
            pairs.append(_Pair("document", document, LEFT + 88, _FACTS + 23, width=_WIDTH - 126))
        return pairs

    def _last_pairs(self, paper: Paper, at: float) -> list[_Pair]:
        told = (
            ("issuer", paper.issuer),
            ("responsible", paper.signers.responsible),
            ("handler", paper.signers.handler),
            ("contact", paper.signers.contact),
            ("date", iso_date(paper.issued_day)),
        )
        return [
            _Pair(key, value, LEFT, at + 5 + row * 9, width=52)
            for row, (key, value) in enumerate(told)
        ]

    def _table(self, rows: list[TableRow], at: float) -> float:
        """Draw the head and these rows; give where they end."""
        pdf = self._pdf
        pdf.set_fill_color(245, 245, 245)
        pdf.rect(LEFT, at, _WIDTH, HEAD, style="F")
        x = LEFT
        for key, width in COLUMNS:
            words, small = label(key, self._language)
            large = fitted(words, width - 2 * _PAD, self.measure("B"), (8, 7, 6, 5), 4)
            self._text(
                large.lines[0], x + _PAD, at + (4 if small else 5.5), size=large.size, style="B"
            )
            if small:
                below = fitted(small, width - 2 * _PAD, self.measure(""), (6.5, 6, 5.5, 5, 4.5), 4)
                self._text(below.lines[0], x + _PAD, at + 7.4, size=below.size, colour=_GREY)
            x += width
        at += HEAD
        pdf.set_draw_color(*_PALE)
        pdf.set_line_width(0.15)
        for row in rows:
            x = LEFT
            for cell, (key, width) in zip(row.cells, COLUMNS, strict=True):
                self._block(
                    cell, x + _PAD, at + 1.2, right=width - 2 * _PAD if key == "minutes" else 0
                )
                x += width
            at += row.height
            pdf.line(LEFT, at, RIGHT, at)
        return at

    def _last(self, paper: Paper, at: float) -> None:
        """Draw what stands below the table."""
        at = self._grades(paper, at + 5)
        at = self._sentences(["rounding", "law"], at + 1)
        at = max(at + 4, min(BOTTOM - 58, at + 12))
        for pair in self._last_pairs(paper, at):
            self._pair(pair)
        self._seal(LEFT + 112, at + 22)
        self._code(paper, RIGHT - _CODE, at + 1)

    def _grades(self, paper: Paper, at: float) -> float:
        """Say how good the evidence is: minutes by grade."""
        by_grade: dict[str, int] = {}
        for line in paper.lines:
            by_grade[line.grade] = by_grade.get(line.grade, 0) + line.minutes
        words, small = label("grades", self._language)
        unit = "分钟" if self._language is Language.ZH else "min"
        told = [
            f"{grade} {GRADES[grade][self._language is Language.EN]}"
            f"{' ' + GRADES[grade][1] if small else ''}: {minutes} {unit}"
            for grade, minutes in sorted(by_grade.items())
        ]
        text = f"{words}{' ' + small if small else ''}   {' · '.join(told)}"
        return self._paragraph(text, at, size=7.5, colour=_BLACK)

    def _seal(self, x: float, y: float) -> None:
        self._pdf.set_draw_color(*_PALE)
        self._pdf.set_line_width(0.3)
        self._pdf.circle(x, y, _SEAL)
        words, small = label("seal", self._language)
        self._text(f"{words} {small}".strip(), x, y + 1, size=9, colour=_GREY, align="C")

    def _code(self, paper: Paper, x: float, y: float) -> None:
        code = draw_code(paper.code)
        side = code.width * _CODE_PIXELS
        sharp = code.convert("1", dither=Image.Dither.NONE).resize(
            (side, side), Image.Resampling.NEAREST
        )
        self._pdf.image(sharp, x=x, y=y, w=_CODE, h=_CODE)
        words, small = label("check", self._language)
        self._text(f"{words} {small}".strip(), x + _CODE / 2, y + _CODE + 6, size=7.5, align="C")
        if where := self._address(paper):
            below = (RIGHT, y + _CODE + 10)
            self._text(where.lines[0], *below, size=where.size, colour=_GREY, align="R")

    def _address(self, paper: Paper) -> Fitted | None:
        if not paper.public_url:
            return None
        return fitted(f"{paper.public_url}/c", _CODE + 12, self.measure(""), (7, 6, 5, 4, 3), 3.5)

    def _pair(self, pair: _Pair) -> None:
        """Write a label, and beside it what it is of."""
        self._label(pair.key, pair.x, pair.y)
        value = self._value(pair)
        step = value.size * LINE * MM_PER_POINT
        top = pair.y + 0.6 - step * (len(value.lines) / 2 + 0.45)
        self._block(value, pair.x + _LABEL, top, style=pair.style)

    def _value(self, pair: _Pair) -> Fitted:
        return fitted(pair.value, pair.width, self.measure(pair.style), _VALUE_SIZES, 8.6)

    def _label(self, key: str, x: float, y: float) -> None:
        words, small = label(key, self._language)
        self._text(words, x, y - (0.6 if small else 0), size=9.5, colour=_GREY)
        if small:
            self._text(small, x, y + 2.8, size=6.5, colour=_GREY)

    def _sentences(self, keys: list[str], at: float) -> float:
        for key in keys:
            for sentence in sentences(key, self._language):
                at = self._paragraph(sentence, at, size=7.5, colour=_GREY)
        return at

    def _paragraph(
        self, text: str, at: float, *, size: float, colour: tuple[int, int, int]
    ) -> float:
        """Write a text over the whole width; give where it ends."""
        lines = wrapped(text, _WIDTH, self.measure(""), size)
        self._block(lines, LEFT, at, colour=colour)
        return at + len(lines.lines) * size * LINE * MM_PER_POINT

    def _block(
        self,
        lines: Fitted,
        x: float,
        y: float,
        *,
        style: str = "",
        colour: tuple[int, int, int] = _BLACK,
        right: float = 0,
    ) -> None:
        """Write lines below this height; `right`: pushed to the right of so much room."""
        step = lines.size * LINE * MM_PER_POINT
        rest = (LINE - 1) * lines.size * MM_PER_POINT
        for number, line in enumerate(lines.lines, 1):
            where = (x + right, "R") if right else (x, "L")
            self._text(
                line, where[0], y + number * step - rest, size=lines.size, style=style,
                colour=colour, align=where[1],
            )  # fmt: skip

    def _text(
        self,
        text: str,
        x: float,
        y: float,
        *,
        size: float,
        style: str = "",
        colour: tuple[int, int, int] = _BLACK,
        align: str = "L",
    ) -> None:
        width = self.measure(style)(text) * size
        start = {"L": x, "C": x - width / 2, "R": x - width}[align]
        self._pdf.set_font(FAMILY, style, size)
        self._pdf.set_text_color(*colour)
        self._pdf.text(start, y, text)
