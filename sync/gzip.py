"""Bounded inflating: reading stops at the bound, whatever the stream would still give."""

import zlib

from schemas.vocabulary import Code
from sync.errors import Refused

_GZIP = 16 + zlib.MAX_WBITS


def deflate(data: bytes) -> bytes:
    """Compress into one gzip member without a time stamp, so that the same data gives the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return packer.compress(data) + packer.flush()


def inflate(data: bytes, bytes_max: int) -> bytes:
    """Read exactly one gzip member of at most `bytes_max` bytes.

    Raise `Refused`: `not_gzip` for anything else, truncated or with bytes behind it; `too_large` beyond the
    bound, in flat memory.
    """
    unpacker = zlib.decompressobj(_GZIP)
    try:
        out = unpacker.decompress(data, bytes_max + 1)
    except zlib.error as error:
        raise Refused(Code.NOT_GZIP, "not a gzip stream") from error
    if len(out) > bytes_max:
        raise Refused(Code.TOO_LARGE, f"over {bytes_max} bytes after inflating")
    if not unpacker.eof or unpacker.unused_data:
        raise Refused(Code.NOT_GZIP, "truncated, or bytes behind the stream")
    return out
