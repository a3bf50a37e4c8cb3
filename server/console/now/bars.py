"""A post's day as a bar: what stands where, in minutes from left to right. What a piece is shows by its height, too."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.books.dates import day_end_ms
from server.now.coverage import Kind, Piece, PostDay

WIDTH, HEIGHT = 1_440, 44
_FLOOR = 34
_HEIGHTS = {Kind.COVERED: 22, Kind.OVERLAP: 32, Kind.BEYOND: 12, Kind.GAP: 8}
_LEAST = 3
"""Minutes that a piece is drawn wide at least, so that a short gap is seen."""
HOURS = (0, 3, 6, 9, 12, 15, 18, 21, 24)


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a bar. kind: as in `Kind`, or `expected`."""

    x: int
    y: int
    width: int
    height: int
    kind: str


def blocks(day: int, post: PostDay) -> Sequence[Block]:
    """Give the rectangles of a post's day, those that must be seen last."""
    start_ms, end_ms = day_end_ms(day - 1), day_end_ms(day)
    found = [
        _block(piece, start_ms, _FLOOR - height, height, piece.kind)
        for piece in sorted(post.pieces, key=lambda piece: piece.kind is Kind.GAP)
        if (height := _HEIGHTS.get(piece.kind))
    ]
    partly = [
        _block(piece, start_ms, _FLOOR - 20, 12, "partly")
        for piece in post.pieces
        if piece.kind is Kind.GAP and piece.people
    ]
    expected = [
        _block(
            Piece(max(s.start_ms, start_ms), min(s.end_ms, end_ms), 0, 0, Kind.FREE),
            start_ms,
            _FLOOR + 3,
            6,
            "expected",
        )
        for s in post.shifts
    ]
    return [*expected, *partly, *found]


def minute(at_ms: int, day: int) -> int:
    """Give the minute of a date at which a moment lies."""
    return min(max((at_ms - day_end_ms(day - 1)) // 60_000, 0), WIDTH)


def _block(piece: Piece, start_ms: int, y: int, height: int, kind: str) -> Block:
    x = (piece.start_ms - start_ms) // 60_000
    width = max((piece.end_ms - start_ms) // 60_000 - x, _LEAST)
    return Block(x, y, min(width, WIDTH - x), height, kind)
