"""Texts of the QR codes in a picture: bytes in, texts out. Bounded in bytes and pixels before anything is decoded."""

import io
import warnings

import zxingcpp
from PIL import Image

from schemas.limits import IMAGE_BYTES_MAX, IMAGE_PIXELS_MAX

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
"""What cameras and phones make; nothing that would start another program to be read."""
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
"""Never the codes of stripes, too: among lines of print a reader finds some that nobody drew."""
_LOOKS = (
    (zxingcpp.Binarizer.LocalAverage, 1),
    (zxingcpp.Binarizer.LocalAverage, 2),
    (zxingcpp.Binarizer.GlobalHistogram, 2),
)
"""How a picture is looked at, until something is found: how black is told from white, and how much smaller."""


class Unreadable(ValueError):
    """Bytes that are no picture, or not within bounds; says what."""


def texts_of(data: bytes) -> list[str]:
    """Give the text of each QR code in a picture, none where it has none. Raise `Unreadable`."""
    picture = _decode(data)
    return next(filter(None, (_texts(picture, *look) for look in _LOOKS)), [])


def _decode(data: bytes) -> Image.Image:
    if not data:
        raise Unreadable("empty")
    if len(data) > IMAGE_BYTES_MAX:
        raise Unreadable(f"over {IMAGE_BYTES_MAX} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            if picture.width * picture.height > IMAGE_PIXELS_MAX:
                raise Unreadable(f"over {IMAGE_PIXELS_MAX} pixels")
            return _on_white(picture)
    except Unreadable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(type(error).__name__) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # what its many formats raise
        raise Unreadable(type(error).__name__) from error


def _on_white(picture: Image.Image) -> Image.Image:
    """Give shades of grey; what is transparent counts as paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        solid = picture.convert("RGBA")
        paper = Image.new("RGBA", solid.size, "white")
        paper.alpha_composite(solid)
        return paper.convert("L")
    return picture.convert("L")


def _texts(picture: Image.Image, binarizer: zxingcpp.Binarizer, smaller: int) -> list[str]:
    found = zxingcpp.read_barcodes(
        picture.reduce(smaller) if smaller > 1 else picture,
        formats=_QR,
        binarizer=binarizer,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [code.text for code in found if code.text]
