"""Read the QR code in a picture. Bounded in bytes and pixels before anything is decoded."""

import io
import os
import warnings
from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from kiosk.errors import Stopped, Trouble
from schemas.limits import IMAGE_BYTES_MAX, IMAGE_PIXELS_MAX
from sync.badge import PREFIX

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
"""What cameras and phones make; nothing that would start another program to be read."""
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_LOOKS = (
    (zxingcpp.Binarizer.LocalAverage, 1),
    (zxingcpp.Binarizer.LocalAverage, 2),
    (zxingcpp.Binarizer.GlobalHistogram, 2),
)
"""How a picture is looked at, until something is found: how black is told from white, and how much smaller."""


def read_picture(file: Path) -> str:
    """Give the text of the QR code in a picture, a badge's if there are several.

    Raise `Stopped`: `picture_unreadable` or `no_qr_code`; then nothing was scanned.
    """
    picture = _decode(_read(file))
    texts = next(filter(None, (_texts(picture, *look) for look in _LOOKS)), [])
    if not texts:
        raise Stopped(Trouble.NO_QR_CODE)
    return next((text for text in texts if text.startswith(PREFIX)), texts[0])


def _read(file: Path) -> bytes:
    try:
        # Not blocking: a named pipe must not hold up the queue.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as source:
            data = source.read(IMAGE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        raise Stopped(Trouble.PICTURE_UNREADABLE, type(error).__name__) from error
    if not data:
        raise Stopped(Trouble.PICTURE_UNREADABLE, "empty")
    if len(data) > IMAGE_BYTES_MAX:
        raise Stopped(Trouble.PICTURE_UNREADABLE, f"over {IMAGE_BYTES_MAX} bytes")
    return data


def _decode(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            if picture.width * picture.height > IMAGE_PIXELS_MAX:
                raise Stopped(Trouble.PICTURE_UNREADABLE, f"over {IMAGE_PIXELS_MAX} pixels")
            return _on_white(picture)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise Stopped(Trouble.PICTURE_UNREADABLE, type(error).__name__) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # what its many formats raise
        raise Stopped(Trouble.PICTURE_UNREADABLE, type(error).__name__) from error


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
