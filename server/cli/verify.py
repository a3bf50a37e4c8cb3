"""`verify`: every chain, signature and lookup of the facts."""

import click
from sqlalchemy.exc import DBAPIError

from server.books.verify import damaged, is_damage
from server.books.verify import verify as verify_facts
from server.cli.composition import services
from server.cli.output import Answer, Exit, answers, say


@click.command()
@answers
def verify() -> Answer:
    """核验全部记录 / Check every chain and signature; 6 if anything was tampered with."""
    try:
        with services() as opened:
            found = verify_facts(opened.database, opened.signer.keys, _progress)
    except DBAPIError as error:
        if not is_damage(error):
            raise
        found = damaged(error)
    lines = [f"{t.log} #{t.seq}: {t.what}" for t in found.troubles]
    words = "发现篡改 / tampering found" if lines else "全部无误 / clean"
    head = f"{found.logs} 个日志 logs, {found.entries} 条 entries, {found.signatures} 个签名 signatures: {words}"
    status = Exit.TAMPERED if lines else Exit.DONE
    return Answer(found, "\n".join([head, *lines]), status)


def _progress(log: str, entries: int) -> None:
    say(f"{log} … {entries}")
