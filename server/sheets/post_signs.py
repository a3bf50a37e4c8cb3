"""Signs for posts: a page each, to be read from afar, with the duty card below, or lines to write it on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.database import Database
from server.limits import SHEET_POSTS_MAX
from server.papers.press import GREY, INNER, MARGIN, RED, Ink, Press, Room, Type
from server.papers.stack import Stack
from server.people.titles import titles
from server.sheets.duties import Wanted, read_posts, read_sites
from server.sheets.duty_cards import DutyCard
from sync.errors import Refused

TITLE = "岗位牌 / Post signs"
_PANELS = (("做什么", "What to do"), ("怎么干", "How"), ("怎么防护", "How to protect yourself"))
_PANEL = 50.0
_LINE = 10.5
_SIZES = (96, 84, 72, 60, 54, 48, 42, 36, 30, 26, 22, 18, 15, 12, 10, 8)
_TEXT_SIZES = (17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5)


@dataclass(frozen=True, slots=True)
class Sign:
    """What a sign says. needs: what it takes, as imported, joined by `;`. capacity: people at once (None: not said)."""

    site_name: str
    post: str
    name: str
    role: str
    capacity: int | None
    needs: str


@dataclass(frozen=True, slots=True)
class SignsMade:
    """What was printed. blank: signs without a duty card, which have lines to write on. unknown: cards of no post here."""

    signs: int
    blank: int
    unknown: list[str]
    pages: int
    files: list[str]


def print_signs(
    database: Database,
    type_: Type,
    wanted: Wanted,
    cards: Mapping[str, DutyCard],
    file: Path,
    *,
    foot: str = "",
    now_ms: int,
    progress: Callable[[str, int], None],
    part: Part = EVERYTHING,
) -> SignsMade:
    """Print a sign for each post. Raise `Refused`: `not_found`, `too_large`, `glyph_missing`, `does_not_fit`."""
    signs = _signs(database, wanted, part)
    stack = Stack(type_, title=TITLE, now_ms=now_ms, foot=foot.strip(" ·"))
    for count, sign in enumerate(signs, 1):
        _draw(stack.page(), sign, cards.get(sign.post))
        progress("print", count)
    files = stack.save(file)
    posts = {sign.post for sign in signs}
    unknown = sorted(set(cards) - posts)
    return SignsMade(len(signs), len(posts - set(cards)), unknown, stack.pages, files)


def _signs(database: Database, wanted: Wanted, part: Part) -> list[Sign]:
    with database.read() as connection:
        posts = read_posts(connection, read_sites(connection, wanted, part), wanted.day)
        called = titles(connection, "site")
    if not posts:
        raise Refused(Code.NOT_FOUND, "没有岗位 / there are no posts")
    if len(posts) > SHEET_POSTS_MAX:
        words = f"超过 {SHEET_POSTS_MAX} 个岗位，请按站点或区划 / too many: by site or region"
        raise Refused(Code.TOO_LARGE, words)
    return [
        Sign(
            called.get(post.site, post.site), code, post.name, post.role, post.capacity, post.needs
        )
        for code, post in sorted(posts.items(), key=lambda item: (item[1].site, item[0]))
    ]


def _draw(press: Press, sign: Sign, card: DutyCard | None) -> None:
    y = MARGIN
    press.block(sign.site_name, MARGIN, y, Room(INNER, 17, _SIZES[6:], middle=True), Ink())
    press.rule(y + 19, colour=RED, weight=1.2)
    name = Room(INNER, 48, _SIZES, middle=True)
    press.block(sign.name, MARGIN, y + 22, name, Ink(bold=True))
    press.block(_about(sign), MARGIN, y + 72, Room(INNER, 12, _TEXT_SIZES), Ink())
    press.y = y + 87
    for number, (chinese, english) in enumerate(_PANELS):
        text = card[number] if card is not None else ""
        _panel(press, f"{chinese}  {english}", text)
    press.text(MARGIN, press.y + 3, f"岗位编号 Post {sign.post}", Ink(9, colour=GREY))


def _about(sign: Sign) -> str:
    """Say role, how many at once, and what it takes."""
    said = [f"角色 Role：{sign.role}" if sign.role else ""]
    said += [f"定员 At once：{sign.capacity}" if sign.capacity is not None else ""]
    said += [f"要求 Needs：{sign.needs.replace(';', '、')}" if sign.needs else ""]
    return "   ".join(filter(None, said))


def _panel(press: Press, heading: str, text: str) -> None:
    """Draw one part of the duty card; where nothing is known, lines to write on."""
    top = press.y
    press.box(MARGIN, top, INNER, _PANEL)
    press.box(MARGIN, top, INNER, 10, grey=235)
    press.text(MARGIN + 3, top + 7, heading, Ink(13, bold=True))
    if text:
        room = Room(INNER - 6, _PANEL - 13, _TEXT_SIZES)
        press.block(text, MARGIN + 3, top + 11.5, room, Ink())
    else:
        for line in range(1, 4):
            press.rule(top + 10 + line * _LINE, colour=GREY, weight=0.1)
    press.y = top + _PANEL + 5
