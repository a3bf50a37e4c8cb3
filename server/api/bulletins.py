"""Bulletins: what one would say, freezing it under a number, its papers, and the rows behind each figure."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import Response

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Line, LocalDate, Nothing, PageAsked, Strict, Truth, number
from server.api.files import DOCX, JSON, PDF, hand_out
from server.api.shapes import NAMES, page_shape
from server.books.derive.drain import drain
from server.books.hours import Span
from server.bulletins.bounded import bounded, require_bounded
from server.bulletins.content import Content, Out, Section
from server.bulletins.issue import Issued, Wish, issue, preview
from server.bulletins.read_bulletins import (
    Listed,
    list_bulletins,
    read_frozen,
    read_hash,
    read_paper,
)
from server.bulletins.trace import Since, TracedRow, every_row, place_of, shown, trace
from server.fonts.files import find_fonts
from server.limits import IMPORT_CELL_CHARS_MAX
from server.papers.handed import Handed
from server.papers.press import Type

calls = Calls(
    "bulletins", __name__, "Figures of a region and some dates, issued under a number and frozen."
)
NAMES.update(
    {
        Listed: "Bulletin",
        Issued: "BulletinIssued",
        Content: "BulletinContent",
        Section: "BulletinSection",
        Out: "BulletinKioskOut",
        Since: "BulletinSince",
        TracedRow: "BulletinRow",
    }
)
_KINDS = {"docx": DOCX, "pdf": PDF, "json": JSON}


@dataclass(frozen=True, slots=True)
class BulletinTold:
    """A bulletin. hash: over its frozen figures, as its papers print it. final: all was in, and every month closed."""

    hash: str
    final: bool
    content: Content


@dataclass(frozen=True, slots=True)
class BulletinFigure:
    """A figure. value: as printed, in people, records, sites or minutes; now: what the same question gives now.

    count: rows that it counts; query: which, in words. since: what became of all rows of its section.
    """

    number: int
    figure: str
    value: int
    now: int
    count: int
    query: str
    since: Since


class PreviewAsked(Strict):
    """Of which region with all below it, and of which dates."""

    region = number(required=True)
    first = LocalDate(data_key="from", required=True)
    last = LocalDate(data_key="to", required=True)


class BulletinWanted(PreviewAsked):
    """A bulletin. title: its banner ("": the usual). body: who issues it. anew: the next number, though one was issued."""

    title = Line(IMPORT_CELL_CHARS_MAX, load_default=str)
    body = Line(IMPORT_CELL_CHARS_MAX, load_default=str)
    anew = Truth(load_default=False)


@calls.reads("/bulletins", needs=Right.SEE, asks=PageAsked, gives=page_shape(Listed))
def browse(asked: dict[str, Any]) -> Page[Listed]:
    """Bulletins of regions within your part, the newest first."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        before = behind[0] if behind else 0
        found = list_bulletins(connection, part, before=before, limit=limit + 1)
    return page(found, limit, lambda one: (one.number,))


@calls.reads(
    "/bulletins/preview",
    needs=Right.PUBLISH,
    asks=PreviewAsked,
    gives=Content,
    problems=(404, 413),
)
def show_first(asked: dict[str, Any]) -> Content:
    """What a bulletin would say now: nothing is kept, and it has no number."""
    return preview(here.services().database, _wish(asked), here.now_ms(), bounded)


@calls.acts("/bulletins", needs=Right.PUBLISH, takes=BulletinWanted, gives=Issued)
def freeze(wanted: dict[str, Any]) -> Issued:
    """Issue a bulletin: its figures are frozen under the next number. The same region and dates again is the one there is."""
    there = here.services()
    type_ = Type(find_fonts(there.config.fonts))
    drain(there.database, there.signer.keys.identity_public)
    return issue(there.database, type_, _wish(wanted), here.now_ms(), bounded)


@calls.reads("/bulletins/<place:bulletin>", needs=Right.REPORT, gives=BulletinTold)
def one(_asked: dict[str, Any], bulletin: int) -> BulletinTold:
    """A bulletin as it was frozen."""
    with here.reading() as connection:
        part = here.part(connection, Right.REPORT)
        content = read_frozen(connection, bulletin, part)
        told = read_hash(connection, bulletin, part)
    return BulletinTold(told, content.is_final, content)


@calls.reads(
    "/bulletins/<place:bulletin>/papers/<paper:paper>", needs=Right.REPORT, gives=(DOCX, PDF, JSON)
)
def hand_paper(_asked: dict[str, Any], bulletin: int, paper: str) -> Response:
    """A paper of a bulletin, or its figures: the same bytes each time."""
    with here.reading() as connection:
        body = read_paper(connection, bulletin, paper, here.part(connection, Right.REPORT))
    kind = _KINDS[paper.rpartition(".")[2]]
    return hand_out(Handed(f"bulletin-{bulletin:04}.{paper}", kind, body))


@calls.reads(
    "/bulletins/<place:bulletin>/figures/<figure:figure>",
    needs=Right.REPORT,
    asks=Nothing,
    gives=BulletinFigure,
    problems=(413,),
)
def one_figure(_asked: dict[str, Any], bulletin: int, figure: str) -> BulletinFigure:
    """A figure, such as `all.credited`: what it counts, and what became of that since."""
    with here.reading() as connection:
        part = here.part(connection, Right.REPORT)
        require_bounded(read_frozen(connection, bulletin, part))
        found = trace(connection, bulletin, figure, part)
    return BulletinFigure(
        found.number, found.figure, found.value, found.now, found.count, found.query, found.since
    )


@calls.reads(
    "/bulletins/<place:bulletin>/figures/<figure:figure>/rows",
    needs=Right.REPORT,
    asks=PageAsked,
    gives=page_shape(TracedRow),
    problems=(413,),
)
def rows(asked: dict[str, Any], bulletin: int, figure: str) -> Page[TracedRow]:
    """The rows that a figure counts, as they were frozen. Who read them is noted."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.REPORT)
        require_bounded(read_frozen(connection, bulletin, part))
        every = every_row(connection, bulletin, figure, part, behind=behind)
        found = list(islice(every, limit + 1))
    some = page(found, limit, place_of)
    here.note("bulletin", f"{bulletin} {figure}", len({row.who for row in some.items}))
    return Page([shown(row) for row in some.items], some.next)


def _wish(asked: dict[str, Any]) -> Wish:
    with here.reading() as connection:
        part = here.part(connection, Right.PUBLISH)
    return Wish(
        asked["region"],
        Span(asked["first"], asked["last"]),
        title=asked.get("title", ""),
        body=asked.get("body", ""),
        by=here.caller().account.number,
        anew=asked.get("anew", False),
        is_demo=here.services().central.clock.is_demo,
        part=part,
    )
