"""What every PDF of ours begins with: A4, our fonts, a way to measure what will be printed. Lengths in mm, sizes in points."""

from fpdf import FPDF
from PIL import Image

from server.badges.fit import Measure
from server.fonts.files import Fonts

FAMILY = "NotoSansSC"
_PIXELS_A_MODULE = 8


def blank(fonts: Fonts, title: str) -> FPDF:
    """Begin a PDF without a page, whose pages end where we say."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    for style, file in (("", fonts.regular), ("B", fonts.bold)):
        pdf.add_font(FAMILY, style, file, collection_font_number=fonts.face)
    return pdf


def measuring(pdf: FPDF, style: str) -> Measure:
    """Give what measures in one style, "" or "B"; each character is asked for once."""
    widths: dict[str, float] = {}

    def width(text: str) -> float:
        total = 0.0
        for character in text:
            if character not in widths:
                pdf.set_font(FAMILY, style, 1)
                widths[character] = pdf.get_string_width(character)
            total += widths[character]
        return total

    return width


def place_code(pdf: FPDF, drawn: Image.Image, x: float, y: float, side: float) -> None:
    """Put a QR code, a pixel a module and without its margin, onto a square of the page."""
    pixels = drawn.width * _PIXELS_A_MODULE
    sharp = drawn.convert("1", dither=Image.Dither.NONE)
    pdf.image(sharp.resize((pixels, pixels), Image.Resampling.NEAREST), x=x, y=y, w=side, h=side)
