"""Names of a site's people on its kiosks: under a secret of the site, which only the key of a kiosk's leads opens.

A kiosk announces that key in its log, proved by its enrolment code; the centre seals the site's secret to it. Formats here must
not change (`docs/protocol.md`, 9.6 and 9.7): they lie in logs and views.
"""

import hmac
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from re import fullmatch

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.limits import SEALED_BYTES_MAX
from schemas.vocabulary import END, Code
from sync import seal
from sync.enrolment import EnrolmentCode
from sync.errors import Refused

TOPIC = "names_key"
"""The topic of the note that announces a key."""
NAMES_INFO = b"redvest-names-1"
"""The HPKE `info` under which a site's secret is sealed to a kiosk's key."""
SECRET_BYTES = 32
_NONCE_BYTES = 12
_TEXT = r"([0-9a-f]{10}) ([0-9a-f]{64}) ([0-9a-f]{64})" + END
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, str, str]).decode


@dataclass(frozen=True, slots=True)
class Announced:
    """What a kiosk says of the key of its leads. code: id of its enrolment code; public: X25519; proof: that it knew the code."""

    code: bytes
    public: bytes
    proof: bytes

    @property
    def text(self) -> str:
        """As the note has it."""
        return f"{self.code.hex()} {self.public.hex()} {self.proof.hex()}"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the site. team: its name, "" for none. words: by which they are found (`fold`), with blanks between."""

    number: str
    name: str
    team: str
    words: str


def private_of(names_key: bytes) -> bytes:
    """Give the X25519 private key that follows from a kiosk's key of names."""
    return sha256(b"redvest-names-private-1" + names_key).digest()


def public_of(names_key: bytes) -> bytes:
    """Give its public half, by which the rows of a view name it."""
    private = X25519PrivateKey.from_private_bytes(private_of(names_key))
    return private.public_key().public_bytes_raw()


def announce(code: EnrolmentCode, names_key: bytes) -> Announced:
    """Say what the key of a kiosk's leads is, proved by its enrolment code."""
    public = public_of(names_key)
    return Announced(code.id, public, _proof(code.secret_hash(), public))


def read_announced(text: str) -> Announced | None:
    """Read the text of such a note; None for one that is none."""
    found = fullmatch(_TEXT, text)
    return None if found is None else Announced(*map(bytes.fromhex, found.groups()))


def is_proved(said: Announced, secret_hash: bytes) -> bool:
    """Tell whether whoever announced it knew the code of which the server keeps this hash."""
    return hmac.compare_digest(said.proof, _proof(secret_hash, said.public))


def seal_secret(public: bytes, secret: bytes) -> bytes:
    """Seal a site's secret to a kiosk's key. Raise `Refused(malformed)` for a key that keeps nothing secret."""
    return seal.seal(public, secret, NAMES_INFO)


def open_secret(names_key: bytes, sealed: bytes) -> bytes:
    """Open it again, with the key of names. Raise `Refused(malformed)`."""
    secret = seal.unseal(private_of(names_key), sealed, NAMES_INFO)
    if len(secret) != SECRET_BYTES:
        raise Refused(Code.MALFORMED, "not the secret of a site")
    return secret


def seal_person(secret: bytes, person: Person) -> bytes:
    """Seal a person's names under the site's secret: the same twice, so that a view does not change where they do not.

    The nonce follows from what is sealed, by a keyed hash: the same one never stands before two texts. Raise
    `Refused(too_large)`.
    """
    plain = _encode((person.name, person.team, person.words))
    number = person.number.encode()
    said = b"redvest-names-nonce-1" + number + b"\0" + plain
    nonce = hmac.digest(secret, said, "sha256")[:_NONCE_BYTES]
    sealed = nonce + AESGCM(secret).encrypt(nonce, plain, number)
    if len(sealed) > SEALED_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, "names")
    return sealed


class Opener:
    """Opens people's names under one site's secret: the key is made ready once for thousands of them."""

    def __init__(self, secret: bytes) -> None:
        """Make the key ready."""
        self._key = AESGCM(secret)

    def open(self, number: str, sealed: bytes) -> Person:
        """Open a person's names. Raise `Refused(malformed)` for what is not sealed for this number under this secret."""
        try:
            plain = self._key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], number.encode())
            return Person(number, *_decode(plain))
        except (InvalidTag, ValueError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Refused(Code.MALFORMED, "names") from error


def fold(text: str) -> str:
    """Give what of a text is compared: letters, signs and digits in lower case, full width as half."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain if plain.isalnum() else "".join(char for char in plain if char.isalnum())


def _proof(secret_hash: bytes, public: bytes) -> bytes:
    return hmac.digest(secret_hash, NAMES_INFO + public, "sha256")
