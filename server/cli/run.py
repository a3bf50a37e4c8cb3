"""`run`: the web server, and the scheduler beside it. `scheduler`: that process alone."""

import os

import click

from server.cli.composition import services
from server.cli.output import Answer, answers, say
from server.config import read_config
from server.home_lock import serving


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8700, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--no-scheduler", is_flag=True, help="不启动后台推算 / without the process that derives"
)
@answers
def run(host: str, port: int, no_scheduler: bool) -> Answer:
    """启动服务器 / Serve until stopped; SIGTERM ends it within ten seconds."""
    from server.serving import serve

    with services():
        config = read_config()
    say(f"http://{host}:{port}  (Ctrl-C 停止 / to stop)")
    serve(config, host, port, with_scheduler=not no_scheduler)
    return Answer({"stopped": True}, "已停止 / stopped")


@click.command()
@click.option("--parent", type=int, hidden=True, help="ends with this process, even if it has gone")
@answers
def scheduler(parent: int | None) -> Answer:
    """只运行后台推算 / Derive in the background until stopped."""
    from server import logs
    from server.jobs.scheduler import keep_current
    from server.jobs.spare import spare_process

    with spare_process() as spare, services() as opened:  # in this order: see there
        logs.configure(opened.config.log_level)
        with serving(opened.config.home):
            keep_current(opened, os.getppid() if parent is None else parent, spare)
    return Answer({"stopped": True}, "已停止 / stopped")
