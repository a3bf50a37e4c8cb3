"""`setup`: database made or upgraded, keys, first administrator."""

import click

from server.cli.output import Answer, answers
from server.clock import system_clock
from server.config import read_config
from server.setup import SetUp, set_up


@click.command()
@answers
def setup() -> Answer:
    """初始化或升级 / Make or upgrade database and keys; the first administrator's password is shown once."""
    done = set_up(read_config(), system_clock())
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
