"""`restore FILE`: a backup takes the place of what is here; a new epoch begins, and kiosks refill what came after it."""

from pathlib import Path

import click

from server import logs
from server.backup.restore import Restored
from server.backup.restore import restore as put_back
from server.cli.backup import of_kept
from server.cli.output import Answer, answers, progress
from server.clock import Clock, system_clock
from server.config import Config, read_config
from server.intake.epoch import start_epoch
from server.services import open_services

_DOING = {"check": "已核对 / checked:", "load": "已写入 / written:"}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="即使这里的数据更新 / even if there is more here")
@answers
def restore(file: Path, replace: bool) -> Answer:
    """恢复备份 / Restore a backup, to SQLite or PostgreSQL; what is here is kept aside. Stop the server first.

    \b
      python -m server restore /media/stick/redvest-2026-11-22.backup
      python -m server verify
    """
    config, clock = read_config(), system_clock()
    logs.configure(config.log_level)
    with progress(_DOING) as show:
        done = put_back(config, file, replace=replace, now_ms=clock.wall_ms(), progress=show)
    _begin_epoch(config, clock)
    return Answer(done, _text(done))


def _begin_epoch(config: Config, clock: Clock) -> None:
    """Begin another life of the database: kiosks notice, and send again what came after the backup (I6).

    Stopped just before it, the first kiosk that comes has this server notice by itself.
    """
    opened = open_services(config, clock)
    try:
        with opened.database.write_facts() as connection:
            start_epoch(connection, opened.central, opened.signer, reason="restored")
    finally:
        opened.database.close()


def _text(done: Restored) -> str:
    lines = [of_kept(done.kept)]
    if done.aside:
        lines.append(f"原有数据另存于 / what was here is kept in: {done.aside}")
    return "\n".join(lines)
