"""`completeness`: how far each kiosk has come, and which dates of which sites are complete."""

import click

from server.books.derive.drain import drain
from server.books.hours import Span
from server.books.read_completeness import Completeness, Missing, read_completeness
from server.cli.composition import services
from server.cli.options import between_dates
from server.cli.output import Answer, answers
from server.cli.types import NumberType


@click.command()
@click.option("--site", type=NumberType(), default=None, help="站点 / one site only")
@between_dates
@answers
def completeness(site: str | None, first: int, last: int) -> Answer:
    """数据是否到齐 / What is still out: how far each kiosk has come, which dates are complete, who is missing since when."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            found = read_completeness(connection, site or "", Span(first, last))
    return Answer(found, lambda: _words(found))


_WHY = {
    "gap": "缺条目 entries missing",
    "behind": "未同步 behind",
    "never": "从未报到 never heard",
    "pending": "待确认 pending",
}


def _words(found: Completeness) -> str:
    lines = []
    for kiosk in found.kiosks:
        until = kiosk.complete_until
        told = "已结束 ended" if until == "" else until or "未知 unknown"
        lines.append(f"{kiosk.site:<12}{kiosk.log:<34}到 up to {told}")
    for date in found.site_days:
        state = "完整 complete" if date.complete else "未齐 provisional"
        lines.append(f"{date.site:<12}{date.day}  {state}  " + "  ".join(map(_whom, date.missing)))
    return "\n".join(lines) or "还没有站点有签到机 / no kiosk at any site yet"


def _whom(missing: Missing) -> str:
    return f"{missing.log} {_WHY[missing.why]} {missing.since or ''}".rstrip()
