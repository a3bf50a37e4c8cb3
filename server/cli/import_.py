"""`import KIND FILE`: reference data from CSV or XLSX, as new versions of what changed."""

from pathlib import Path

import click

from server.access.part import EVERYTHING
from server.books.dates import local_day
from server.books.derive.queue import queue_people
from server.cli.composition import services
from server.cli.output import Answer, Exit, answers, progress, say
from server.cli.types import LocalDate
from server.imports.change import Author
from server.imports.import_file import Ports, Wish, import_file
from server.imports.kinds import KINDS
from server.imports.references import UNKNOWN_REFERENCE
from server.imports.report import Report
from server.intake import feed
from server.services import Services

_DOING = {"read": "已读 / read:", "write": "已写 / written:"}
_NOTES = {
    UNKNOWN_REFERENCE: (
        "{rows} 行引用了还没有导入的编号（队伍、区划、站点等），已照收；请随后导入 / "
        "rows that name a code (team, region, site …) not imported yet, taken all the same: {rows}; import those next"
    )
}
_LARGE_ROWS = 10_000
"""So many changed rows take the feed long enough to say so."""


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不写入 / check and compare, write nothing")
@click.option("--all-or-nothing", is_flag=True, help="有一行有误就全部不导入 / not with a bad row")
@click.option(
    "--from",
    "first_day",
    type=LocalDate(),
    help="变更自此日期起生效（默认今天） / changes hold from this local date (default: today)",
)
@answers
def import_(
    kind: str, file: Path, dry_run: bool, all_or_nothing: bool, first_day: int | None
) -> Answer:
    """导入基础数据 / Import reference data from CSV or XLSX, headers in English or Chinese.

    \b
      python -m server import volunteers volunteers.csv
      python -m server import sites 站点.xlsx --dry-run
    """
    with services() as opened, progress(_DOING) as show:
        author = Author("", opened.central.clock.wall_ms())
        day = local_day(author.at_ms) if first_day is None else first_day
        if day < 0:
            raise click.UsageError("--from: 1970-01-01 或以后 / not before 1970-01-01")
        how = {"dry_run": dry_run, "all_or_nothing": all_or_nothing}
        wish = Wish(KINDS[kind], file, day, author, EVERYTHING, **how)
        ports = Ports(opened.central.record_change, queue_people, show)
        report = import_file(opened.database, wish, ports)
        if (report.added or report.changed) and not report.dry_run:
            _feed(opened, report.added + report.changed)
    return Answer(report, lambda: _text(report, all_or_nothing), _status(report, all_or_nothing))


def _feed(opened: Services, rows: int) -> None:
    """Put what changed into the feed now: after a large import it takes seconds, for which else the next kiosk's hello waits."""
    if rows >= _LARGE_ROWS:
        say("正在为签到机备好变更 / getting the changes ready for kiosks")
    with opened.database.write_facts() as connection:
        feed.follow(connection, opened.signer)


def _status(report: Report, all_or_nothing: bool) -> Exit:
    if not report.bad:
        return Exit.DONE
    return Exit.REFUSED if all_or_nothing or not report.accepted else Exit.PARTLY


def _text(report: Report, all_or_nothing: bool) -> str:
    lines = [error.message for error in report.errors]
    hidden = report.bad - len({error.line for error in report.errors})
    if hidden > 0:
        lines.append(f"另有 {hidden} 行有误 / {hidden} more bad rows")
    for reason, rows in report.warnings.items():
        lines.append(f"提示 / note: {_NOTES[reason].format(rows=rows)}")
    if report.unknown_columns:
        lines.append(f"未识别的列 / unknown columns: {', '.join(report.unknown_columns)}")
    if report.dry_run:
        lines.append("只是检查，未写入 / a dry run: nothing was written")
    elif report.bad and all_or_nothing:
        lines.append("有误，全部未导入 / bad rows: nothing was imported")
    lines.append(
        f"{report.kind}: {report.rows} 行 rows: 新增 {report.added} added, 变更 {report.changed} changed, "
        f"未变 {report.unchanged} unchanged, 有误 {report.bad} bad"
    )
    return "\n".join(lines)
