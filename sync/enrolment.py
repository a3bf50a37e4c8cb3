"""Enrolment codes: one-use, 80 secret bits, with the fingerprint of the server's key, so that no other server can pass for it.

Text: Base32 (RFC 4648, upper case) of 5 bytes id, 10 bytes secret, 10 bytes fingerprint: 40 characters, shown in groups of five.
"""

import base64
from dataclasses import dataclass
from hashlib import sha256
from re import fullmatch
from unicodedata import normalize

from schemas.vocabulary import Code
from sync.errors import Refused

ID_BYTES, SECRET_BYTES, FINGERPRINT_BYTES = 5, 10, 10
SEAL_INFO = b"redvest-enrol-1"
"""The HPKE `info` under which a kiosk seals the secret to the centre."""

DEMO_SEAL_INFO = b"redvest-demo-enrol-1"
"""The same in a demo: so neither end can enrol with the other kind, whatever it was told."""

TYPED_CHARS_MAX = 200
"""What is read of a typed code: 40 characters and whatever stands between them."""

_NO_DASHES = {
    ord(dash): None
    for dash in "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
}


def seal_info(*, is_demo: bool) -> bytes:
    """Give the `info` under which the secret is sealed."""
    return DEMO_SEAL_INFO if is_demo else SEAL_INFO


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """The three parts of a code."""

    id: bytes
    secret: bytes
    fingerprint: bytes

    def text(self) -> str:
        """Give the code as people type it: eight groups of five."""
        plain = base64.b32encode(self.id + self.secret + self.fingerprint).decode()
        return "-".join(plain[at : at + 5] for at in range(0, len(plain), 5))

    def secret_hash(self) -> bytes:
        """Give what the server keeps of the secret."""
        return sha256(b"redvest-enrol-secret-1" + self.secret).digest()


def read(text: str) -> EnrolmentCode:
    """Read a typed or scanned code. Raise `Refused(bad_code)`.

    Case, blanks, dashes and full-width letters (what a Chinese keyboard types) do not matter.
    """
    if len(text) > TYPED_CHARS_MAX:
        raise Refused(Code.BAD_CODE, "40 characters expected")
    plain = "".join(normalize("NFKC", text).split()).translate(_NO_DASHES)
    if len(plain) != 40:
        raise Refused(Code.BAD_CODE, "40 characters expected")
    if not fullmatch("[A-Za-z2-7]{40}", plain):
        raise Refused(Code.BAD_CODE, "letters A-Z and digits 2-7 expected")
    raw = base64.b32decode(plain.upper())
    split = ID_BYTES + SECRET_BYTES
    return EnrolmentCode(raw[:ID_BYTES], raw[ID_BYTES:split], raw[split:])
