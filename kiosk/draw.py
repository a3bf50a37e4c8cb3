"""A QR code as a picture, for a screen or for printing."""

from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError

from kiosk.errors import Stopped
from schemas.vocabulary import Code

_MODULE_PX, _QUIET_MODULES = 8, 4  # ISO/IEC 18004 asks for four


def draw_qr(text: str) -> tuple[bytes, int]:
    """Give a PNG and the version of the QR code. Raise `Stopped(too_large)` where no code holds the text."""
    code = qrcode.QRCode(
        error_correction=ERROR_CORRECT_M, box_size=_MODULE_PX, border=_QUIET_MODULES
    )
    code.add_data(text)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise Stopped(Code.TOO_LARGE, "no QR code holds this entry") from error
    out = BytesIO()
    code.make_image().save(out, "PNG")
    return out.getvalue(), int(code.version)
