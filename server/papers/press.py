"""A PDF of A4 pages in the making: what is drawn is checked for glyphs, and the same drawing gives the same bytes.

All lengths are in mm from the page's upper left corner; sizes of print are in points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.vocabulary import Code
from server.badges.code import draw_code
from server.badges.fit import LINE, MM_PER_POINT, Box, Measure, fit
from server.fonts.files import Fonts
from server.fonts.glyphs import glyphs_of, named
from server.papers.blank import FAMILY, blank, measuring, place_code
from server.papers.lines import wrap
from sync.errors import Refused

WIDTH, HEIGHT = 210.0, 297.0
MARGIN = 18.0
INNER = WIDTH - 2 * MARGIN
BLACK, GREY, RED = (0, 0, 0), (105, 105, 105), (200, 16, 46)
Colour = tuple[int, int, int]
PAPER_MARK = "演示 DEMO"
"""What stands on every page of a demo."""
_FOOT_Y = HEIGHT - 10.0
_BOTTOM = HEIGHT - 18.0
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Ink:
    """How a text is printed. size: in points."""

    size: float = 10.5
    bold: bool = False
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Room:
    """Room for a text, in mm, and the sizes to try in it, the largest first. middle: it stands halfway down."""

    width: float
    height: float
    sizes: Sequence[float]
    middle: bool = False


class Type:
    """The fonts, read once for all files of a print."""

    __slots__ = ("fonts", "glyphs")

    def __init__(self, fonts: Fonts) -> None:
        """Read which characters there are."""
        self.fonts = fonts
        self.glyphs = glyphs_of(fonts)


class Press:
    """One PDF. y: where the next paragraph or row begins."""

    __slots__ = ("_foot", "_measures", "_pdf", "_type", "y")

    def __init__(self, type_: Type, *, title: str, now_ms: int = 0, foot: str = "") -> None:
        """Begin without a page. foot: what stands under every page, below its number ("": neither)."""
        self._type = type_
        self._foot = foot
        self.y = MARGIN
        self._pdf = blank(type_.fonts, title)
        self._pdf.set_creation_date(datetime.fromtimestamp(now_ms / 1000, UTC))
        self._measures = {style: measuring(self._pdf, style) for style in ("", "B")}

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return int(self._pdf.page)

    def page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()
        self.y = MARGIN
        if not self._foot:
            return
        small = Ink(8, colour=GREY)
        number = f"— {self.pages} —"
        self.text(WIDTH / 2 - self.width(number, small) / 2, _FOOT_Y, number, small)
        tiny = Ink(6, colour=GREY)
        for line, words in enumerate(wrap(self._foot, INNER / tiny.size, self.measure(tiny))):
            self.text(MARGIN, _FOOT_Y + 3 + 2.6 * line, words, tiny)

    def output(self) -> bytes:
        """Give the whole file."""
        return bytes(self._pdf.output())

    def measure(self, ink: Ink) -> Measure:
        """Give what measures in mm at one point."""
        return self._measures["B" if ink.bold else ""]

    def width(self, text: str, ink: Ink) -> float:
        """Give the width of a text in mm."""
        return self.measure(ink)(text) * ink.size

    def text(self, x: float, y: float, text: str, ink: Ink) -> None:
        """Draw one line on this baseline. Raise `Refused(glyph_missing)` for what the font cannot draw."""
        if missing := self._type.glyphs.missing(text):
            shown = "".join(c if c.isprintable() else "�" for c in text)[:_SHOWN_CHARS]
            words = f"字体缺字 / the font lacks {named(missing)}: {shown}"
            raise Refused(Code.GLYPH_MISSING, words)
        self._pdf.set_font(FAMILY, "B" if ink.bold else "", ink.size)
        self._pdf.set_text_color(*ink.colour)
        self._pdf.text(x, y, text)

    def centred(self, text: str, ink: Ink) -> None:
        """Draw lines in the middle of the page, as many as it takes, and go below them."""
        for line in wrap(text, INNER / ink.size, self.measure(ink)):
            self._down(ink)
            self.text(WIDTH / 2 - self.width(line, ink) / 2, self.y - _rest(ink), line, ink)

    def paragraph(
        self,
        text: str,
        ink: Ink,
        *,
        indent: bool = False,
        x: float = MARGIN,
        width: float = INNER,
    ) -> None:
        """Draw a paragraph, over pages if it must be, and go below it. indent: by two characters, as Chinese texts are."""
        first = 2.0 * MM_PER_POINT if indent else 0.0
        lines = wrap(text, width / ink.size, self.measure(ink), first=first)
        for number, line in enumerate(lines):
            self._down(ink)
            left = x if number else x + first * ink.size
            self.text(left, self.y - _rest(ink), line, ink)

    def name(self, text: str, x: float, y: float, box: Box, ink: Ink) -> None:
        """Draw a person's name as large as it can be in a box, its parts whole. Raise `Refused(does_not_fit)`."""
        found = fit(text, box, self.measure(ink))
        if found is None:
            raise _too_long(text)
        self._lines(found.lines, x, y, Ink(found.size, ink.bold, ink.colour))

    def block(self, text: str, x: float, y: float, room: Room, ink: Ink) -> None:
        """Draw a text as large as it can be in some room, broken into lines. Raise `Refused(does_not_fit)`."""
        measure = self.measure(ink)
        for size in room.sizes:
            width = room.width / size
            lines = wrap(text, width, measure)
            height = len(lines) * size * LINE * MM_PER_POINT
            if height <= room.height and all(measure(line) <= width for line in lines):
                above = (room.height - height) / 2 if room.middle else 0.0
                self._lines(lines, x, y + above, Ink(size, ink.bold, ink.colour))
                return
        raise _too_long(text)

    def _lines(self, lines: Sequence[str], x: float, y: float, ink: Ink) -> None:
        step = ink.size * LINE * MM_PER_POINT
        for number, line in enumerate(lines, 1):
            self.text(x, y + number * step - _rest(ink), line, ink)

    def rule(self, y: float, *, colour: Colour = BLACK, weight: float = 0.3) -> None:
        """Draw a line across the page."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(weight)
        self._pdf.line(MARGIN, y, WIDTH - MARGIN, y)

    def box(self, x: float, y: float, width: float, height: float, *, grey: int = -1) -> None:
        """Draw a box; grey: filled with it (255: white)."""
        self._pdf.set_draw_color(0)
        self._pdf.set_line_width(0.2)
        if grey >= 0:
            self._pdf.set_fill_color(grey)
        self._pdf.rect(x, y, width, height, style="DF" if grey >= 0 else "D")

    def code(self, text: str, x: float, y: float, side: float) -> None:
        """Draw a QR code without its margin. side: in mm."""
        place_code(self._pdf, draw_code(text), x, y, side)

    def need(self, height: float) -> bool:
        """Begin a page if there is no room for so much below; tell whether one was begun."""
        if self.pages and self.y + height <= _BOTTOM:
            return False
        self.page()
        return True

    def _down(self, ink: Ink) -> None:
        step = ink.size * LINE * MM_PER_POINT
        self.need(step)
        self.y += step


def _too_long(text: str) -> Refused:
    shown = "".join(c if c.isprintable() else "�" for c in text)[:_SHOWN_CHARS]
    return Refused(Code.DOES_NOT_FIT, f"放不下 / there is no room for it: {shown}")


def _rest(ink: Ink) -> float:
    """Give how far a baseline lies above the bottom of its line."""
    return (LINE - 1) * ink.size * MM_PER_POINT


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. width: in mm."""

    heading: str
    width: float
    right: bool = False


class Grid:
    """A table whose headings stand again on each page, and whose rows are as high as their texts need."""

    __slots__ = ("_columns", "_ink", "_press")
    _PAD = 1.2

    def __init__(self, press: Press, columns: Sequence[Column], ink: Ink) -> None:
        """Draw the headings where the press is."""
        self._press = press
        self._columns = columns
        self._ink = ink
        self._head()

    def row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        """Draw a row."""
        ink = Ink(self._ink.size, bold)
        lines = self._lines(cells, ink)
        if self._press.need(self._height(lines)):
            self._head()
        self._draw(lines, ink, grey=-1)

    def _head(self) -> None:
        ink = Ink(self._ink.size, bold=True)
        lines = self._lines([column.heading for column in self._columns], ink)
        self._press.need(2 * self._height(lines))
        self._draw(lines, ink, grey=235)

    def _lines(self, cells: Sequence[str], ink: Ink) -> list[list[str]]:
        measure = self._press.measure(ink)
        return [
            wrap(cell, (column.width - 2 * self._PAD) / ink.size, measure)
            for cell, column in zip(cells, self._columns, strict=True)
        ]

    def _height(self, lines: Sequence[Sequence[str]]) -> float:
        step = self._ink.size * LINE * MM_PER_POINT
        return max(map(len, lines)) * step + 2 * self._PAD

    def _draw(self, lines: Sequence[Sequence[str]], ink: Ink, *, grey: int) -> None:
        press, height, x = self._press, self._height(lines), MARGIN
        step = ink.size * LINE * MM_PER_POINT
        for column, texts in zip(self._columns, lines, strict=True):
            press.box(x, press.y, column.width, height, grey=grey)
            for number, text in enumerate(texts, 1):
                left = x + self._PAD
                if column.right:
                    left = x + column.width - self._PAD - press.width(text, ink)
                press.text(left, press.y + self._PAD + number * step - _rest(ink), text, ink)
            x += column.width
        press.y += height
