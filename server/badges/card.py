"""A badge as a card to cut out, of the size of a bank card (ISO/IEC 7810 ID-1): Chinese first, English small beside it.

All lengths are in mm from the card's upper left corner.
"""

from dataclasses import dataclass

from fpdf import FPDF

from server.badges.code import QUIET_MODULES, draw_code
from server.badges.fit import LINE, MM_PER_POINT, Box, Fitted, Measure, fit
from server.papers.blank import FAMILY, place_code

WIDTH, HEIGHT = 85.6, 54.0
CODE = 32.0
"""Side of the QR code without its margin: phones and cheap scanners want 30."""

_RED = (200, 16, 46)
_BLACK, _GREY, _WHITE = (0, 0, 0), (110, 110, 110), (255, 255, 255)
_BAND = 8.5
_LEFT, _CODE_X, _CODE_Y = 4.0, WIDTH - CODE - 4.0, _BAND + 5.0
_TEXT = 41.0
_NAME = Box(_TEXT, 18.0, (22, 20, 18, 16, 14, 12, 11, 10, 9, 8, 7, 6, 5), whole=12)
_NUMBER = Box(_TEXT, 6.5, (14, 12, 11, 10, 9, 8, 7, 6), whole=6)
_TEAM = Box(_TEXT, 6.5, (10, 9, 8, 7, 6, 5, 4), whole=8)
_NAME_Y, _NUMBER_Y, _TEAM_Y, _FOOT_Y = _BAND + 1.5, 31.0, 40.5, 51.0
_BELOW_LABEL = 0.5


@dataclass(frozen=True, slots=True)
class Card:
    """What is on a card. code: the badge's text. expires: local date as written. is_demo: the card says so."""

    number: str
    name: str
    team: str
    serial: int
    expires: str
    code: str
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How the texts of a card fit."""

    name: Fitted
    number: Fitted
    team: Fitted


def lay_out(number: str, name: str, team: str, *, regular: Measure, bold: Measure) -> Layout | str:
    """Make the texts fit, or give the one that does not."""
    fitted = (
        fit(name, _NAME, bold),
        fit(number, _NUMBER, bold),
        fit(team, _TEAM, regular),
    )
    for text, one in zip((name, number, team), fitted, strict=True):
        if one is None:
            return text
    return Layout(*(one for one in fitted if one is not None))


def draw_card(pdf: FPDF, card: Card, layout: Layout, x: float, y: float) -> None:
    """Draw a card with its corner here."""
    pdf.set_fill_color(*_RED)
    pdf.rect(x, y, WIDTH, _BAND, style="F")
    _line(pdf, "红马甲", x + _LEFT, y + 6.1, size=15, style="B", colour=_WHITE)
    _line(pdf, "志愿者证  Volunteer badge · Red Vest", x + 23, y + 5.7, size=8, colour=_WHITE)
    _code(pdf, card.code, x + _CODE_X, y + _CODE_Y)
    _block(pdf, layout.name, x + _LEFT, y + _NAME_Y, style="B")
    _label(pdf, "编号 No.", x, y + _NUMBER_Y)
    _block(pdf, layout.number, x + _LEFT, y + _NUMBER_Y, style="B")
    if card.team:
        _label(pdf, "队伍 Team", x, y + _TEAM_Y)
        _block(pdf, layout.team, x + _LEFT, y + _TEAM_Y, style="")
    foot = f"有效期至 Valid until {card.expires} · 序号 Serial {card.serial}"
    _line(pdf, foot, x + _LEFT, y + _FOOT_Y, size=5.5, colour=_GREY)
    hint = "演示 DEMO · 不是真证件" if card.is_demo else "扫码签到、签退 Scan to sign in or out"
    colour = _RED if card.is_demo else _GREY
    _line(pdf, hint, x + _CODE_X, y + _FOOT_Y, size=5, colour=colour)


def _line(
    pdf: FPDF,
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    style: str = "",
    colour: tuple[int, int, int] = _BLACK,
) -> None:
    pdf.set_font(FAMILY, style, size)
    pdf.set_text_color(*colour)
    pdf.text(x, y, text)


def _label(pdf: FPDF, text: str, x: float, y: float) -> None:
    _line(pdf, text, x + _LEFT, y, size=5.5, colour=_GREY)


def _block(pdf: FPDF, fitted: Fitted, x: float, y: float, *, style: str) -> None:
    """Write lines below the label at this height."""
    y += _BELOW_LABEL
    step = fitted.size * LINE * MM_PER_POINT
    for number, line in enumerate(fitted.lines, 1):
        rest = (LINE - 1) * fitted.size * MM_PER_POINT
        _line(pdf, line, x, y + number * step - rest, size=fitted.size, style=style)


def _code(pdf: FPDF, text: str, x: float, y: float) -> None:
    """Put the code here; the margin around it stays free by the layout."""
    code = draw_code(text)
    margin = CODE / code.width * QUIET_MODULES
    if margin > min(WIDTH - _CODE_X - CODE + 1, _CODE_Y - _BAND):
        raise ValueError("the code's margin would be cut off")
    place_code(pdf, code, x, y, CODE)
