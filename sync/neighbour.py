"""Neighbours: how two kiosks of one centre show each other who they are, on a network that neither of them trusts.

Each signs a nonce of the other's with its log's key, and shows the centre's own signed word for where that log belongs. So
a stranger is told nothing, and what a talk was heard to say serves nobody a second time. What they carry proves itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.vocabulary import Code
from sync import parcel, statement
from sync.errors import Refused
from sync.ids import LogId, log_id
from sync.words import Word


@dataclass(frozen=True, slots=True)
class Member:
    """A log that belongs to the centre, and the centre's word for it."""

    log: LogId
    site: str
    word: Word


def greet(key: Ed25519PrivateKey, *, centre: bytes, nonce: bytes) -> Word:
    """Say who one is: a statement `neighbour` over the other's nonce. centre: fingerprint of the server of enrolment."""
    log = log_id(key.public_key().public_bytes_raw())
    text = statement.write("neighbour", log=log, centre=centre, nonce=nonce)
    return text, statement.sign(key, text)


def require_greeting(key: bytes, word: Word, *, centre: bytes, nonce: bytes) -> LogId:
    """Give the log of who greets. Raise `Refused`: `bad_signature`, `malformed`, `not_our_server`, `stale_proof`."""
    text, signature = word
    statement.require_signed(key, text, signature)
    said = statement.read(text, "neighbour")
    if statement.octets(said["centre"], 10) != centre:
        raise Refused(Code.NOT_OUR_SERVER, "a kiosk of another centre")
    if statement.octets(said["nonce"], 16) != nonce:
        raise Refused(Code.STALE_PROOF, "the greeting of another talk")
    if said["log"] != log_id(key):
        raise Refused(Code.UNKNOWN_LOG, "the greeting of another log")
    return log_id(key)


def read_member(word: Word, *, server_key: bytes) -> Member:
    """Read the centre's word for where a log belongs. Raise `Refused`: `bad_signature`, `malformed`."""
    text, signature = word
    place = parcel.read(text, signature, b"", server_key=server_key)
    if not isinstance(place, parcel.Place):
        raise Refused(Code.MALFORMED, "not a place")
    return Member(place.log, place.site, (text, signature))


def require_member(words: Iterable[Word], log: LogId, *, server_key: bytes) -> Member:
    """Give whose word stands first, which must be this log's. Raise `Refused`: `not_enrolled`, and as `read_member`."""
    for word in words:
        member = read_member(word, server_key=server_key)
        if member.log != log:
            break
        return member
    raise Refused(Code.NOT_ENROLLED, "no word of the centre for this log")
