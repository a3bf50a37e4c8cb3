"""Enrolment sheets: a one-use code for a kiosk of each site, as QR and as text, one to a page or four."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.books.dates import iso_date, local_day
from server.database import Database
from server.intake.enrol import CODE_DAYS, make_codes
from server.limits import ENROLMENT_SITES_MAX
from server.papers.press import GREY, HEIGHT, INNER, MARGIN, RED, Ink, Press, Room, Type
from server.papers.stack import Stack
from server.people.titles import titles
from server.sheets.duties import Wanted, read_sites
from server.signing import Signer
from sync.errors import Refused

TITLE = "签到机登记码 / Enrolment codes for kiosks"
_FOOT = "登记码等同钥匙：面交站点负责人，用后销毁 / A code is a key: hand it over in person, destroy it once it is used"
_DAY_MS = 86_400_000
_GAP = 6.0


@dataclass(frozen=True, slots=True)
class EnrolmentWish:
    """Codes for which sites: some by code, of a region, or all (neither). server: the address that kiosks are told.

    by: the account that asks.
    """

    sites: tuple[str, ...] = ()
    region: str = ""
    per_page: int = 4
    server: str = ""
    foot: str = ""
    part: Part = EVERYTHING
    by: str = ""


@dataclass(frozen=True, slots=True)
class CodesMade:
    """What was printed. until: the local date on which the codes end."""

    sites: list[str]
    until: str
    pages: int
    files: list[str]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A code of a site, and until when it is good."""

    site: str
    name: str
    code: str
    until: str
    server: str


def print_enrolment(
    database: Database,
    signer: Signer,
    type_: Type,
    wish: EnrolmentWish,
    file: Path,
    progress: Callable[[str, int], None],
) -> CodesMade:
    """Make a code for each site, and print it. Every print makes new codes; what is never used ends by itself.

    Raise `Refused`: `not_found`, `too_large`, `glyph_missing`, `does_not_fit`: then no file is written.
    """
    now_ms = signer.clock.wall_ms()
    sites = _sites(database, wish, local_day(now_ms))
    with database.read() as connection:
        called = titles(connection, "site")
    until = iso_date(local_day(now_ms + CODE_DAYS * _DAY_MS))
    codes = make_codes(database, signer, sites, wish.by)
    stack = Stack(type_, title=TITLE, now_ms=now_ms, foot=wish.foot + _FOOT)
    for count, (site, code) in enumerate(zip(sites, codes, strict=True)):
        press = stack.page() if count % wish.per_page == 0 else stack.press
        ticket = Ticket(site, called.get(site, ""), code.text(), until, wish.server)
        _draw(press, ticket, _place(count % wish.per_page, wish.per_page))
        progress("print", count + 1)
    files = stack.save(file)
    return CodesMade(sites, until, stack.pages, files)


def _sites(database: Database, wish: EnrolmentWish, day: int) -> list[str]:
    with database.read() as connection:
        if wish.sites:
            single = [Wanted(day, site=site) for site in dict.fromkeys(wish.sites)]
            sites = [s for one in single for s in read_sites(connection, one, wish.part)]
        else:
            sites = read_sites(connection, Wanted(day, region=wish.region), wish.part)
    if len(sites) > ENROLMENT_SITES_MAX:
        words = f"超过 {ENROLMENT_SITES_MAX} 个站点，请按区划 / too many sites: by region"
        raise Refused(Code.TOO_LARGE, words)
    return sites


_Place = tuple[float, float, float, float]
"""x, y, width and height of a ticket, in mm."""


def _place(number: int, per_page: int) -> _Place:
    if per_page == 1:
        return MARGIN, MARGIN, INNER, HEIGHT - 2 * MARGIN - 8
    width, height = (INNER - _GAP) / 2, (HEIGHT - 2 * MARGIN - 8 - _GAP) / 2
    row, column = divmod(number, 2)
    return MARGIN + column * (width + _GAP), MARGIN + row * (height + _GAP), width, height


def _draw(press: Press, ticket: Ticket, place: _Place) -> None:
    """Draw a ticket: the site, the code to scan and to type, until when it is good, and what to do."""
    x, y, width, height = place
    large = width > INNER / 2
    scale = 1.7 if large else 1.0
    inner, left = width - 10, x + 5
    press.box(x, y, width, height)
    press.text(left, y + 7 * scale, "签到机登记码 Kiosk enrolment", Ink(9 * scale, colour=GREY))
    sizes = [size * scale for size in (16, 14, 12, 10, 9, 8, 7, 6)]
    room = Room(inner, 15 * scale, sizes)
    press.block(ticket.name or ticket.site, left, y + 9 * scale, room, Ink(bold=True))
    press.text(left, y + 29 * scale, f"站点 Site {ticket.site}", Ink(9 * scale))
    side = min(inner - 16, 48 * scale)
    top = y + 34 * scale
    press.code(ticket.code, x + (width - side) / 2, top, side)
    _below(press, ticket, (left, top + side + 7 * scale), scale, inner)


def _below(
    press: Press, ticket: Ticket, at: tuple[float, float], scale: float, inner: float
) -> None:
    """Write what stands below the code."""
    left, y = at
    groups = ticket.code.split("-")
    for half in (groups[:4], groups[4:]):
        press.text(left, y, "-".join(half), Ink(11 * scale, bold=True))
        y += 5 * scale
    press.text(left, y, f"有效至 Good until {ticket.until}", Ink(9 * scale, bold=True, colour=RED))
    press.y = y + 1.5 * scale
    for line in _steps(ticket):
        press.paragraph(line, Ink(7 * scale), x=left, width=inner)


def _steps(ticket: Ticket) -> Sequence[str]:
    command = f"python -m kiosk enrol CODE --server {ticket.server or 'https://…'}"
    return (
        "只能用一次；过期或遗失请另领 One use only; ask for another if it is lost",
        "在新签到机上运行，CODE 换成上面的码 Run on the new kiosk:",
        command,
    )
