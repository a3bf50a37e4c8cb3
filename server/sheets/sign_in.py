"""Sign-in sheets: the fallback on paper. Each shift begins a page, each person expected has a row, free rows stand below."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.access.part import EVERYTHING, Part
from server.badges.fit import Box
from server.badges.issue import issue_badges
from server.books.dates import iso_time
from server.database import Database
from server.papers.press import GREY, MARGIN, WIDTH, Ink, Press, Room, Type
from server.papers.stack import Stack
from server.people.roster import in_parts, names
from server.sheets.duties import Duty, Wanted, read_duties

Progress = Callable[[str, int], None]
TITLE = "签到表 / Sign-in sheet"
_FOOT = "含个人信息：录入后按规定保管或销毁 / Holds personal data: once it is entered at the kiosk, lock it away or destroy it"
_HOW = (
    "仅在签到机不能用时使用。恢复后由负责人在签到机“录入纸质签到表”录入。扫二维码时请遮住其他行。",
    "For when the kiosk cannot be used; a lead enters it there afterwards. Cover the other rows while one code is scanned.",
)
_COLUMNS = (
    (8.0, "序"),
    (24.0, "证件码 Badge"),
    (50.0, "姓名、编号 Name, no."),
    (30.0, "签到 In"),
    (30.0, "签退 Out"),
    (32.0, "签名 Signature"),
)
"""Widths in mm, and headings."""
_ROW, _FREE_ROW, _HEAD_ROW = 23.0, 13.0, 7.0
_CODE = 20.0
_FREE_ROWS_MIN = 5
_BOTTOM = 280.0
_DIGIT = 5.4
_NAME = Box(46.0, 12.0, (15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4), whole=8)
_SITE = Room(118.0, 11.0, (20, 18, 16, 14, 12, 10, 8, 7, 6, 5))
_POST = Room(118.0, 8.0, (12, 11, 10, 9, 8, 7, 6, 5, 4))


@dataclass(frozen=True, slots=True)
class SheetsMade:
    """What was printed: shifts, people with a row, pages, files."""

    shifts: int
    people: int
    pages: int
    files: list[str]


@dataclass(frozen=True, slots=True)
class Person:
    """A row: who is expected, and the badge that they have."""

    number: str
    name: str
    code: str


def print_sign_in(
    database: Database,
    keys: Mapping[bytes, Ed25519PrivateKey],
    type_: Type,
    wanted: Wanted,
    file: Path,
    *,
    foot: str = "",
    now_ms: int,
    progress: Progress,
    part: Part = EVERYTHING,
) -> SheetsMade:
    """Print a sheet for each shift. Who has no badge is issued one, as by printing badges.

    Raise `Refused`: `not_found`, `too_large`, `glyph_missing`, `does_not_fit`: then nothing is written.
    """
    with database.read() as connection:
        duties = read_duties(connection, wanted, part)
        everyone = sorted({who for duty in duties for who in duty.people})
        called = names(connection, everyone)
    codes: dict[str, str] = {}
    for some in in_parts(everyone):
        with database.write_facts() as connection:
            issued = issue_badges(connection, keys, some, now_ms=now_ms)
        codes.update((badge.number, badge.text) for badge in issued)
    stack = Stack(type_, title=TITLE, now_ms=now_ms, foot=foot + _FOOT)
    done = 0
    for duty in duties:
        people = [Person(who, called.get(who, ""), codes[who]) for who in duty.people]
        _Sheet(stack, duty).draw(people)
        done += len(people)
        progress("print", done)
    files = stack.save(file)
    return SheetsMade(len(duties), done, stack.pages, files)


class _Sheet:
    """The pages of one shift."""

    __slots__ = ("_duty", "_leaf", "_press", "_stack")

    def __init__(self, stack: Stack, duty: Duty) -> None:
        self._stack, self._duty = stack, duty
        self._leaf = 0
        self._press = stack.press

    def draw(self, people: Sequence[Person]) -> None:
        """Draw a row for each person, then free rows down to the foot of the page."""
        self._page()
        for number, person in enumerate(people, 1):
            self._need(_ROW)
            self._person(number, person)
        self._need(_FREE_ROWS_MIN * _FREE_ROW)
        number = len(people)
        while self._press.y + _FREE_ROW <= _BOTTOM:
            number += 1
            self._row(number, _FREE_ROW)

    def _need(self, height: float) -> None:
        if self._press.y + height > _BOTTOM:
            self._page()

    def _page(self) -> None:
        """Begin a page with what every page of a shift says."""
        press = self._press = self._stack.page()
        self._leaf += 1
        duty, top = self._duty, MARGIN - 4
        press.block(duty.site_name or duty.site, MARGIN, top, _SITE, Ink(bold=True))
        press.block(f"{duty.post_name} {duty.post}", MARGIN, top + 11, _POST, Ink())
        right = (
            (f"签到表 Sign-in {self._leaf}", Ink(11, bold=True)),
            (f"{_time(duty.start_ms)} 至 to {_time(duty.end_ms)}", Ink(9)),
            (f"班次 Shift {duty.shift}  应到 Expected {len(duty.people)}", Ink(9)),
        )
        for line, (text, ink) in enumerate(right):
            at = WIDTH - MARGIN - press.width(text, ink)
            press.text(at, top + 5 + 5 * line, text, ink)
        press.y = top + 19
        for text in _HOW:
            press.paragraph(text, Ink(7.5, colour=GREY))
        press.y += 1.5
        self._head(press)

    def _head(self, press: Press) -> None:
        x = MARGIN
        for width, heading in _COLUMNS:
            press.box(x, press.y, width, _HEAD_ROW, grey=235)
            press.text(x + 1, press.y + 4.8, heading, Ink(8, bold=True))
            x += width
        press.y += _HEAD_ROW

    def _person(self, number: int, person: Person) -> None:
        press, top = self._press, self._press.y
        left = MARGIN + _COLUMNS[0][0]
        self._row(number, _ROW)
        press.code(
            person.code, left + (_COLUMNS[1][0] - _CODE) / 2, top + (_ROW - _CODE) / 2, _CODE
        )
        left += _COLUMNS[1][0] + 2
        press.name(person.name, left, top + 1.5, _NAME, Ink(bold=True))
        press.text(left, top + _ROW - 3, person.number, Ink(9.5))

    def _row(self, number: int, height: float) -> None:
        """Draw the boxes of a row, with room for hours and minutes, and go below it."""
        press, x = self._press, MARGIN
        for column, (width, _) in enumerate(_COLUMNS):
            press.box(x, press.y, width, height)
            if column in (3, 4):
                _clock(press, x + (width - 4 * _DIGIT - 2) / 2, press.y + (height - 7.5) / 2)
            x += width
        press.text(MARGIN + 1, press.y + height / 2 + 1, str(number), Ink(8))
        press.y += height


def _clock(press: Press, x: float, y: float) -> None:
    """Draw four boxes for the digits of a time."""
    for digit in range(4):
        press.box(x + digit * _DIGIT + (2 if digit > 1 else 0), y, _DIGIT, 7.5)
    press.text(x + 2 * _DIGIT + 0.6, y + 5, ":", Ink(10, bold=True))


def _time(at_ms: int) -> str:
    return iso_time(at_ms)[:16].replace("T", " ")
