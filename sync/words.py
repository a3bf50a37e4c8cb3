"""Words of the centre that a kiosk shows in a bundle, as it does in a hello: by them a centre notices what it has forgotten.

One MessagePack array in shortest form of at most `PROOFS_MAX` arrays: a statement (text) and its signature. This form never
changes; another gets another kind of frame.
"""

from collections.abc import Sequence

import msgspec

from schemas.limits import BUNDLE_WORDS_BYTES_MAX, PROOFS_MAX
from schemas.vocabulary import Code
from sync.errors import Refused

Word = tuple[str, bytes]
"""A statement and its signature, not yet trusted."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Word]).decode


def pack_words(words: Sequence[Word]) -> bytes:
    """Give the bytes of these words."""
    return _encode(list(words))


def read_words(body: bytes) -> list[Word]:
    """Read words strictly; who signed them is another question. Raise `Refused(malformed)`."""
    try:
        words = _decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Code.MALFORMED, "not words") from error
    if len(words) > PROOFS_MAX or len(body) > BUNDLE_WORDS_BYTES_MAX or _encode(words) != body:
        raise Refused(Code.MALFORMED, "too many words, or not in shortest form")
    return words
