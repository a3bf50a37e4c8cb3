"""`run`: the screen, on this machine alone."""

import click

from kiosk.cli.output import Answer, answers, say
from kiosk.config import read_config

PORT = 8710


@click.command(help="启动签到屏 / the screen, on this machine alone, and sync in the background")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
@answers
def run(port: int) -> Answer:
    """Serve the screen until stopped."""
    from kiosk import logs
    from kiosk.web.serve import serve

    config = read_config()
    logs.configure(config.log_level)
    serve(config.home, port, ready=_say_where)
    return Answer({"stopped": True}, "已停止 / stopped")


def _say_where(port: int) -> None:
    say(f"http://127.0.0.1:{port}  (Ctrl-C 停止 / to stop)")
