"""`verify`: every chain, signature and lookup of the facts, and every figure derived from them."""

from dataclasses import replace

import click
from sqlalchemy.exc import DBAPIError

from server.books.verify.books import verify_books
from server.books.verify.held import Trouble
from server.books.verify.verify import damaged, is_damage, verify_derived
from server.books.verify.verify import verify as verify_facts
from server.bulletins.read_bulletins import check_bulletins
from server.cli.composition import services
from server.cli.output import Answer, Exit, answers, say


@click.command()
@click.option("--facts-only", is_flag=True, help="不重新推算 / without deriving everything again")
@answers
def verify(facts_only: bool) -> Answer:
    """核验全部记录 / Check every chain, signature and derived figure; 6 if anything was tampered with."""
    try:
        with services() as opened:
            keys = opened.signer.keys
            found = verify_facts(opened.database, keys, _progress)
            if not found.troubles and not facts_only:  # from damaged facts nothing can follow
                derived = verify_derived(opened.database, keys, _progress)
                books = verify_books(opened.database, keys, _progress)
                with opened.database.read() as connection:
                    told = [Trouble("bulletins", 0, what) for what in check_bulletins(connection)]
                found = replace(found, troubles=[*derived, *books, *told])
    except DBAPIError as error:
        if not is_damage(error):
            raise
        found = damaged(error)
    lines = [f"{t.log} #{t.seq}: {t.what}" for t in found.troubles]
    words = "发现篡改 / tampering found" if lines else "全部无误 / clean"
    head = f"{found.logs} 个日志 logs, {found.entries} 条 entries, {found.signatures} 个签名 signatures: {words}"
    status = Exit.TAMPERED if lines else Exit.DONE
    return Answer(found, "\n".join([head, *lines]), status)


def _progress(what: str, count: int) -> None:
    say(f"{what} … {count}")
