"""`setup`: database made or upgraded, keys, first administrator."""

from pathlib import Path

import click

from server import demo
from server.cli.output import Answer, answers, say
from server.config import read_config
from server.setup import SetUp, set_up
from sync.demo import BANNER


@click.command()
@click.option(
    "--demo",
    "demo_clock",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="空文件夹永久设为演示，时间由此文件定 / an empty home becomes a demo for good, with this clock",
)
@answers
def setup(demo_clock: Path | None) -> Answer:
    """初始化或升级 / Make or upgrade database and keys; the first administrator's password is shown once."""
    config = read_config()
    if demo_clock is not None:
        demo.mark(config.home, demo_clock)
    clock = demo.clock_before(config)
    if clock.is_demo:
        say(BANNER)
    done = set_up(config, clock)
    return Answer(done, _text(done))


def _text(done: SetUp) -> str:
    lines = [
        f"已就绪 / ready: {done.home} ({done.database}, schema {done.schema})",
        "请备份 keys 文件夹 / back up the folder `keys`: without it kiosks cannot trust a new server",
    ]
    if done.password:
        lines.append(
            f"管理员 / administrator: {done.administrator}  密码(只显示一次) / password (shown once): {done.password}"
        )
    return "\n".join(lines)
