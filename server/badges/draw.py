"""A badge as a picture: the QR code, and the number beneath in a font that Pillow brings along. No name, no other font.

A demo's badge says 演示 DEMO below that: the two characters are here as dots, since there may be no font for them.
"""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from server.badges.code import QUIET_MODULES, draw_code

_MODULE_PX = 10
_BAND_PX = 70
_FONT_PX = 44
_DEMO_DOTS = (
    "0000080000000000" "02003c0000000000" "07803c000fffff80" "07fffffc0fffff80" "03fffffc0fffff80" "00dffffc0fffff80"
    "001c001c00000000" "001ffffc00000000" "0007fff000000000" "0c07fff03ffffff0" "1f001c003ffffff0" "1f801c003ffffff0"
    "0f8ffff83ffffff0" "030ffff800078000" "000ffff800078000" "000e1c3800078000" "000ffff807878f00" "01cffff807878f80"
    "01effff80f878780" "01ce1c380f0787c0" "03cffff81f0783e0" "038ffff81e0783e0" "078ffff83c0781f0" "0781c3e07c0781f0"
    "0f07e3f0780780f0" "0f3f80fc10ff80e0" "063f007c00ff8000" "001c0018007f0000" "00000000007e0000"
)  # fmt: skip
_DEMO_WIDTH = 64
"""演示, 64 dots wide, a row after the other."""


def draw_badge(text: str, number: str, *, is_demo: bool = False) -> bytes:
    """Give the PNG of a badge."""
    code = draw_code(text)
    code = code.resize((code.width * _MODULE_PX,) * 2, Image.Resampling.NEAREST)
    margin = QUIET_MODULES * _MODULE_PX
    side = code.width + 2 * margin
    picture = Image.new("L", (side, side + (2 if is_demo else 1) * _BAND_PX), 255)
    picture.paste(code, (margin, margin))
    _write(picture, number, side)
    if is_demo:
        _write_demo(picture, side + _BAND_PX)
    out = BytesIO()
    picture.save(out, "PNG", optimize=False)
    return out.getvalue()


def _write_demo(picture: Image.Image, top: int) -> None:
    """Write 演示 DEMO in the band that begins here."""
    dots = bytes.fromhex(_DEMO_DOTS)
    words = Image.frombytes("1", (_DEMO_WIDTH, len(dots) * 8 // _DEMO_WIDTH), dots)
    left = picture.width // 2
    picture.paste(
        0, (left - 2 * words.width, top), words.resize((2 * words.width, 2 * words.height))
    )
    font = ImageFont.load_default(_FONT_PX)
    ImageDraw.Draw(picture).text((left + _MODULE_PX, top), "DEMO", fill=0, font=font)


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
