"""`report`: figures to hand on, now or by themselves once in every stretch."""

import getpass
import os
from pathlib import Path
from typing import Any

import click

from server.access.part import EVERYTHING
from server.books.derive.drain import drain
from server.books.hours import Span
from server.cli.composition import services
from server.cli.options import between_dates
from server.cli.output import Answer, answers, progress
from server.cli.report_options import BY, FORM, narrowed, only_of
from server.cli.report_saved import SAVED
from server.cli.report_table import table
from server.cli.types import LocalDate, WhyType
from server.limits import REPORT_LISTED_MAX
from server.reports.note import noting
from server.reports.query import By, Query
from server.reports.report import NoteReading, open_report
from server.reports.write import Form, listed, write_report
from server.services import Services
from server.whole_file import replacing


@click.group()
def report() -> None:
    """报表 / Figures by volunteer, team, site and so on, that say how far they can be relied on; ad hoc or by schedule."""


@report.command()
@click.option("--by", type=BY, required=True, help="统计对象 / a row for each")
@between_dates
@click.option(
    "--compare",
    nargs=2,
    type=LocalDate(),
    default=None,
    help="对比期起止 / first and last date of the other period",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="文件 / file: .csv .xlsx .json"
)
@click.option("--format", "form", type=FORM, default=None, help="格式 / else as the file is called")
@click.option("--unmask", is_flag=True, help="显示全名，须说明用途 / names in full, for a purpose")
@click.option("--purpose", type=WhyType(), default="", help="用途，会留痕 / what for: it is kept")
@narrowed
@answers
def make(
    by: str,
    first: int,
    last: int,
    compare: tuple[int, int] | None,
    out: Path | None,
    form: str | None,
    unmask: bool,
    purpose: str,
    **only: Any,
) -> Answer:
    """现在制表 / Make a report of all that was accepted, into a file or onto the screen."""
    if unmask != bool(purpose.strip()):
        raise click.UsageError(
            "--unmask 与 --purpose 须一起用 / say --unmask and --purpose together"
        )
    before = None if compare is None else Span(*compare)
    query = Query(By(by), Span(first, last), EVERYTHING, only_of(only), before, purpose.strip())
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        if out is None:
            return _shown(opened, query)
        return _into_file(opened, query, out, _form_of(out, form))


def _shown(opened: Services, query: Query) -> Answer:
    made_ms = opened.signer.clock.wall_ms()
    with open_report(opened.database, query, _noting(opened)) as found:
        shown = listed(found, made_ms, REPORT_LISTED_MAX)
    return Answer(shown, lambda: table(shown))


def _into_file(opened: Services, query: Query, out: Path, form: Form) -> Answer:
    made_ms = opened.signer.clock.wall_ms()
    with (
        progress({"rows": "行 rows"}) as told,
        replacing(out) as file,
        open_report(opened.database, query, _noting(opened)) as found,
    ):
        rows = write_report(file, form, found, made_ms, lambda count: told("rows", count))
        total = found.total.now
    data = {"file": str(out), "rows": rows, "state": total.state.value, "as_of": total.as_of}
    return Answer(data, f"{out}  {rows} 行 rows  {total.state.value}")


def _form_of(out: Path, form: str | None) -> Form:
    wanted = form or out.suffix[1:].lower()
    if wanted not in set(Form):
        raise click.UsageError("文件名应以 .csv .xlsx .json 结尾，或用 --format / say the form")
    return Form(wanted)


def _noting(opened: Services) -> NoteReading:
    return noting(f"cli:{_user()}", opened.signer.clock.wall_ms())


def _user() -> str:
    """Give who runs the command, as the operating system calls them; there may be no name for the number."""
    try:
        return getpass.getuser()[:30]
    except (KeyError, OSError):
        return str(os.getuid())


for _command in SAVED:
    report.add_command(_command)
