"""`rebuild`: derive everything again from the facts; it must change nothing."""

import click

from server.books.derive import rebuild as rebuilding
from server.books.derive.drain import drain
from server.books.periods.refreeze import refreeze
from server.cli.composition import services
from server.cli.output import Answer, answers, say


@click.command()
@answers
def rebuild() -> Answer:
    """从原始记录重新推算 / Derive everything again from the facts, and say whether anything changed."""
    with services() as opened:
        key = opened.signer.keys.identity_public
        drain(opened.database, key)
        bare = refreeze(opened.database, key)
        drain(opened.database, key)
        with opened.database.read() as connection:
            before = rebuilding.digest(connection)
        done = rebuilding.rebuild(opened.database, key, _progress)
        with opened.database.read() as connection:
            after = rebuilding.digest(connection)
    data = {
        "logs": done.logs,
        "people": done.people,
        "digest": after,
        "changed": before != after,
        "closes_bare": bare,
    }
    words = "有变化，请查看 / CHANGED" if before != after else "没有变化 / nothing changed"
    return Answer(data, f"{done.logs} 台设备 logs, {done.people} 人 people: {words}\n{after}")


def _progress(step: str, done: int, whole: int) -> None:
    if not whole:
        say(f"{step} {done}")
    elif done == whole or done % 100 == 0:
        say(f"{step} {done}/{whole}")
