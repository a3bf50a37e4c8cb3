"""The code on a certificate: what it says, and its picture. The same certificate always has the same code."""

import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from schemas.central_entry import Certify
from server.certificates.mask import mask_name, mask_number
from sync import certificate
from sync.certificate import Certificate, code_link


def said_of(entry: Certify, issued_ms: int, name: str) -> Certificate:
    """Give what the code of a certificate says. name: as it is on the paper."""
    return Certificate(
        number=entry.number,
        issuer=entry.issuer,
        name=mask_name(name),
        volunteer=mask_number(entry.who),
        first_day=entry.first_day,
        last_day=entry.last_day,
        minutes=entry.minutes,
        issued_s=issued_ms // 1000,
    )


def code_text(key: Ed25519PrivateKey, said: Certificate, public_url: str = "") -> str:
    """Give the text of the code: alone, or as the address of the public page where there is one."""
    text = certificate.issue(key, said)
    return code_link(public_url.rstrip("/"), text) if public_url else text


def draw_code(text: str) -> Image.Image:
    """Draw a code at level M, one pixel a module, without the margin."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = code.to_image(scale=1, add_quiet_zones=False)
    height, width = drawn.shape
    return Image.frombytes("L", (width, height), bytes(memoryview(drawn)))  # type: ignore[arg-type] # it is a buffer, which Python 3.11 cannot say
