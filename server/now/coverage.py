"""How posts were covered over a local date, from real scans: a line of pieces a post, beside what its shifts expect.

A stay that nobody ended covers a post only as long as the person counts as on duty; it is never drawn into the future.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, literal, select
from sqlalchemy.orm import aliased

from server.access.part import Part
from server.books.dates import DAY_MS, day_end_ms
from server.models.derived import RecordRow
from server.now.ground import PostHere
from server.now.hand_over import read_hand_overs
from server.now.on_duty import OPEN_MS_MAX
from server.now.shifts import Expected, read_shifts


class Kind(StrEnum):
    """What a piece of a post's day is."""

    FREE = "free"
    GAP = "gap"
    COVERED = "covered"
    OVERLAP = "overlap"
    BEYOND = "beyond"
    AHEAD = "ahead"


class Stay(NamedTuple):
    """A presence at a post, [start_ms, end_ms)."""

    post: str
    start_ms: int
    end_ms: int


class Piece(NamedTuple):
    """A stretch over which nothing changes: so many people were there, so many needed."""

    start_ms: int
    end_ms: int
    people: int
    needed: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class PostDay:
    """A post over a date. open: stays of that date without an end, of people who do not count as on duty any more."""

    post: PostHere
    pieces: tuple[Piece, ...]
    shifts: tuple[Expected, ...]
    open: int

    def of(self, kind: Kind) -> list[Piece]:
        """Give the pieces of a kind, neighbours united, each with the most people there were."""
        found: list[Piece] = []
        for piece in self.pieces:
            if piece.kind is not kind:
                continue
            if found and found[-1].end_ms == piece.start_ms:
                most = max(found[-1].people, piece.people)
                found[-1] = found[-1]._replace(end_ms=piece.end_ms, people=most)
            else:
                found.append(piece)
        return found


def read_coverage(
    connection: Connection, part: Part, posts: Sequence[PostHere], day: int, now_ms: int
) -> list[PostDay]:
    """Give how these posts of a part were covered on a local date, in their order; those without a post as post ""."""
    start_ms, end_ms = day_end_ms(day - 1), day_end_ms(day)
    sites = {post.site for post in posts}
    stays, unended = _stays(connection, part, sites, start_ms, end_ms, now_ms)
    shifts = read_shifts(connection, part, [post.code for post in posts], start_ms, end_ms)
    hand_overs = read_hand_overs(connection, sites, day)
    return [
        PostDay(
            post,
            tuple(
                pieces_of(
                    [s for s in stays.get((post.site, post.code), ()) if s.end_ms > start_ms],
                    own := [s for s in shifts if s.post == post.code],
                    (start_ms, end_ms),
                    now_ms,
                    hand_overs[post.site],
                )
            ),
            tuple(own),
            unended.get((post.site, post.code), 0),
        )
        for post in posts
    ]


def pieces_of(
    stays: Iterable[Stay],
    shifts: Iterable[Expected],
    day: tuple[int, int],
    now_ms: int,
    hand_over_ms: int,
) -> list[Piece]:
    """Cut a day into pieces, in order and without holes. hand_over_ms: how long too many people are none too many (B14)."""
    start_ms, end_ms = day
    steps: dict[int, list[int]] = {start_ms: [0, 0], end_ms: [0, 0]}
    if start_ms < now_ms < end_ms:
        steps[now_ms] = [0, 0]
    for at, spans in enumerate(
        ([(s.start_ms, s.end_ms, 1) for s in stays], [(s.start_ms, s.end_ms, s.needed) for s in shifts])
    ):  # fmt: skip
        for first, last, people in spans:
            first, last = max(first, start_ms), min(last, end_ms)
            if first < last:
                steps.setdefault(first, [0, 0])[at] += people
                steps.setdefault(last, [0, 0])[at] -= people
    found: list[Piece] = []
    people = needed = 0
    for first, last in pairwise(sorted(steps)):
        people += steps[first][0]
        needed += steps[first][1]
        kind = _kind(people, needed, is_ahead=first >= now_ms)
        found.append(Piece(first, last, people, needed, kind))
    return _settle(found, hand_over_ms)


def _kind(people: int, needed: int, *, is_ahead: bool) -> Kind:
    if is_ahead:
        return Kind.AHEAD
    if people < needed:
        return Kind.GAP
    if not needed:
        return Kind.BEYOND if people else Kind.FREE
    return Kind.OVERLAP if people > needed else Kind.COVERED


def _settle(pieces: list[Piece], hand_over_ms: int) -> list[Piece]:
    """Let what lasts no longer than a hand-over be covered."""
    settled: list[Piece] = []
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and piece.kind is Kind.OVERLAP:
            run.append(piece)
            continue
        if run and run[-1].end_ms - run[0].start_ms <= hand_over_ms:
            run = [one._replace(kind=Kind.COVERED) for one in run]
        settled += run
        run = []
        if piece is not None:
            settled.append(piece)
    return settled


_At = tuple[str, str]


def _stays(
    connection: Connection,
    part: Part,
    sites: Collection[str],
    start_ms: int,
    end_ms: int,
    now_ms: int,
) -> tuple[dict[_At, list[Stay]], dict[_At, int]]:
    """Read the stays at sites that touch a day, by site and post; and count those without an end that do not go on."""
    later = aliased(RecordRow)
    seen_since = select(later.row).where(
        later.who == RecordRow.who, later.in_ms > RecordRow.in_ms
    ).exists()  # fmt: skip
    left = case((and_(RecordRow.out_ms.is_(None), ~seen_since), 1), else_=literal(0))
    rows = connection.execute(
        select(RecordRow.site, RecordRow.post, RecordRow.in_ms, RecordRow.out_ms, left)
        .where(RecordRow.site.in_(sorted(sites)), part.sites_within(RecordRow.site))
        .where(RecordRow.in_ms.between(start_ms - OPEN_MS_MAX, end_ms - 1))
        .order_by(RecordRow.in_ms, RecordRow.id)
    )
    stays: dict[_At, list[Stay]] = {}
    unended: dict[_At, int] = {}
    for site, post, in_ms, out_ms, is_last in rows:
        goes_on = out_ms is None and is_last and in_ms > now_ms - OPEN_MS_MAX
        if out_ms is None and not goes_on:
            if in_ms >= start_ms:
                unended[site, post] = unended.get((site, post), 0) + 1
            continue
        stays.setdefault((site, post), []).append(Stay(post, in_ms, out_ms or now_ms))
    return stays, unended


def share(at_ms: int, day: int) -> float:
    """Give where a moment lies within a date, 0 to 1."""
    return min(max((at_ms - day_end_ms(day - 1)) / DAY_MS, 0.0), 1.0)
