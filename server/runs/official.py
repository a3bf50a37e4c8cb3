"""Files for the official site, a closed site a slice. Which rows went is written in the transaction that counts them as sent."""

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.exports.official_rows import Body
from server.exports.send_official import Form, Order, Sent, send_unit, units_of
from server.runs import items
from server.runs.asked import Official
from server.runs.workbench import Outcome, Workbench
from server.workdays.calendar import BadTable, Calendar, read_calendar
from sync.errors import Refused


def step(bench: Workbench) -> Outcome | None:
    """Send the next site; in the first slice find out which."""
    asked = bench.run.wants()
    if not isinstance(asked, Official):
        raise TypeError(asked)
    order = _order(bench, asked)
    if not bench.run.total:
        units = units_of(bench.services.database, order)
        if not units:
            raise Refused(Code.NOT_FOUND, "没有已结账的站点 / no site is closed")
        items.begin(bench, [site for site, _ in units], "sites")
        return None
    with bench.services.database.read() as connection:
        some = items.read_next(connection, bench.run, 1)
    if not some:
        return Outcome(result=_counted(bench))
    _send(bench, order, some[0])
    return None


def _send(bench: Workbench, order: Order, one: items.Item) -> None:
    """Send a site's month. A refusal is that site's alone: the others are sent, and this one stays as it was."""
    bench.require_going()
    run, database, now_ms = bench.run, bench.services.database, bench.now_ms()

    def beside(connection: Connection, sent: list[Sent]) -> None:
        bench.tell(connection, done=run.done + 1)
        said = f"{len(sent)} {sum(file.rows for file in sent)}"
        items.mark(connection, run, one.place, items.MADE, said)

    unit, days = (one.about, order.month), _calendar(bench)
    try:
        send_unit(database, days, order, unit, now_ms, beside)
    except Refused as refused:
        with database.write_facts() as connection:
            bench.tell(connection, done=run.done + 1, left=run.left + 1)
            items.leave(connection, run, one.place, refused)


def _counted(bench: Workbench) -> str:
    """Give how many files were written, and how many rows are in them."""
    with bench.services.database.read() as connection:
        told = [row.said.split() for row in items.read_all(connection, bench.run) if row.said]
    files, rows = (sum(int(one[at]) for one in told) for at in (0, 1))
    return f"{files} {rows}"


def _order(bench: Workbench, asked: Official) -> Order:
    return Order(
        bench.services.config.home / "official",
        Body(asked.organiser, asked.responsible),
        asked.site,
        asked.month,
        again=asked.again,
        form=Form(asked.form),
        part=bench.part,
    )


def _calendar(bench: Workbench) -> Calendar:
    try:
        return read_calendar(bench.services.config.home)
    except BadTable as error:
        raise Refused(Code.MALFORMED, f"workdays: {error}") from error
