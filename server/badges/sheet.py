"""Cards on A4 sheets, with marks where to cut. A file is there whole or not at all."""

import os
from datetime import UTC, datetime
from pathlib import Path

from server.badges.card import HEIGHT, WIDTH, Card, Layout, draw_card, lay_out
from server.fonts.files import Fonts
from server.papers.blank import blank, measuring

COLUMNS, ROWS = 2, 5
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
LEFT = (PAGE_WIDTH - COLUMNS * WIDTH) / 2
TOP = (PAGE_HEIGHT - ROWS * HEIGHT) / 2
_MARK, _AWAY = 6.0, 2.0
_HAIRLINE = 0.1


class Sheet:
    """One PDF in the making."""

    __slots__ = ("_bold", "_pdf", "_regular", "cards")

    def __init__(self, fonts: Fonts, *, now_ms: int = 0) -> None:
        """Begin without a page."""
        self.cards = 0
        pdf = self._pdf = blank(fonts, "红马甲 志愿者证 / Red Vest badges")
        pdf.set_creation_date(datetime.fromtimestamp(now_ms / 1000, UTC))
        self._regular, self._bold = measuring(pdf, ""), measuring(pdf, "B")

    def lay_out(self, number: str, name: str, team: str) -> Layout | str:
        """Make a card's texts fit, or give the one that does not."""
        return lay_out(number, name, team, regular=self._regular, bold=self._bold)

    def add(self, card: Card, layout: Layout) -> None:
        """Put a card on the next free place."""
        place = self.cards % (COLUMNS * ROWS)
        if place == 0:
            self._pdf.add_page()
            self._crop_marks()
        row, column = divmod(place, COLUMNS)
        draw_card(self._pdf, card, layout, LEFT + column * WIDTH, TOP + row * HEIGHT)
        self.cards += 1

    def save(self, file: Path) -> None:
        """Write the file, in one step. Nobody else can read it: it holds names."""
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f".{file.name}.{os.getpid()}.new")
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                out.write(self._pdf.output())
                out.flush()
                os.fsync(out.fileno())
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)

    def _crop_marks(self) -> None:
        """Draw short lines outside the cards at every cut, and faint ones between them for scissors."""
        right, bottom = LEFT + COLUMNS * WIDTH, TOP + ROWS * HEIGHT
        pdf = self._pdf
        pdf.set_line_width(_HAIRLINE)
        pdf.set_draw_color(0)
        for x in (LEFT + n * WIDTH for n in range(COLUMNS + 1)):
            pdf.line(x, TOP - _AWAY, x, TOP - _AWAY - _MARK)
            pdf.line(x, bottom + _AWAY, x, bottom + _AWAY + _MARK)
        for y in (TOP + n * HEIGHT for n in range(ROWS + 1)):
            pdf.line(LEFT - _AWAY, y, LEFT - _AWAY - _MARK, y)
            pdf.line(right + _AWAY, y, right + _AWAY + _MARK, y)
        pdf.set_draw_color(200)
        pdf.rect(LEFT, TOP, right - LEFT, bottom - TOP)
        pdf.line(LEFT + WIDTH, TOP, LEFT + WIDTH, bottom)
        for y in (TOP + n * HEIGHT for n in range(1, ROWS)):
            pdf.line(LEFT, y, right, y)
