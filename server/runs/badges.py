"""Badge sheets of a team or region: a PDF for so many people, all in one file. Printing again gives the same badges."""

from pathlib import Path

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.access.grant import Grant, Over
from server.access.part import Part
from server.access.roles import StaffRole
from server.access.tree import tree
from server.badges.job import Job
from server.badges.print_sheets import print_who_can_be
from server.badges.wanted import Wanted
from server.books.dates import local_day
from server.exports.sheet import write_sheet
from server.fonts.files import find_fonts
from server.limits import RUN_BADGES_MAX, RUN_BADGES_PEOPLE
from server.models.now import VolunteerNow
from server.runs import items
from server.runs.asked import Badges
from server.runs.folder import pack, parts_of
from server.runs.workbench import Outcome, Workbench
from sync.errors import Refused

_FILE = "badges"
_INDEX = ("志愿者编号 volunteer", "PDF", "未打印原因 left out", "说明 why")


def step(bench: Workbench) -> Outcome | None:
    """Print some more; in the first slice find out whose, in the last put the file together."""
    asked = bench.run.wants()
    if not isinstance(asked, Badges):
        raise TypeError(asked)
    if not bench.run.total:
        with bench.services.database.read() as connection:
            people = people_of(connection, asked, bench.part)
        items.begin(bench, people, "people")
        return None
    with bench.services.database.read() as connection:
        some = items.read_next(connection, bench.run, RUN_BADGES_PEOPLE)
    if not some:
        return _finish(bench)
    _print(bench, asked, some)
    return None


def people_of(connection: Connection, asked: Badges, part: Part) -> list[str]:
    """Give whose badges are meant, as far as they are within. Raise `Refused`: `not_found` for nobody, `too_large`."""
    v = VolunteerNow
    within = select(v.number).where(part.people_within(v.team, v.region))
    if asked.team:
        within = within.where(v.team == asked.team)
    elif asked.region:
        theirs = tree(connection).part([Grant(StaffRole.VIEWER, Over.REGION, asked.region)])
        within = within.where(theirs.people_within(v.team, v.region))
    else:
        within = within.where(v.number.in_(asked.numbers))
    found = list(connection.scalars(within.order_by(v.number).limit(RUN_BADGES_MAX + 1)))
    if not found:
        raise Refused(Code.NOT_FOUND, "没有人 / nobody")
    if len(found) > RUN_BADGES_MAX:
        raise Refused(Code.TOO_LARGE, f"一次最多 {RUN_BADGES_MAX} 人 / people at once")
    return found


def _print(bench: Workbench, asked: Badges, some: list[items.Item]) -> None:
    """Print the badges of some people into one part; whoever cannot be printed is left out."""
    bench.require_going()
    numbers = tuple(one.about for one in some)
    file, fonts = _part(bench.folder, some[0].place), find_fonts(bench.services.config.fonts)
    printed, bad = print_who_can_be(_job(bench, asked, numbers), file, fonts)
    nobody = Refused(Code.NOT_FOUND, "没有此编号 / nobody's number")
    bad |= dict.fromkeys(printed.unknown, nobody)
    people = bench.run.people + len(some) - len(bad)
    counts = {"left": bench.run.left + len(bad), "people": people}
    with bench.services.database.write_facts() as connection:
        bench.tell(connection, done=bench.run.done + len(some), **counts)
        for one in some:
            if one.about in bad:
                items.leave(connection, bench.run, one.place, bad[one.about])
            else:
                items.mark(connection, bench.run, one.place, items.MADE, file.name)


def _job(bench: Workbench, asked: Badges, numbers: tuple[str, ...]) -> Job:
    services, now_ms = bench.services, bench.now_ms()
    return Job(
        database=services.database,
        keys=services.signer.keys.badges,
        wanted=Wanted(numbers, "", local_day(now_ms)),
        now_ms=now_ms,
        progress=lambda _doing, _count: bench.require_going(),
        years=asked.years,
        is_demo=services.central.clock.is_demo,
    )


def _finish(bench: Workbench) -> Outcome | None:
    with bench.services.database.read() as connection:
        rows = items.read_all(connection, bench.run)
    made = [row for row in rows if row.state == items.MADE]
    names = sorted({row.said for row in made})
    files = [(name, parts_of(bench.folder) / name) for name in names]
    gone = [int(file.stem) for _, file in files if not file.is_file()]
    if gone:
        items.redo(bench, rows, gone[0])
        return None
    if not files:
        return Outcome()
    if len(files) == 1:
        files[0][1].replace(bench.folder / f"{_FILE}.pdf")
        return Outcome(f"{_FILE}.pdf", people=len(made))
    index = write_sheet(_INDEX, [[row.about, row.said, row.code, row.message] for row in rows])
    pack(bench.folder, f"{_FILE}.zip", files, index)
    return Outcome(f"{_FILE}.zip", people=len(made))


def _part(folder: Path, place: int) -> Path:
    return parts_of(folder) / f"{place:06}.pdf"
