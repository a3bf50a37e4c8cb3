"""`report`: figures to hand on, now or by themselves once in every stretch."""

import getpass
import os
from pathlib import Path
from typing import Any

import click

from server.access.part import EVERYTHING
from server.books.dates import iso_time
from server.books.derive import drain
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.cli.composition import services
from server.cli.output import Answer, Exit, Problem, Stopped, answers, progress
from server.cli.report_options import narrowed, only_of
from server.cli.report_table import table
from server.cli.types import LocalDate, NumberType, WhyType
from server.jobs.once import run_now
from server.jobs.reports import folder_of
from server.jobs.table import JOBS
from server.limits import REPORT_LISTED_MAX
from server.reports.note import noting
from server.reports.query import By, Query, dates_of
from server.reports.report import NoteReading, open_report
from server.reports.saved import Run, Saved, read_runs, read_saved, remove_report, save_report
from server.reports.stretch import Every
from server.reports.write import Form, listed, write_report
from server.services import Services
from server.whole_file import replacing

_BY = click.Choice([by.value for by in By])
_FORM = click.Choice([form.value for form in Form])


@click.group()
def report() -> None:
    """报表 / Figures by volunteer, team, site and so on, that say how far they can be relied on; ad hoc or by schedule."""


@report.command()
@click.option("--by", type=_BY, required=True, help="统计对象 / a row for each")
@click.option(
    "--from",
    "first",
    type=LocalDate(),
    default=FIRST_DAY,
    show_default=False,
    help="起 / first date",
)
@click.option(
    "--to", "last", type=LocalDate(), default=LAST_DAY, show_default=False, help="止 / last date"
)
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
@click.option(
    "--format", "form", type=_FORM, default=None, help="格式 / else as the file is called"
)
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


@report.command()
@click.argument("name", type=NumberType())
@click.option("--by", type=_BY, required=True, help="统计对象 / a row for each")
@click.option(
    "--every",
    type=click.Choice([each.value for each in Every]),
    required=True,
    help="周期 / made of each",
)
@click.option(
    "--format", "form", type=_FORM, default=Form.XLSX.value, help="格式 / form of its files"
)
@click.option("--compare", is_flag=True, help="与上期对比 / beside the stretch before")
@narrowed
@answers
def save(name: str, by: str, every: str, form: str, compare: bool, **only: Any) -> Answer:
    """定期制表 / Have a report made by itself once every day, week or month that is over, from five in the morning on."""
    saved = Saved(name, By(by), Every(every), Form(form), only_of(only), compare)
    with services() as opened:
        save_report(opened.database, saved, opened.signer.clock.wall_ms())
    return Answer(saved, f"已保存 / saved: {_line(saved)}")


@report.command("list")
@answers
def list_() -> Answer:
    """定期报表一览 / The saved reports, and what was made of them, the newest first."""
    with services() as opened, opened.database.read() as connection:
        saved, runs = read_saved(connection), read_runs(connection)
        folder = folder_of(opened)
    data = [
        {
            "report": one,
            "folder": str(folder / one.name),
            "made": [_made(run) for run in runs if run.name == one.name],
        }
        for one in saved
    ]
    lines = [
        line
        for one in saved
        for line in (_line(one), *(_run_line(run) for run in runs if run.name == one.name))
    ]
    return Answer(data, "\n".join(lines) or "没有定期报表 / none saved")


@report.command("run-due")
@answers
def run_due() -> Answer:
    """补做到期报表 / Make the saved reports that are due and not made yet, now."""
    with services() as opened:
        ran = run_now(opened, JOBS["reports"])
    if ran is None:
        words = "正在制表 / they are being made at this moment, by this or another server"
        raise Stopped(Problem("job_running", words, Exit.LATER))
    if ran.problem:
        words = "有报表失败，见 report list / some failed: see `report list`"
        raise Stopped(Problem("reports_failed", words, Exit.FAILED))
    return Answer(ran, ran.said)


@report.command()
@click.argument("name", type=NumberType())
@answers
def remove(name: str) -> Answer:
    """删除定期报表 / Forget a saved report and delete its files. Once gone, it is gone: again is done."""
    with services() as opened:
        was_there = remove_report(opened.database, folder_of(opened), name)
    words = "已删除 / removed" if was_there else "本来就没有 / there was none"
    return Answer({"name": name, "removed": was_there}, words)


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


def _line(saved: Saved) -> str:
    only = " ".join(f"{kind}={','.join(codes)}" for kind, codes in saved.only.named().items())
    compared = "对比 compared" if saved.compares else ""
    return f"{saved.name:<20}{saved.by.value} · {saved.every.value} · {saved.form.value}  {compared} {only}".rstrip()


def _made(run: Run) -> dict[str, object]:
    return {
        "dates": dates_of(run.span),
        "state": run.state,
        "rows": run.rows,
        "file": run.file,
        "bytes": run.size,
        "ended": iso_time(run.ended_ms) if run.ended_ms else None,
        "problem": run.problem,
    }


def _run_line(run: Run) -> str:
    return f"  {dates_of(run.span)}  {run.state}  {run.rows} 行 rows  {run.file}  {run.problem}".rstrip()
