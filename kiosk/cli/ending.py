"""`unenrol` and `wipe`: giving the kiosk away. Both refuse while anything is unsent."""

import click

from kiosk.cli.here import open_here
from kiosk.cli.output import Answer, answers
from kiosk.errors import Stopped, Trouble

_YES = click.option("--yes", is_flag=True, help="确实要这样做 / this is meant")


@click.command(help="注销登记，记录都留着 / end the enrolment; every record stays")
@_YES
@answers
def unenrol(yes: bool) -> Answer:
    """End the enrolment."""
    from kiosk.unenrol import unenrol as end

    _require(yes)
    site = end(open_here())
    return Answer({"unenrolled": site}, f"已注销登记 / no longer enrolled: {site}")


@click.command(help="清除本机全部内容 / delete everything on this kiosk")
@_YES
@answers
def wipe(yes: bool) -> Answer:
    """Delete everything."""
    from kiosk.wipe import wipe as delete

    _require(yes)
    delete(open_here())
    return Answer({"wiped": True}, "已清除 / wiped")


def _require(yes: bool) -> None:
    if not yes:
        raise Stopped(Trouble.WRONG_USAGE, "--yes")
