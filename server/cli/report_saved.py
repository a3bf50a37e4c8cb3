"""`report save`, `list`, `run-due`, `remove`: reports that are made by themselves, once in every stretch."""

from typing import Any

import click

from server.books.dates import iso_time
from server.cli.composition import services
from server.cli.output import Answer, Exit, Problem, Stopped, answers
from server.cli.report_options import BY, FORM, narrowed, only_of
from server.cli.types import NumberType
from server.jobs.once import run_now
from server.jobs.reports import folder_of
from server.jobs.table import JOBS
from server.reports.query import By, dates_of
from server.reports.saved import Run, Saved, read_runs, read_saved, remove_report, save_report
from server.reports.stretch import Every
from server.reports.write import Form


@click.command()
@click.argument("name", type=NumberType())
@click.option("--by", type=BY, required=True, help="统计对象 / a row for each")
@click.option(
    "--every",
    type=click.Choice([each.value for each in Every]),
    required=True,
    help="周期 / made of each",
)
@click.option(
    "--format", "form", type=FORM, default=Form.XLSX.value, help="格式 / form of its files"
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


@click.command("list")
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


@click.command("run-due")
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


@click.command()
@click.argument("name", type=NumberType())
@answers
def remove(name: str) -> Answer:
    """删除定期报表 / Forget a saved report and delete its files. Once gone, it is gone: again is done."""
    with services() as opened:
        was_there = remove_report(opened.database, folder_of(opened), name)
    words = "已删除 / removed" if was_there else "本来就没有 / there was none"
    return Answer({"name": name, "removed": was_there}, words)


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


SAVED = (save, list_, run_due, remove)
