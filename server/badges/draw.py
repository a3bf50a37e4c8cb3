"""A badge as a picture: the QR code, and the number beneath in a font that Pillow brings along. No name, no other font."""

from io import BytesIO

import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

from server.limits import BADGE_VERSION_MAX

_MODULE_PX = 10
_QUIET_MODULES = 4  # ISO/IEC 18004
_BAND_PX = 70
_FONT_PX = 44


def draw_badge(text: str, number: str) -> bytes:
    """Give the PNG of a badge."""
    code = _code(text)
    side = code.width
    picture = Image.new("L", (side, side + _BAND_PX), 255)
    picture.paste(code, (0, 0))
    _write(picture, number, side)
    out = BytesIO()
    picture.save(out, "PNG", optimize=False)
    return out.getvalue()


def _code(text: str) -> Image.Image:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_MODULES)
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM))
    code.make(fit=True)
    if code.version > BADGE_VERSION_MAX:
        raise ValueError("a badge must fit the QR version that cheap scanners read")
    matrix = code.get_matrix()
    side = len(matrix)
    modules = Image.frombytes(
        "L", (side, side), bytes(0 if dark else 255 for row in matrix for dark in row)
    )
    return modules.resize((side * _MODULE_PX, side * _MODULE_PX), Image.Resampling.NEAREST)


def _write(picture: Image.Image, number: str, top: int) -> None:
    """Write the number in the middle of the band, smaller if it is long."""
    draw = ImageDraw.Draw(picture)
    size = _FONT_PX
    font = ImageFont.load_default(size)
    while size > _MODULE_PX and draw.textlength(number, font) > picture.width - 4 * _MODULE_PX:
        size -= 2
        font = ImageFont.load_default(size)
    middle = (picture.width // 2, top + (_BAND_PX - _FONT_PX) // 2)
    draw.text(middle, number, fill=0, font=font, anchor="mm")
