"""`confirm LOG`: frees the entries of a pending log. Without one, lists the logs that wait."""

import click

from server.cli.composition import services
from server.cli.output import Answer, answers
from server.intake import confirm as confirming


@click.command()
@click.argument("log", required=False)
@click.option("--site", default="", help="站点 / the site, if not its predecessor's")
@answers
def confirm(log: str | None, site: str) -> Answer:
    """确认待确认日志 / Confirm the new log of a kiosk that was copied or restored; without LOG, list those that wait."""
    if log is None and site:
        raise click.UsageError("--site: LOG")
    with services() as opened:
        if log is not None:
            done = confirming.confirm(opened.database, opened.central, log, site=site)
            word = "早已登记 / was enrolled before" if done.already else "已确认 / confirmed"
            return Answer(done, f"{word}  {done.log}  {done.site} {done.post}".rstrip())
        with opened.database.read() as connection:
            found = confirming.pending(connection)
    lines = [f"{p.log}  {p.site} {p.post}  {p.entries} 条 entries  ← {p.succeeds}" for p in found]
    return Answer(found, "\n".join(lines) or "没有待确认的日志 / no log waits")
