"""Issue a bulletin: count, write its papers, and keep all of it under the next number, in one step or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server import bulk
from server.access.part import EVERYTHING, Part
from server.books.dates import iso_date, local_day
from server.books.hours import Span
from server.bulletins import content as contents
from server.bulletins.compose import compose
from server.bulletins.content import Content, Section
from server.bulletins.figures import Summing
from server.bulletins.number import next_number
from server.bulletins.paper import Language
from server.bulletins.reach import Standing, read_standing
from server.bulletins.rows import Packed, digest_of, pack_rows, read_rows
from server.bulletins.sections import ALL, Scope, read_scope
from server.bulletins.write_docx import write_docx
from server.bulletins.write_pdf import write_pdf
from server.database import Database
from server.limits import BULLETIN_DAYS_MAX, BULLETIN_OUT_LISTED_MAX, BULLETIN_ROWS_MAX
from server.models.bulletin import Bulletin, BulletinFile
from server.papers.press import Type
from sync.errors import Refused

Progress = Callable[[str, int], None]
Beside = Callable[[Connection, int], None]
"""Writes something in the transaction that keeps a bulletin, with its number. What it raises stands against issuing it."""
ROWS = "rows-"
"""How the names of kept rows begin; all other names are those of papers."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which bulletin. title: its banner ("": the usual); body: who issues it; by: whose hand. anew: though one was issued.

    is_demo: its papers say so.
    """

    region: str
    span: Span
    title: str = ""
    body: str = ""
    by: str = ""
    anew: bool = False
    is_demo: bool = False
    part: Part = EVERYTHING


@dataclass(frozen=True, slots=True)
class Issued:
    """A bulletin that is there. already: it was issued before, and nothing was done now."""

    number: int
    already: bool
    region: str
    first: str
    last: str
    complete: bool
    final: bool
    hash: str
    figures: dict[str, int]
    out: int


def issue(
    database: Database,
    type_: Type,
    wish: Wish,
    now_ms: int,
    progress: Progress,
    beside: Beside = lambda _connection, _number: None,
) -> Issued:
    """Issue a bulletin of what is derived now. The same region and span again is the one that was issued, unless `anew`.

    Raise `Refused`: `not_found`, `bad_field` for a span of no or too many dates, `too_large`, `glyph_missing`.
    """
    _require_dates(wish.span)
    with database.exclusive("bulletin"):  # the number is printed before it is kept
        with database.read() as connection:
            last = _latest(connection, wish)
            if last is not None and not wish.anew:
                return _answer(last, already=True)
            number = next_number(connection)
            replaces = contents.read_content(last).number if last is not None else 0
            content, pieces = _count(connection, wish, (number, replaces), now_ms, progress)
        frozen = contents.write_content(content)
        papers = _papers(type_, content, contents.digest(frozen), now_ms)
        with database.write_facts() as connection:
            beside(connection, number)
            _keep(connection, wish, content, frozen, now_ms)
            _keep_files(connection, number, papers)
            rows = {f"{ROWS}{n:05}": piece.body for n, piece in enumerate(pieces, 1)}
            _keep_files(connection, number, rows)
    return _answer(frozen, already=False)


def preview(database: Database, wish: Wish, now_ms: int, progress: Progress) -> Content:
    """Say what a bulletin would say now, without a number; nothing is kept. Raise `Refused` as `issue`."""
    _require_dates(wish.span)
    with database.read() as connection:
        content, _ = _count(connection, wish, (0, 0), now_ms, progress)
    return content


def _require_dates(span: Span) -> None:
    if not 0 <= span.last - span.first < BULLETIN_DAYS_MAX:
        words = f"须为 1 至 {BULLETIN_DAYS_MAX} 天 / takes 1 to {BULLETIN_DAYS_MAX} days"
        raise Refused(Code.BAD_FIELD, words)


def _latest(connection: Connection, wish: Wish) -> bytes | None:
    """Give what was frozen of the last bulletin of this region and span, if the region is within."""
    row = Bulletin
    asked = select(row.content).where(
        row.region == wish.region,
        row.first_day == wish.span.first,
        row.last_day == wish.span.last,
        wish.part.regions_within(row.region),
    )
    found = connection.scalar(asked.order_by(row.number.desc()).limit(1))
    return None if found is None else bytes(found)


def _count(
    connection: Connection,
    wish: Wish,
    numbers: tuple[int, int],
    now_ms: int,
    progress: Progress,
) -> tuple[Content, list[Packed]]:
    """Read every row once: it is counted and packed as it passes."""
    scope = read_scope(connection, wish.region, wish.span.last, wish.part)
    standing = read_standing(connection, scope.of, wish.span, wish.part)
    summing = Summing(scope.names)
    rows = read_rows(connection, scope, wish.span, standing.open_minutes, wish.part)
    pieces: list[Packed] = []
    count = 0
    for piece in pack_rows(summing.passing(rows)):
        pieces.append(piece)
        count += piece.rows
        progress("rows", count)
        if count > BULLETIN_ROWS_MAX:
            words = (
                f"超过 {BULLETIN_ROWS_MAX} 条，请按区或按周 / too many records: by district or week"
            )
            raise Refused(Code.TOO_LARGE, words)
    made = iso_date(local_day(now_ms))
    figures = summing.figures()
    digest = digest_of(piece.body for piece in pieces)
    return _content(wish, scope, standing, figures, (*numbers, count), made, digest), pieces


def _content(
    wish: Wish,
    scope: Scope,
    standing: Standing,
    figures: dict[str, dict[str, int]],
    numbers: tuple[int, int, int],
    made: str,
    digest: str,
) -> Content:
    number, replaces, rows = numbers
    names = {ALL: scope.name, **scope.names}
    return Content(
        form=contents.FORM,
        number=number,
        replaces=replaces,
        region=wish.region,
        name=scope.name,
        title=wish.title,
        body=wish.body,
        first=iso_date(wish.span.first),
        last=iso_date(wish.span.last),
        made=made,
        complete=standing.complete,
        as_of=standing.as_of,
        months=standing.months,
        closed=standing.closed,
        sections=[Section(key, names[key], figures[key]) for key in names],
        out=list(standing.out[:BULLETIN_OUT_LISTED_MAX]),
        out_count=len(standing.out),
        rows=rows,
        rows_digest=digest,
        is_demo=wish.is_demo,
    )


def _papers(type_: Type, content: Content, digest: bytes, now_ms: int) -> dict[str, bytes]:
    """Write the bulletin in both languages, in both formats."""
    found: dict[str, bytes] = {}
    for language in Language:
        paper = compose(content, digest, language)
        found[f"{language}.docx"] = write_docx(paper, now_ms)
        found[f"{language}.pdf"] = write_pdf(type_, paper, now_ms)
    return found


def _keep(connection: Connection, wish: Wish, content: Content, frozen: bytes, now_ms: int) -> None:
    about = (content.number, wish.region, wish.span.first, wish.span.last)
    digest = contents.digest(frozen)
    row = (*about, now_ms, wish.by, content.replaces, digest, frozen)
    bulk.insert(connection, Bulletin, [row])


def _keep_files(connection: Connection, number: int, files: dict[str, bytes]) -> None:
    rows = [(number, name, sha256(body).digest(), body) for name, body in files.items()]
    bulk.insert(connection, BulletinFile, rows)


def _answer(frozen: bytes, *, already: bool) -> Issued:
    content = contents.read_content(frozen)
    return Issued(
        number=content.number,
        already=already,
        region=content.region,
        first=content.first,
        last=content.last,
        complete=content.complete,
        final=content.is_final,
        hash=contents.digest(frozen).hex(),
        figures=content.sections[0].figures,
        out=content.out_count,
    )
