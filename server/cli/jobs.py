"""`jobs`: what the server does by itself, and how it went last. `jobs run NAME`: do it now."""

import click

from server.books.dates import iso_time
from server.cli.composition import services
from server.cli.output import Answer, Exit, Problem, Stopped, answers
from server.jobs.once import Ran, last_runs, run_now
from server.jobs.table import JOBS


@click.command()
@click.argument("action", type=click.Choice(["run"]), required=False)
@click.argument("name", type=click.Choice(list(JOBS)), required=False)
@answers
def jobs(action: str | None, name: str | None) -> Answer:
    """定时任务 / List what the server does by itself and how it went last; or run one now.

    \b
      python -m server jobs
      python -m server jobs run verify_sample
    """
    if (action is None) != (name is None):
        raise click.UsageError("jobs run NAME")
    with services() as opened:
        if name is None:
            with opened.database.read() as connection:
                runs = last_runs(connection)
            return Answer(runs, "\n".join(map(_line, runs)))
        ran = run_now(opened, JOBS[name])
    if ran is None:
        words = "正在运行 / it runs at this moment, on this or another server"
        raise Stopped(Problem("job_running", words, Exit.LATER))
    return Answer(ran, _line(ran), Exit.FAILED if ran.problem else Exit.DONE)


def _line(ran: Ran) -> str:
    when = iso_time(ran.ended_ms) if ran.ended_ms else "从未运行 / never"
    how = f"失败 / failed: {ran.problem}" if ran.problem else ran.said
    return f"{ran.name:<16}{when}  {how}".rstrip()
