"""`revoke badge NUMBER`: a lost badge stops counting from now on."""

import click
from sqlalchemy import Connection

from schemas.entry import RevokeBadge
from server.badges.revoke import Append, revoke_badge
from server.books.queue import queue_people
from server.central import Central
from server.cli.composition import services
from server.cli.output import Answer, answers
from server.imports import cells
from server.imports.reasons import SENTENCES, Reason


@click.group()
def revoke() -> None:
    """吊销 / Revoke what was lost or stolen."""


@revoke.command("badge")
@click.argument("number")
@click.option("--reason", default="", help="原因 / why, in words")
@answers
def revoke_a_badge(number: str, reason: str) -> Answer:
    """吊销一个人的证件 / Revoke a person's badges; printing again issues a new one."""
    why = cells.text(reason)
    if isinstance(why, Reason):
        raise click.UsageError(f"--reason: {' / '.join(SENTENCES[why])}")
    with services() as opened:
        revoked = revoke_badge(
            opened.database,
            number,
            str(why),
            now_ms=opened.signer.clock.wall_ms(),
            append=_append(opened.central),
            queue_people=queue_people,
        )
    word = "早已吊销 / was revoked before" if revoked.already else "已吊销 / revoked"
    return Answer(revoked, f"{number} #{revoked.serial}: {word}")


def _append(central: Central) -> Append:
    def append(connection: Connection, who: str, serial: int, from_ms: int, reason: str) -> bytes:
        entry = central.append(
            connection, lambda b, m, d: RevokeBadge(b, m, d, who, serial, from_ms, reason)
        )
        return entry.hash

    return append
