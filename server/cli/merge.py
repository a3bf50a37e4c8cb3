"""`merge`, `unmerge`, `accept-walk-in`: who is who."""

import click

from server.books.decisions import merge as merging
from server.cli.actor import actor_of, by_actor
from server.cli.composition import services
from server.cli.output import Answer, answers
from server.cli.types import NumberType, WhyType


@click.command()
@click.argument("number", type=NumberType())
@click.argument("into", type=NumberType())
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@click.option("--second", type=NumberType(), default=None, help="复核人 / who else looked")
@by_actor
@answers
def merge(number: str, into: str, why: str, second: str | None, by: str, role: str) -> Answer:
    """合并两个编号 / NUMBER is the same person as INTO, who keeps the number."""
    with services() as opened:
        done = merging.merge(
            opened.database, opened.central, actor_of(by, role), number, into, why, second or ""
        )
    return Answer(done, _words(done, "已合并 / merged"))


@click.command()
@click.argument("entry")
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@click.option("--second", type=NumberType(), default=None, help="复核人 / who else looked")
@by_actor
@answers
def unmerge(entry: str, why: str, second: str | None, by: str, role: str) -> Answer:
    """撤销合并 / Take a merge, or the acceptance of a walk-in, back: ENTRY is its hash, or how that begins."""
    with services() as opened:
        done = merging.unmerge(
            opened.database,
            opened.central,
            actor_of(by, role),
            entry.lower(),
            why,
            second or "",
        )
    return Answer(done, _words(done, "已撤销 / taken back"))


@click.command("accept-walk-in")
@click.argument("number", type=NumberType())
@click.argument("volunteer", type=NumberType())
@click.option("--why", type=WhyType(), default="", help="原因 / why, without names")
@by_actor
@answers
def accept_walk_in(number: str, volunteer: str, why: str, by: str, role: str) -> Answer:
    """确认临时志愿者 / The walk-in with the temporary NUMBER is this VOLUNTEER."""
    with services() as opened:
        done = merging.accept_walk_in(
            opened.database, opened.central, actor_of(by, role), number, volunteer, why
        )
    return Answer(done, _words(done, "已确认 / accepted"))


def _words(done: merging.Merged, word: str) -> str:
    state = "早已如此 / was so before" if done.already else word
    return f"{state}  {done.number} → {done.into}  {done.entry}"
