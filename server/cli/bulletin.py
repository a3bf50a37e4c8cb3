"""`bulletin`: issue a bulletin of a region and a span of dates, hand out its papers, lead its figures back to their rows."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from server.access.part import EVERYTHING
from server.books.derive.drain import drain
from server.books.hours import Span
from server.bulletins.issue import Issued, Wish, issue
from server.bulletins.read_bulletins import Listed, list_bulletins, read_frozen, save_papers
from server.bulletins.trace import HEADER, Traced, every_row, listed, shown, trace
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, answers, progress
from server.cli.types import LocalDate, NumberType
from server.exports.sheet import Cell, csv_pieces, xlsx_bytes
from server.fonts.files import find_fonts
from server.papers.press import Type
from server.whole_file import write_whole

_DOING = {"rows": "已统计 / counted:"}


@click.group()
def bulletin() -> None:
    """简报 / Bulletins: figures of a region and some dates, frozen with a number."""


@bulletin.command("issue")
@click.argument("region", type=NumberType())
@click.option("--from", "first", type=LocalDate(), required=True, help="起 / first local date")
@click.option("--to", "last", type=LocalDate(), required=True, help="止 / last local date")
@click.option("--title", default="", help="刊头 / banner; 志愿服务简报 unless said otherwise")
@click.option("--body", default="", help="编发单位 / issuing body")
@click.option("--by", type=NumberType(), default=None, help="编发人编号 / who issues it, by number")
@click.option(
    "--anew", is_flag=True, help="已发过也另发一期 / though one was issued: the next number"
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="文件夹 / folder for the papers"
)
@answers
def issue_(
    region: str,
    first: int,
    last: int,
    title: str,
    body: str,
    by: str | None,
    anew: bool,
    out: Path | None,
) -> Answer:
    """编发一期 / Issue a bulletin of REGION: its figures are frozen under the next number, in DOCX and PDF.

    \b
      python -m server bulletin issue R1 --from 2026-11-01 --to 2026-11-07 --body 志愿者协会 --out bulletins
    """
    texts = text_option("--title", title), text_option("--body", body)
    with services() as opened, progress(_DOING) as show:
        is_demo = opened.central.clock.is_demo
        wish = Wish(region, Span(first, last), *texts, by=by or "", anew=anew, is_demo=is_demo)
        type_ = Type(find_fonts(opened.config.fonts))
        drain(opened.database, opened.signer.keys.identity_public)
        now_ms = opened.signer.clock.wall_ms()
        issued = issue(opened.database, type_, wish, now_ms, show)
        files: list[Path] = []
        if out is not None:
            with opened.database.read() as connection:
                files = save_papers(connection, issued.number, out, EVERYTHING)
    data = {**asdict(issued), "files": [str(file) for file in files]}
    return Answer(data, lambda: _issued(issued, files))


@bulletin.command("list")
@answers
def list_() -> Answer:
    """已发各期 / Every bulletin, the newest first."""
    with services() as opened, opened.database.read() as connection:
        found = list_bulletins(connection, EVERYTHING)
    return Answer(found, lambda: "\n".join(map(_listed, found)) or "没有 / none")


@bulletin.command("save")
@click.argument("number", type=click.IntRange(1))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="文件夹 / folder")
@answers
def save(number: int, out: Path) -> Answer:
    """取出文件 / Write the papers of bulletin NUMBER into a folder: the same bytes each time."""
    with services() as opened, opened.database.read() as connection:
        content = read_frozen(connection, number, EVERYTHING)
        files = save_papers(connection, number, out, EVERYTHING)
    data = {"number": number, "region": content.region, "files": [str(file) for file in files]}
    return Answer(data, "\n".join(map(str, files)))


@bulletin.command("trace")
@click.argument("number", type=click.IntRange(1))
@click.argument("figure")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="全部明细 / all rows, as CSV or XLSX",
)
@answers
def trace_(number: int, figure: str, out: Path | None) -> Answer:
    """追溯一个数字 / Lead a FIGURE of bulletin NUMBER back to its rows, and say what became of them since.

    \b
      python -m server bulletin trace 3 all.credited
      python -m server bulletin trace 3 R11.people --out rows.xlsx
    """
    if out is not None and out.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError("--out 须为 .csv 或 .xlsx / --out takes .csv or .xlsx")
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            found = trace(connection, number, figure, EVERYTHING)
            if out is not None:
                rows = every_row(connection, number, figure, EVERYTHING)
                _write(out, (list(asdict(shown(row)).values()) for row in rows))
    told = {
        name: getattr(found, name)
        for name in ("number", "figure", "value", "now", "count", "query")
    }
    data = {**told, "since": asdict(found.since), "rows": listed(found), "file": str(out or "")}
    return Answer(data, lambda: _traced(found))


def _write(out: Path, rows: Iterator[list[Cell]]) -> None:
    """Write rows as the end of the file's name says."""
    is_csv = out.suffix.lower() == ".csv"
    write_whole(out, csv_pieces(HEADER, rows) if is_csv else [xlsx_bytes(HEADER, rows)])


def _issued(issued: Issued, files: list[Path]) -> str:
    state = "最终 final" if issued.final else "暂计 provisional"
    was = "（此前已发 issued before）" if issued.already else ""
    figures = issued.figures
    lines = [
        f"第 {issued.number} 期 No. {issued.number} {was} {issued.region} {issued.first}..{issued.last} {state}",
        f"{figures['people']} 人 people  {figures['records']} 人次 records  {figures['credited']} 认可分钟 minutes credited",
        f"未到齐的签到机 kiosks out: {issued.out}   SHA-256 {issued.hash}",
        *map(str, files),
    ]
    return "\n".join(lines)


def _listed(one: Listed) -> str:
    replaces = f"  替代 replaces {one.replaces}" if one.replaces else ""
    return f"{one.number:>4}  {one.region:<12}{one.first}..{one.last}  {one.hash[:16]}{replaces}"


def _traced(found: Traced) -> str:
    since = found.since
    lines = [
        f"{found.figure} = {found.value}，现在 now {found.now}；{found.count} 行 rows",
        found.query,
        f"此后 since then: 未变 same {since.same}  有变 changed {since.changed}  已无 gone {since.gone}  新增 new {since.new}",
    ]
    lines += [
        f"{row.region} {row.site} {row.volunteer} {row.record[:12]} {row.day} {row.credited}/{row.held}/{row.refused}"
        for row in listed(found)
    ]
    return "\n".join(lines)
