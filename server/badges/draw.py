"""A badge as a picture: the QR code, and the number beneath in a font that Pillow brings along. No name, no other font."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from server.badges.code import QUIET_MODULES, draw_code

_MODULE_PX = 10
_BAND_PX = 70
_FONT_PX = 44


def draw_badge(text: str, number: str) -> bytes:
    """Give the PNG of a badge."""
    code = draw_code(text)
    code = code.resize((code.width * _MODULE_PX,) * 2, Image.Resampling.NEAREST)
    margin = QUIET_MODULES * _MODULE_PX
    side = code.width + 2 * margin
    picture = Image.new("L", (side, side + _BAND_PX), 255)
    picture.paste(code, (margin, margin))
    _write(picture, number, side)
    out = BytesIO()
    picture.save(out, "PNG", optimize=False)
    return out.getvalue()


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
