"""A bulletin of more records than anybody waits for: one slice, since its figures are of one moment."""

from sqlalchemy import Connection

from server.books.derive.drain import drain
from server.books.hours import Span
from server.bulletins.issue import Wish, issue
from server.fonts.files import find_fonts
from server.papers.press import Type
from server.runs.asked import Bulletin
from server.runs.workbench import Outcome, Workbench


def step(bench: Workbench) -> Outcome:
    """Issue it, unless this run did so before it was stopped."""
    asked = bench.run.wants()
    if not isinstance(asked, Bulletin):
        raise TypeError(asked)
    if bench.run.result:
        return Outcome(result=bench.run.result)
    services = bench.services
    drain(services.database, services.signer.keys.identity_public)
    bench.tell_now(doing="rows")

    def beside(connection: Connection, number: int) -> None:
        bench.tell(connection, result=str(number))

    issued = issue(
        services.database,
        Type(find_fonts(services.config.fonts)),
        _wish(bench, asked),
        bench.now_ms(),
        lambda _doing, rows: bench.tell_now(done=rows),
        beside,
    )
    return Outcome(result=str(issued.number))


def _wish(bench: Workbench, asked: Bulletin) -> Wish:
    return Wish(
        asked.region,
        Span(asked.first, asked.last),
        title=asked.title,
        body=asked.body,
        by=bench.account.number if bench.account else "",
        anew=asked.anew,
        is_demo=bench.services.central.clock.is_demo,
        part=bench.part,
    )
