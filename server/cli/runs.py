"""`runs`: long work in the background: ask for it, see how far it is, stop it, get what it made, work on it."""

import os
from dataclasses import asdict
from pathlib import Path

import click

from server.cli.composition import services
from server.cli.output import Answer, Exit, Problem, Stopped, answers
from server.cli.runs_ask import ASKS
from server.cli.runs_wait import as_it_stands, line, told, wait_for
from server.home_lock import serving
from server.limits import RUN_LEFT_LISTED_MAX
from server.runs.ask import OPERATOR, drop, stop
from server.runs.run import read_left, read_run, read_runs
from server.runs.work import WorkedElsewhere, work_off

_NICE = 10


@click.group()
def runs() -> None:
    """后台任务 / Long work in the background: a team's certificates, badge sheets, large reports."""


@runs.command("list")
@answers
def list_() -> Answer:
    """任务清单 / What was asked for at the command line, the newest first."""
    with services() as opened, opened.database.read() as connection:
        found = read_runs(connection, OPERATOR)
    return Answer(
        [told(run) for run in found], lambda: "\n".join(map(line, found)) or "没有 / none"
    )


@runs.command()
@click.argument("run_id", metavar="ID")
@answers
def show(run_id: str) -> Answer:
    """一个任务 / How a run stands, and whom it left out."""
    with services() as opened, opened.database.read() as connection:
        run = read_run(connection, OPERATOR, run_id)
        left = read_left(connection, run, RUN_LEFT_LISTED_MAX)
    lines = [line(run), *(f"  {one.about}  {one.code}  {one.message}" for one in left)]
    return Answer({**told(run), "left_out": [asdict(one) for one in left]}, "\n".join(lines))


@runs.command()
@click.argument("run_id", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="写到 / file to write")
@answers
def wait(run_id: str, out: Path | None) -> Answer:
    """等到完成 / Work on a run, or watch it, until it is over; goes on where it was stopped."""
    with services() as opened:
        return wait_for(opened, run_id, out)


@runs.command("stop")
@click.argument("run_id", metavar="ID")
@answers
def stop_(run_id: str) -> Answer:
    """停止 / Stop a run; what was issued stays issued."""
    with services() as opened:
        now_ms = opened.signer.clock.wall_ms()
        stop(opened.database, opened.config.home, OPERATOR, run_id, now_ms)
        return as_it_stands(opened, run_id)


@runs.command("drop")
@click.argument("run_id", metavar="ID")
@answers
def drop_(run_id: str) -> Answer:
    """删除 / Drop a run that is over, with its file."""
    with services() as opened:
        drop(opened.database, opened.config.home, OPERATOR, run_id)
    return Answer({"id": run_id, "dropped": True}, "已删除 / dropped")


@runs.command()
@click.option("--parent", type=int, hidden=True, help="ends with this process")
@answers
def work(parent: int | None) -> Answer:
    """做完所有任务 / Work on whatever waits, until nothing does; what the server begins by itself."""

    def goes_on() -> bool:
        return parent is None or os.getppid() == parent

    if parent is not None:
        os.nice(_NICE)  # taking in what kiosks send comes first
    with services() as opened, serving(opened.config.home):
        try:
            slices = work_off(opened, goes_on)
        except WorkedElsewhere as error:
            words = "另一进程正在处理 / another process works on runs"
            raise Stopped(Problem("job_running", words, Exit.LATER)) from error
    return Answer({"slices": slices}, f"{slices}")


for _command in ASKS:
    runs.add_command(_command)
