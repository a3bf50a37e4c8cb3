"""`backup FILE`: every fact of this server in one file, beside everything that runs."""

from pathlib import Path

import click

from server.backup.form import Kept
from server.backup.write_backup import write_backup
from server.cli.composition import services
from server.cli.output import Answer, answers, say


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@answers
def backup(file: Path) -> Answer:
    """备份 / Back up everything but what is derived, private keys included: only its owner can read the file.

    \b
      python -m server backup /media/stick/redvest-2026-11-22.backup
    """
    with services() as opened:
        kept = write_backup(opened, file, _progress)
    words = (
        "含私钥，只有本用户可读，请加密保存 / holds the private keys: mode 0600, keep it encrypted"
    )
    return Answer(kept, f"{of_kept(kept)}\n{words}")


def of_kept(kept: Kept) -> str:
    """Say what a backup holds, in a line."""
    figures = f"{kept.logs} 个日志 logs, {kept.entries} 条 entries, {kept.rows} 行 rows"
    return f"{kept.file}: {figures}, {kept.bytes:,} 字节 bytes, epoch {kept.epoch}"


def _progress(table: str, rows: int) -> None:
    say(f"{table} … {rows}")
