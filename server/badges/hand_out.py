"""Badge sheets for somebody who waits for them: of people within a part, a bounded number of them; nothing of it stays here."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.badges.job import Job, Replace
from server.badges.print_badges import print_badges
from server.badges.print_sheets import print_sheets
from server.badges.wanted import Printed, Wanted
from server.books.dates import local_day
from server.fonts.files import find_fonts
from server.limits import BADGES_OF_A_PAGE_MAX
from server.models.now import VolunteerNow
from server.papers.handed import PNG, Handed, drawn
from server.services import Services
from sync.errors import Refused


def people_meant(
    connection: Connection, part: Part, *, numbers: Sequence[str] = (), team: str = ""
) -> tuple[str, ...]:
    """Give who of a team is within a part; or these people, each once.

    Raise `Refused`: `not_found` if there is nobody, or one of those named is not within; `too_large`.
    """
    person, named = VolunteerNow, list(dict.fromkeys(numbers))
    meant = person.team == team if team else person.number.in_(named[: BADGES_OF_A_PAGE_MAX + 1])
    asked = select(person.number).where(meant, part.people_within(person.team, person.region))
    found = list(connection.scalars(asked.order_by(person.number).limit(BADGES_OF_A_PAGE_MAX + 1)))
    if not found or (not team and len(found) != min(len(named), BADGES_OF_A_PAGE_MAX + 1)):
        words = (
            "有的编号不存在，或不在您的管辖范围内 / somebody is not there, or not within your part"
        )
        raise Refused(Code.NOT_FOUND, words)
    if len(found) > BADGES_OF_A_PAGE_MAX:
        raise Refused(
            Code.TOO_LARGE, f"一次最多 {BADGES_OF_A_PAGE_MAX} 张 / badges at once at most"
        )
    return tuple(found)


def badge_sheets(
    there: Services, people: tuple[str, ...], replace: Replace | None = None
) -> tuple[Printed, Handed]:
    """Print the badges of these people: the same at every print, unless they are replaced. Raise `Refused` as `print_sheets`."""
    job = _job(there, people, replace)

    def draw(file: Path) -> Printed:
        return print_sheets(job, file, find_fonts(there.config.fonts))

    return drawn("badges", draw)


def badge_picture(there: Services, number: str) -> Handed:
    """Draw somebody's badge as a picture with the code and the number, which needs no font: for a phone, or a label printer.

    Raise `Refused(not_found)` for a number of nobody.
    """
    with TemporaryDirectory(prefix="badge-") as folder:
        if print_badges(_job(there, (number,)), Path(folder)).unknown:
            raise Refused(Code.NOT_FOUND, "没有这个人 / no such person")
        content = (Path(folder) / f"{number}.png").read_bytes()
    return Handed(f"{number}.png", PNG, content)


def _job(there: Services, people: tuple[str, ...], replace: Replace | None = None) -> Job:
    now_ms = there.signer.clock.wall_ms()
    return Job(
        database=there.database,
        keys=there.signer.keys.badges,
        wanted=Wanted(people, "", local_day(now_ms)),
        now_ms=now_ms,
        progress=lambda _doing, _count: None,
        is_demo=there.central.clock.is_demo,
        replace=replace,
    )
