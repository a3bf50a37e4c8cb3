"""What a bundle file holds, in order: bundles on their way to the centre, replies on their way back."""

from collections.abc import Iterator

from schemas.limits import BUNDLE_PARTS_MAX
from schemas.vocabulary import Code
from sync.bundle import Beside, Sealed, Signed, read_bundle
from sync.errors import Refused
from sync.frames import Kind, Read, read_frames
from sync.reply import Answer, Answered, Page, read_reply

Piece = Beside | Sealed | Signed | Answer | Page | Answered
"""A bundle gives `Beside`…, `Sealed`… and then `Signed`; a reply `Answer`, `Page`… and then `Answered`."""


def read_pieces(read: Read) -> Iterator[Piece]:
    """Give what a file holds, piece by piece, at most one frame in memory.

    Raise `Refused`: what `read_frames`, `read_bundle` and `read_reply` refuse; `malformed` for parts in no known order.
    """
    frames = read_frames(read)
    for parts, frame in enumerate(frames, 1):
        if parts > BUNDLE_PARTS_MAX:
            raise Refused(Code.TOO_LARGE, f"over {BUNDLE_PARTS_MAX} bundles and replies")
        if frame.kind is Kind.HEADER:
            yield from read_bundle(frame, frames)
        elif frame.kind is Kind.REPLY:
            yield from read_reply(frame, frames)
        else:
            raise Refused(Code.MALFORMED, "a bundle or a reply expected")
