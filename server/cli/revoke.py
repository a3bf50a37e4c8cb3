"""`revoke badge NUMBER`: a lost badge stops counting from now on."""

import click

from server.badges.revoke import revoke_badge
from server.books.queue import queue_people
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
            append=opened.central.record_revocation,
            queue_people=queue_people,
        )
    word = "早已吊销 / was revoked before" if revoked.already else "已吊销 / revoked"
    return Answer(revoked, f"{number} #{revoked.serial}: {word}")
