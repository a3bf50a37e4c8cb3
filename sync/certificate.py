"""The code of a certificate: `RVC1:` and signed claims (`sync.cose`), by which paper proves itself with no network.

Claims: iss (1) the body that recorded the service, sub (2) the name in masked form, iat (6) when it was issued, cti (7) the
certificate's number in ASCII, then four of our own: minutes, first and last local date (days since 1970-01-01), and the volunteer
number in masked form. Nothing else: neither name nor any number of a person is readable in it. That it was withdrawn
later it cannot know. This form never changes; another gets another prefix.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from re import fullmatch, sub
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.limits import (
    CERTIFICATE_BYTES_MAX,
    ISSUER_CHARS_MAX,
    MASKED_CHARS_MAX,
    SAFE_INTEGER_MAX,
)
from schemas.vocabulary import NUMBER_PATTERN, Code
from sync.cose import has_claims, read_signed, sign_claims
from sync.errors import Refused

PREFIX = "RVC1:"
_ISS, _SUB, _IAT, _CTI = 1, 2, 6, 7
_MINUTES, _FIRST, _LAST, _VOLUNTEER = -65_537, -65_538, -65_539, -65_540
"""Our own claims: keys below -65,536 are for private use (RFC 8392, 9.1)."""

_CLAIM_KEYS = [(key, int) for key in (_ISS, _SUB, _IAT, _CTI, _MINUTES, _FIRST, _LAST, _VOLUNTEER)]
_SECONDS_MAX = 2**32 - 1
_TEXT = r"[^\x00-\x1f\x7f]+"
_TAG = b"redvest-certificate-1"
_pack = msgspec.msgpack.Encoder().encode


class Row(NamedTuple):
    """Credited minutes of a record on a local date (days since 1970-01-01) at a site: what a certificate rests on."""

    day: int
    record: bytes
    site: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate's code says. name, volunteer: masked. first_day, last_day: local dates. issued_s: Unix seconds."""

    number: str
    issuer: str
    name: str
    volunteer: str
    first_day: int
    last_day: int
    minutes: int
    issued_s: int


def issue(key: Ed25519PrivateKey, said: Certificate) -> str:
    """Give the text of a certificate's code. Raise `Refused(bad_field)` for what no reader would take."""
    if not _is_sound(said):
        raise Refused(Code.BAD_FIELD, "certificate")
    claims: dict[int, object] = {
        _ISS: said.issuer,
        _SUB: said.name,
        _IAT: said.issued_s,
        _CTI: said.number.encode(),
        _MINUTES: said.minutes,
        _FIRST: said.first_day,
        _LAST: said.last_day,
        _VOLUNTEER: said.volunteer,
    }
    return sign_claims(key, PREFIX, claims)


def verify(text: str, keys: Mapping[bytes, bytes]) -> tuple[Certificate, bytes]:
    """Read a certificate's code and check it against known keys; give what it says, and the id of the key that signed it.

    Raise `Refused`: `malformed`, `too_large`, `bad_base45`, `unknown_key` or `bad_signature`.
    """
    claims, key_id = read_signed(text, PREFIX, CERTIFICATE_BYTES_MAX, keys)
    if not isinstance(claims, dict) or not has_claims(claims, _CLAIM_KEYS):
        raise Refused(Code.MALFORMED, "claims")
    issuer, name, issued, number, minutes, first, last, volunteer = claims.values()
    if not isinstance(number, bytes) or not number.isascii():
        raise Refused(Code.MALFORMED, "claims")
    said = Certificate(number.decode(), issuer, name, volunteer, first, last, minutes, issued)
    if not _is_sound(said):
        raise Refused(Code.MALFORMED, "claims")
    return said, key_id


def code_link(url: str, text: str) -> str:
    """Give the address that opens the centre's page with this code: behind `#`, which no browser sends and no server logs."""
    return f"{url}/c#{text.replace('%', '%25').replace(' ', '%20')}"


def text_of(scanned: str) -> str:
    """Give the text of a code that was scanned: alone, or behind `#` in an address."""
    scanned = scanned.strip("\r\n")
    before, hash_, behind = scanned.partition("#")
    if not hash_ or not before.startswith(("http://", "https://")):
        return scanned
    return sub(r"%([0-7][0-9A-Fa-f])", lambda found: chr(int(found[1], 16)), behind)


def digest_of(rows: Iterable[Row]) -> bytes:
    """Give the hash that stands for the rows of a certificate, whatever order they come in."""
    packed = _pack([[row.day, row.record, row.site, row.minutes] for row in sorted(rows)])
    return sha256(_TAG + packed).digest()


def _is_text(text: object, most: int) -> bool:
    return isinstance(text, str) and len(text) <= most and bool(fullmatch(_TEXT, text))


def _is_sound(said: Certificate) -> bool:
    texts = (
        (said.issuer, ISSUER_CHARS_MAX),
        (said.name, MASKED_CHARS_MAX),
        (said.volunteer, MASKED_CHARS_MAX),
    )
    integers = (said.first_day, said.last_day, said.minutes, said.issued_s)
    return (
        fullmatch(NUMBER_PATTERN, said.number) is not None
        and all(_is_text(text, most) for text, most in texts)
        and all(type(value) is int and 0 <= value <= SAFE_INTEGER_MAX for value in integers)
        and said.first_day <= said.last_day
        and said.issued_s <= _SECONDS_MAX
    )
