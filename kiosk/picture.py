"""Read the QR code in a picture's file."""

import os
from pathlib import Path

from kiosk.errors import Stopped, Trouble
from schemas.limits import IMAGE_BYTES_MAX
from sync.badge import PREFIX
from sync.picture import Unreadable, texts_of


def read_picture(file: Path) -> str:
    """Give the text of the QR code in a picture, a badge's if there are several.

    Raise `Stopped`: `picture_unreadable` or `no_qr_code`; then nothing was scanned.
    """
    try:
        texts = texts_of(_read(file))
    except (OSError, ValueError) as error:
        said = str(error) if isinstance(error, Unreadable) else type(error).__name__
        raise Stopped(Trouble.PICTURE_UNREADABLE, said) from error
    if not texts:
        raise Stopped(Trouble.NO_QR_CODE)
    return next((text for text in texts if text.startswith(PREFIX)), texts[0])


def _read(file: Path) -> bytes:
    # Not blocking: a named pipe must not hold up the queue.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as source:
        return source.read(IMAGE_BYTES_MAX + 1)
