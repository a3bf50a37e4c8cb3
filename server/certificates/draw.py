"""Draw certificates on A4. Everything was laid out before (`paper`); here it only goes onto the page. Lengths in mm."""

from datetime import UTC, datetime

from server.badges.fit import Fitted
from server.books.dates import DAY_MS, iso_date
from server.books.explain.words import GRADES
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
)
from server.certificates.pen import BLACK, GREY, LABEL, PALE, RED, Pair, Pen
from server.certificates.words import Language, label, total_words
from server.fonts.files import Fonts
from server.papers.blank import place_code

_WIDTH = RIGHT - LEFT
_CODE = 36.0
_SEAL = 19.0
_FACTS = TOP + 28.0
_PAD = 1.2


class Press:
    """One PDF in the making."""

    __slots__ = ("_language", "_page", "_pages", "_paper", "_pen", "count")

    def __init__(self, fonts: Fonts, language: Language) -> None:
        """Begin without a page."""
        self.count = 0
        self._language = language
        self._page = self._pages = 0
        self._pen = Pen(fonts, language)

    def try_it(self, paper: Paper) -> None:
        """Raise `Refused(does_not_fit)` for a certificate that does not fit its pages."""
        lay_out(paper, self._language, self._pen.measures[""])
        self._heading(paper)
        for pair in (*self._first_pairs(paper), *self._last_pairs(paper, 0)):
            self._pen.value(pair)
        self._address(paper)

    def add(self, paper: Paper) -> None:
        """Put a certificate onto pages of its own."""
        pages = lay_out(paper, self._language, self._pen.measures[""])
        heading = self._heading(paper)
        self._pen.pdf.set_creation_date(
            datetime.fromtimestamp(paper.issued_day * DAY_MS / 1000, UTC)
        )
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
        return bytes(self._pen.pdf.output())

    def _begin_page(self, paper: Paper) -> None:
        self._pen.pdf.add_page()
        self._page += 1
        foot = f"{paper.number}    {self._page} / {self._pages}"
        self._pen.text(foot, RIGHT, 290.5, size=7.5, colour=GREY, align="R")
        if paper.is_demo:
            for y in (TOP - 3, 290.5):
                self._pen.text("演示 DEMO · 不是真证明", LEFT, y, size=9, style="B", colour=RED)
        if self._page > 1:
            title, small = label("title", self._language)
            self._pen.text(title, LEFT, TOP + 4, size=10, style="B")
            more = " ".join(part for part in label("more", self._language) if part)
            words = f"{paper.volunteer}  {paper.number}  {more}"
            self._pen.text(words, RIGHT, TOP + 4, size=8, colour=GREY, align="R")
            if small:
                self._pen.text(small, LEFT, TOP + 8.5, size=7, colour=GREY)

    def _heading(self, paper: Paper) -> Fitted:
        return fitted(paper.name, 118, self._pen.measures["B"], (16, 14, 12, 10, 8, 7, 6), 13.5)

    def _first(self, paper: Paper, name: Fitted) -> None:
        title, small = label("title", self._language)
        middle = (LEFT + RIGHT) / 2
        self._pen.text(title, middle, TOP + 10, size=24, style="B", colour=RED, align="C")
        if small:
            self._pen.text(small, middle, TOP + 17, size=11, colour=RED, align="C")
        self._pen.pdf.set_draw_color(*RED)
        self._pen.pdf.set_line_width(0.6)
        self._pen.pdf.line(LEFT, TOP + 21, RIGHT, TOP + 21)
        self._pen.label("name", LEFT, _FACTS + 9)
        self._pen.block(name, LEFT + LABEL, _FACTS + 5.2, style="B")
        for pair in self._first_pairs(paper):
            self._pen.pair(pair)
        self._pen.sentences(["certified"], _FACTS + 44.5)

    def _first_pairs(self, paper: Paper) -> list[Pair]:
        total = total_words(
            paper.minutes, str(hours_of(paper.minutes)), paper.times, self._language
        )
        period = f"{iso_date(paper.first_day)} – {iso_date(paper.last_day)}"
        pairs = [
            Pair("number", paper.number, LEFT, _FACTS),
            Pair("date", iso_date(paper.issued_day), LEFT + 118, _FACTS),
            Pair("volunteer", paper.volunteer, LEFT, _FACTS + 23),
            Pair("period", period, LEFT, _FACTS + 31),
            Pair("total", total, LEFT, _FACTS + 39, style="B"),
        ]
        if paper.signers.document:
            document = paper.signers.document
            pairs.append(Pair("document", document, LEFT + 88, _FACTS + 23, width=_WIDTH - 126))
        return pairs

    def _last_pairs(self, paper: Paper, at: float) -> list[Pair]:
        told = (
            ("issuer", paper.issuer),
            ("responsible", paper.signers.responsible),
            ("handler", paper.signers.handler),
            ("contact", paper.signers.contact),
            ("date", iso_date(paper.issued_day)),
        )
        return [
            Pair(key, value, LEFT, at + 5 + row * 9, width=52)
            for row, (key, value) in enumerate(told)
        ]

    def _table(self, rows: list[TableRow], at: float) -> float:
        """Draw the head and these rows; give where they end."""
        pdf = self._pen.pdf
        pdf.set_fill_color(245, 245, 245)
        pdf.rect(LEFT, at, _WIDTH, HEAD, style="F")
        x = LEFT
        for key, width in COLUMNS:
            words, small = label(key, self._language)
            large = fitted(words, width - 2 * _PAD, self._pen.measures["B"], (8, 7, 6, 5), 4)
            self._pen.text(
                large.lines[0], x + _PAD, at + (4 if small else 5.5), size=large.size, style="B"
            )
            if small:
                below = fitted(
                    small, width - 2 * _PAD, self._pen.measures[""], (6.5, 6, 5.5, 5, 4.5), 4
                )
                self._pen.text(below.lines[0], x + _PAD, at + 7.4, size=below.size, colour=GREY)
            x += width
        at += HEAD
        pdf.set_draw_color(*PALE)
        pdf.set_line_width(0.15)
        for row in rows:
            x = LEFT
            for cell, (key, width) in zip(row.cells, COLUMNS, strict=True):
                self._pen.block(
                    cell, x + _PAD, at + 1.2, right=width - 2 * _PAD if key == "minutes" else 0
                )
                x += width
            at += row.height
            pdf.line(LEFT, at, RIGHT, at)
        return at

    def _last(self, paper: Paper, at: float) -> None:
        """Draw what stands below the table."""
        at = self._grades(paper, at + 5)
        at = self._pen.sentences(["rounding", "law"], at + 1)
        at = max(at + 4, min(BOTTOM - 58, at + 12))
        for pair in self._last_pairs(paper, at):
            self._pen.pair(pair)
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
        return self._pen.paragraph(text, at, size=7.5, colour=BLACK)

    def _seal(self, x: float, y: float) -> None:
        self._pen.pdf.set_draw_color(*PALE)
        self._pen.pdf.set_line_width(0.3)
        self._pen.pdf.circle(x, y, _SEAL)
        words, small = label("seal", self._language)
        self._pen.text(f"{words} {small}".strip(), x, y + 1, size=9, colour=GREY, align="C")

    def _code(self, paper: Paper, x: float, y: float) -> None:
        place_code(self._pen.pdf, draw_code(paper.code), x, y, _CODE)
        words, small = label("check", self._language)
        self._pen.text(
            f"{words} {small}".strip(), x + _CODE / 2, y + _CODE + 6, size=7.5, align="C"
        )
        if where := self._address(paper):
            below = (RIGHT, y + _CODE + 10)
            self._pen.text(where.lines[0], *below, size=where.size, colour=GREY, align="R")

    def _address(self, paper: Paper) -> Fitted | None:
        if not paper.public_url:
            return None
        return fitted(
            f"{paper.public_url}/c", _CODE + 12, self._pen.measures[""], (7, 6, 5, 4, 3), 3.5
        )
