"""QR codes in a picture, as a camera finds them."""

import zxingcpp
from PIL import Image


def qr_codes(picture: Image.Image) -> list[zxingcpp.Barcode]:
    """Give the QR codes. No others: among lines of print a reader finds codes of stripes that nobody drew."""
    return list(zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode))
