"""`python -m demo`: runs the story in a folder of its own, and always ends what it started."""

import signal
import sys
import time
from pathlib import Path

import click

from demo.cast import cast
from demo.centre import Centre
from demo.forked import ROOT
from demo.hands import Hands
from demo.home import HomeRefused, fresh_home
from demo.processes import Failed, Programs
from demo.screen import Screen
from demo.stage import Stage
from demo.story import play
from demo.tell import Teller
from sync.demo import BANNER

BEGINS = "2026-08-15T06:30"
CLOCK = "clock.json"
FAILED, REFUSED, INTERRUPTED = 1, 5, 130


@click.command()
@click.option("--once", is_flag=True, help="讲完即止 / end when the story is told")
@click.option("--quick", is_flag=True, help="少几个人 / fewer people")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "demo-home",
    show_default="demo-home",
    help="演示用文件夹，每次清空 / the demo's folder, emptied at each start",
)
def demo(once: bool, quick: bool, home: Path) -> None:
    """红马甲演示 / See Red Vest work: a server, three kiosks, a day and a night without network, and hours."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    tell = Teller()
    sys.exit(_run(tell, home.absolute(), once=once, quick=quick))


def _run(tell: Teller, home: Path, *, once: bool, quick: bool) -> int:
    """Give the exit status."""
    try:
        with fresh_home(home), Centre(home) as centre:
            hands = Hands(home / CLOCK, BEGINS)
            stage = Stage(Programs(home), centre, hands, tell, cast(quick=quick), to_month_end=True)
            _tell_story(stage)
            if not once:
                _stay(stage)
    except Failed as failed:
        tell.failed(f"这一步没有成功 / this step failed:\n{failed}")
        return FAILED
    except OSError as error:
        tell.failed(f"读写失败 / reading or writing failed: {error}")
        return FAILED
    except HomeRefused as refused:
        tell.failed(str(refused))
        return REFUSED
    except KeyboardInterrupt:
        tell.note("已停止，没有留下进程", "stopped, nothing is left running")
        return INTERRUPTED
    return 0


def _tell_story(stage: Stage) -> None:
    began = time.monotonic()
    stage.tell.chapter(BANNER, "")
    stage.tell.chapter("红马甲", "Red Vest: volunteers sign in by QR, with or without network")
    play(stage)
    stage.tell.chapter(f"演示完成，用时 {time.monotonic() - began:.0f} 秒", "done")


def _stay(stage: Stage) -> None:
    """Leave the server and a kiosk running until somebody stops them, and say what can be tried."""
    home, kiosk, badge = _near(stage.home), stage.desks[0].kiosk, stage.desks[0].day[0]
    python = _near(Path(sys.executable))
    with Screen(stage.home, kiosk) as screen:
        stage.tell.done(f"服务器在运行：{stage.centre.url}", "the server is running")
        stage.tell.done(f"签到屏在运行：{screen.url}", f"the screen of {kiosk} is running")
        stage.tell.note("按 Ctrl-C 停止", "Ctrl-C stops both")
        _suggest(stage, home, kiosk, badge, python)
        stage.centre.watch()


def _suggest(stage: Stage, home: Path, kiosk: str, badge: str, python: Path) -> None:
    stage.tell.note("在另一个终端里试试：", "try in another terminal:")
    stage.tell.command(f"export REDVEST_HOME={home}/server REDVEST_KIOSK_HOME={home}/{kiosk}")
    stage.tell.command(f"{python} -m kiosk scan --image {home}/badges/{badge}.png")
    stage.tell.command(f"{python} -m kiosk sync")
    stage.tell.command(f"{python} -m server hours")


def _near(path: Path) -> Path:
    """Give a path as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


if __name__ == "__main__":
    demo(prog_name="python -m demo")
