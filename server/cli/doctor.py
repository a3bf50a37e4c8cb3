"""`doctor`: what could be wrong with this server."""

import click

from server.cli.output import Answer, Exit, answers, say
from server.config import read_config
from server.demo import clock_before
from server.doctor import examine
from sync.demo import BANNER


@click.command()
@answers
def doctor() -> Answer:
    """自检 / Look at SQLite, clock, disk, keys, schema and what waits for a person."""
    config = read_config()
    clock = clock_before(config)
    if clock.is_demo:
        say(BANNER)
    checks = examine(config, clock)
    lines = [f"{'✓' if check.ok else '✕'} {check.name}: {check.detail}" for check in checks]
    status = Exit.DONE if all(check.ok for check in checks) else Exit.FAILED
    return Answer({"ok": status is Exit.DONE, "checks": checks}, "\n".join(lines), status)
