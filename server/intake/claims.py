"""What a batch that could not be accepted says of itself. Nothing of it is proved: it is for people who look at it."""

from dataclasses import dataclass

import msgspec

from schemas.limits import BATCH_INFLATED_BYTES_MAX
from sync.errors import Refused
from sync.gzip import inflate
from sync.ids import log_id

_decode = msgspec.msgpack.Decoder(tuple[str, int, bytes, int, bytes, list[bytes], bytes]).decode
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose log it says that it is of, from which seq on, how many entries. form: the number of the batch's form."""

    log: str
    form: int
    first: int
    entries: int
    bytes_inflated: int


def read_claim(raw: bytes) -> Claim | None:
    """Read it; None for what is no batch at all, of any form that is laid out like ours."""
    try:
        plain = inflate(raw, BATCH_INFLATED_BYTES_MAX)
        _, form, key, first, _, bodies, _ = _decode(plain)
    except (Refused, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return Claim(
        log_id(key) if len(key) == _KEY_BYTES else "", form, first, len(bodies), len(plain)
    )
