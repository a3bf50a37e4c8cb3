"""What a certificate is written with: texts and labelled facts at a place of the page. Lengths in mm, sizes in points."""

from typing import NamedTuple

from server.badges.fit import LINE, MM_PER_POINT, Fitted
from server.certificates.paper import LEFT, RIGHT, fitted, wrapped
from server.certificates.words import Language, sentences
from server.certificates.words import label as words_of
from server.fonts.files import Fonts
from server.papers.blank import FAMILY, blank, measuring

RED, BLACK, GREY, PALE = (168, 20, 38), (0, 0, 0), (95, 95, 95), (225, 225, 225)
LABEL = 38.0
"""How far what a label is of stands from it."""

_VALUE_SIZES = (11, 10, 9, 8, 7, 6, 5)


class Pair(NamedTuple):
    """A label, and what stands beside it in so much width."""

    key: str
    value: str
    x: float
    y: float
    width: float = 138
    style: str = ""


class Pen:
    """Writes on the PDF that it begins. measures: by style, what measures texts in mm at one point."""

    __slots__ = ("_language", "measures", "pdf")

    def __init__(self, fonts: Fonts, language: Language) -> None:
        """Begin without a page."""
        self._language = language
        self.pdf = blank(fonts, "志愿服务记录证明 / Certificate of Volunteer Service")
        self.pdf.set_lang("en" if language is Language.EN else "zh-CN")
        self.measures = {style: measuring(self.pdf, style) for style in ("", "B")}

    def pair(self, pair: Pair) -> None:
        """Write a label, and beside it what it is of."""
        self.label(pair.key, pair.x, pair.y)
        value = self.value(pair)
        step = value.size * LINE * MM_PER_POINT
        top = pair.y + 0.6 - step * (len(value.lines) / 2 + 0.45)
        self.block(value, pair.x + LABEL, top, style=pair.style)

    def value(self, pair: Pair) -> Fitted:
        """Make what stands beside a label fit. Raise `Refused(does_not_fit)`."""
        return fitted(pair.value, pair.width, self.measures[pair.style], _VALUE_SIZES, 8.6)

    def label(self, key: str, x: float, y: float) -> None:
        """Write what a fact is called, the other language small below."""
        words, small = words_of(key, self._language)
        self.text(words, x, y - (0.6 if small else 0), size=9.5, colour=GREY)
        if small:
            self.text(small, x, y + 2.8, size=6.5, colour=GREY)

    def sentences(self, keys: list[str], at: float) -> float:
        """Write what the law and the rules have said, over the whole width; give where it ends."""
        for key in keys:
            for sentence in sentences(key, self._language):
                at = self.paragraph(sentence, at, size=7.5, colour=GREY)
        return at

    def paragraph(
        self, text: str, at: float, *, size: float, colour: tuple[int, int, int]
    ) -> float:
        """Write a text over the whole width; give where it ends."""
        lines = wrapped(text, RIGHT - LEFT, self.measures[""], size)
        self.block(lines, LEFT, at, colour=colour)
        return at + len(lines.lines) * size * LINE * MM_PER_POINT

    def block(
        self,
        lines: Fitted,
        x: float,
        y: float,
        *,
        style: str = "",
        colour: tuple[int, int, int] = BLACK,
        right: float = 0,
    ) -> None:
        """Write lines below this height; `right`: pushed to the right of so much room."""
        step = lines.size * LINE * MM_PER_POINT
        rest = (LINE - 1) * lines.size * MM_PER_POINT
        for number, line in enumerate(lines.lines, 1):
            where = (x + right, "R") if right else (x, "L")
            self.text(
                line, where[0], y + number * step - rest, size=lines.size, style=style,
                colour=colour, align=where[1],
            )  # fmt: skip

    def text(
        self,
        text: str,
        x: float,
        y: float,
        *,
        size: float,
        style: str = "",
        colour: tuple[int, int, int] = BLACK,
        align: str = "L",
    ) -> None:
        """Write one line on this baseline; align: what `x` is of it, L(eft), C(entre) or R(ight)."""
        width = self.measures[style](text) * size
        start = {"L": x, "C": x - width / 2, "R": x - width}[align]
        self.pdf.set_font(FAMILY, style, size)
        self.pdf.set_text_color(*colour)
        self.pdf.text(start, y, text)
