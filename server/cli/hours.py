"""`hours`: what everyone gave, after deriving all that was accepted."""

import click

from server.books.derive.drain import drain
from server.books.hours import By, Span, read_hours
from server.cli.composition import services
from server.cli.options import between_dates
from server.cli.output import Answer, answers


@click.command()
@click.option("--by", type=click.Choice([by.value for by in By]), default=By.VOLUNTEER.value)
@between_dates
@answers
def hours(by: str, first: int, last: int) -> Answer:
    """服务时长 / Minutes credited, held and refused: after deriving all that was accepted."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            rows = read_hours(connection, By(by), Span(first, last))
    return Answer(rows, lambda: _table(rows, by))


_HEADINGS = {
    "volunteer": "编号 number",
    "team": "队伍 team",
    "region": "区划 region",
    "site": "站点 site",
    "day": "日期 day",
}


def _table(rows: list[dict[str, object]], by: str) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in (_HEADINGS[by], "姓名/名称 name"):
        table.add_column(heading)
    for heading in ("人次 records", "认可分钟 credited", "待核 held", "不计 refused"):
        table.add_column(heading, justify="right")
    table.add_column("数据 data")
    for row in rows:
        state = "完整 complete" if row["complete"] else "未齐 provisional"
        figures = (
            row[k] for k in ("records", "minutes_credited", "minutes_held", "minutes_refused")
        )
        table.add_row(str(row[by] or "—"), str(row["name"] or "—"), *map(str, figures), state)
    out = StringIO()
    Console(file=out, width=120, highlight=False).print(table)
    return out.getvalue().rstrip()
