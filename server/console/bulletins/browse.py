"""The list of bulletins, one of them, its papers, and the rows behind a figure."""

from flask import Response, abort, render_template
from sqlalchemy import Connection, select

from server.access.part import Part
from server.access.roles import Right
from server.bulletins.bounded import require_bounded
from server.bulletins.read_bulletins import list_bulletins, read_frozen, read_paper
from server.bulletins.trace import listed, trace
from server.console.here import note, part, reading, row_asked
from server.console.pages import Pages
from server.models.now import RegionNow

pages = Pages("bulletins", __name__)
ROWS_A_PAGE = 50
_REGIONS_OFFERED = 200
_TRACED_SHOWN = 200
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
}


@pages.page("/bulletins", needs=Right.REPORT)
def browse() -> str:
    """Show the bulletins, the newest first, and the form for the next."""
    before = row_asked("before")
    with reading() as connection:
        within = part(connection, Right.REPORT)
        found = list_bulletins(connection, within, before=before, limit=ROWS_A_PAGE + 1)
        regions = _offered(connection, part(connection, Right.PUBLISH))
    rows, more = found[:ROWS_A_PAGE], len(found) > ROWS_A_PAGE
    return render_template(
        "bulletins/browse.html",
        rows=rows,
        before=rows[-1].number if more else 0,
        is_first=not before,
        regions=regions,
    )


@pages.page("/bulletins/<int:number>", needs=Right.REPORT)
def one(number: int) -> str:
    """Show a bulletin: its figures, each with the way to its rows, its papers, and what was still out."""
    with reading() as connection:
        content = read_frozen(connection, number, part(connection, Right.REPORT))
    return render_template("bulletins/one.html", content=content)


@pages.page("/bulletins/<int:number>/<name>", needs=Right.REPORT)
def paper(number: int, name: str) -> Response:
    """Give a paper of a bulletin, or its figures as JSON."""
    kind = name.rpartition(".")[2]
    if kind not in _TYPES:
        abort(404)
    with reading() as connection:
        body = read_paper(connection, number, name, part(connection, Right.REPORT))
    answer = Response(body, mimetype=_TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"bulletin-{number:04}.{name}")
    return answer


@pages.page("/bulletins/<int:number>/trace/<figure>", needs=Right.REPORT)
def rows(number: int, figure: str) -> str:
    """Show the rows that a figure counts, and what became of them."""
    with reading() as connection:
        within = part(connection, Right.REPORT)
        require_bounded(read_frozen(connection, number, within))
        found = trace(connection, number, figure, within)
    note("bulletin", f"{number} {found.figure}", found.count)
    shown = listed(found)[:_TRACED_SHOWN]
    return render_template("bulletins/trace.html", found=found, rows=shown)


def _offered(connection: Connection, within: Part) -> list[tuple[str, str]]:
    """Give regions to choose from: the first of those that one may issue for."""
    asked = select(RegionNow.code, RegionNow.name).where(within.regions_within(RegionNow.code))
    rows = connection.execute(asked.order_by(RegionNow.code).limit(_REGIONS_OFFERED))
    return [(row.code, row.name) for row in rows]
