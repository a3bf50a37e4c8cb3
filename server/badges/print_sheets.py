"""Print badges as cards on A4 sheets. Every name is tried before anything is issued or written: all print, or none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.badges.card import Card, Layout
from server.badges.issue import Issued
from server.badges.job import Job
from server.badges.sheet import COLUMNS, ROWS, Sheet
from server.badges.wanted import Printed, PrintedBadge, parts, sort_out
from server.books.dates import iso_date, local_day
from server.database import Database
from server.fonts.files import Fonts
from server.fonts.glyphs import Glyphs, glyphs_of, named
from server.limits import NAMES_LISTED_MAX, SHEET_BADGES_MAX
from server.people.reference import load_reference
from server.people.roster import names
from server.people.titles import titles
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class _Person:
    number: str
    name: str
    team: str


def print_sheets(
    job: Job, file: Path, fonts: Fonts, *, sheet_max: int = SHEET_BADGES_MAX
) -> Printed:
    """Print badges into one PDF; what is beyond `sheet_max` goes into further ones, numbered from 2.

    Raise `Refused`: `glyph_missing` or `does_not_fit`, naming people and characters; `not_found` for an unknown team.
    """
    work = list(parts(job.database, job.wanted))
    press = _press_for(job, file, fonts)
    _check(job.database, work, press, local_day(job.now_ms))
    return _print(job, press, work, sheet_max)


def print_who_can_be(job: Job, file: Path, fonts: Fonts) -> tuple[Printed, dict[str, Refused]]:
    """Print badges as `print_sheets` does, but for those whose card cannot be printed: give these, and why."""
    work = list(parts(job.database, job.wanted))
    press = _press_for(job, file, fonts)
    bad = dict(_find_bad(job.database, work, press, local_day(job.now_ms)))
    good = [[number for number in part if number not in bad] for part in work]
    return _print(job, press, good, SHEET_BADGES_MAX), bad


def _press_for(job: Job, file: Path, fonts: Fonts) -> "_Press":
    sheet = Sheet(fonts, now_ms=job.now_ms)
    return _Press(fonts, glyphs_of(fonts), file, job.now_ms, sheet, [], job.is_demo)


def _print(job: Job, press: "_Press", work: Iterable[list[str]], sheet_max: int) -> Printed:
    result = Printed(files=press.done)
    for part in work:
        with job.database.write_facts() as connection:
            badges = job.issue(connection, part, result)
            numbers = [badge.number for badge in badges]
            people = _people(connection, numbers, local_day(job.now_ms))
        for badge, person in zip(badges, people, strict=True):
            if press.sheet.cards == sheet_max:
                press.save()
            result.add(press.add(badge, person))
            job.progress("print", result.printed)
    press.save()
    return result


def _check(database: Database, work: list[list[str]], press: "_Press", day: int) -> None:
    """Refuse, naming the people, if any card cannot be printed as it should be."""
    bad = [refusal for _, refusal in _find_bad(database, work, press, day)]
    if bad:
        lines = [refusal.detail for refusal in bad[:NAMES_LISTED_MAX]]
        more = [f"… +{len(bad) - len(lines)}"] if len(bad) > len(lines) else []
        raise Refused(bad[0].code, "\n".join([*lines, *more]))


def _find_bad(
    database: Database, work: Iterable[list[str]], press: "_Press", day: int
) -> Iterator[tuple[str, Refused]]:
    for part in work:
        with database.read() as connection:
            here, _ = sort_out(connection, part)
            people = _people(connection, here, day)
        for person in people:
            found = press.lay_out(person)
            if isinstance(found, Refused):
                yield person.number, found


@dataclass(slots=True)
class _Press:
    """The sheet in the making, and what its font can draw. done: files that are written."""

    fonts: Fonts
    glyphs: Glyphs
    file: Path
    now_ms: int
    sheet: Sheet
    done: list[str]
    is_demo: bool

    def lay_out(self, person: _Person) -> Layout | Refused:
        """Make a person's card fit, or say why it cannot be printed."""
        if missing := self.glyphs.missing(f"{person.name}{person.team}"):
            words = f"字体缺字 / the font lacks {named(missing)}"
            return Refused(Code.GLYPH_MISSING, f"{person.number} {_plain(person.name)}: {words}")
        layout = self.sheet.lay_out(person.number, person.name, person.team)
        if isinstance(layout, Layout):
            return layout
        words = "卡片放不下 / does not fit the card"
        return Refused(Code.DOES_NOT_FIT, f"{person.number}: {words}: {_plain(layout)}")

    def add(self, badge: Issued, person: _Person) -> PrintedBadge:
        """Put a card on the sheet. Raise `Refused` if a name changed meanwhile so that it cannot be printed."""
        layout = self.lay_out(person)
        if isinstance(layout, Refused):
            raise layout
        expires = iso_date(local_day(badge.expires_s * 1000))
        page = self.sheet.cards // (COLUMNS * ROWS) + 1
        texts = (badge.number, person.name, person.team, badge.serial, expires, badge.text)
        card = Card(*texts, is_demo=self.is_demo)
        self.sheet.add(card, layout)
        return PrintedBadge(badge.number, badge.serial, badge.expires_s, self._name(), page)

    def save(self) -> None:
        """Write what is on the sheet, if anything is, and begin a new one."""
        if self.sheet.cards:
            self.sheet.save(Path(self._name()))
            self.done.append(self._name())
            self.sheet = Sheet(self.fonts, now_ms=self.now_ms)

    def _name(self) -> str:
        count = len(self.done) + 1
        name = self.file if count == 1 else self.file.with_stem(f"{self.file.stem}-{count}")
        return str(name)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def _people(connection: Connection, here: list[str], day: int) -> list[_Person]:
    """Give what the cards of these people say, in the same order."""
    called = names(connection, here)
    teams, team_names = load_reference(connection, here), titles(connection, "team")
    codes = {number: teams.team(number, day) for number in here}
    return [
        _Person(number, called[number], team_names.get(codes[number], codes[number]))
        for number in here
    ]
