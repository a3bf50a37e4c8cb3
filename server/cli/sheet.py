"""`sheet`: sheets for the field as PDF: sign-in sheets, signs for posts, enrolment codes, who is insured."""

from pathlib import Path
from typing import Any

import click

from server.books.dates import local_day
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, Exit, answers, progress
from server.cli.types import LocalDate, NumberType
from server.fonts.files import find_fonts
from server.papers.press import PAPER_MARK, Type
from server.services import Services
from server.sheets.duties import Wanted
from server.sheets.duty_cards import read_cards
from server.sheets.enrolment import EnrolmentWish, print_enrolment
from server.sheets.insured import print_insured
from server.sheets.post_signs import print_signs
from server.sheets.sign_in import print_sign_in

_DOING = {"print": "已制作 / printed:"}
_OUT = click.option("--out", type=click.Path(path_type=Path), required=True, help="PDF 文件 / file")
_SITE = click.option("--site", type=NumberType(), default=None, help="站点 / one site")
_REGION = click.option(
    "--region", type=NumberType(), default=None, help="区划 / a region with all below it"
)
_DAY = click.option(
    "--day", type=LocalDate(), default=None, help="日期，默认今天 / local date; today"
)


@click.group()
def sheet() -> None:
    """现场单据 / Sheets for the field, on A4: they hold names or codes, so print them, then delete the files."""


@sheet.command("sign-in")
@click.argument("shifts", nargs=-1, type=NumberType(), metavar="SHIFT...")
@_SITE
@_REGION
@_DAY
@_OUT
@answers
def sign_in(
    shifts: tuple[str, ...], site: str | None, region: str | None, day: int | None, out: Path
) -> Answer:
    """签到表 / Sign-in sheets for when a kiosk cannot be used: of some SHIFTs, or of all that start on a day.

    \b
      python -m server sheet sign-in H0801 --out h0801.pdf
      python -m server sheet sign-in --site S01 --day 2026-11-03 --out s01.pdf
    """
    _check_out(out)
    if shifts and (site or region or day is not None):
        raise click.UsageError("给出班次，或日期和地点 / name shifts, or a day and a place")
    with services() as opened, progress(_DOING) as show:
        made = print_sign_in(
            opened.database,
            opened.signer.keys.badges,
            _type(opened),
            _wanted(opened, day, site, region, shifts),
            out,
            foot=_foot(opened),
            now_ms=opened.signer.clock.wall_ms(),
            progress=show,
        )
    words = f"{made.shifts} 个班次 shifts，{made.people} 人次 rows，{made.pages} 页 pages"
    return _answer(made, made.files, words)


@sheet.command("posts")
@_SITE
@_REGION
@click.option(
    "--cards",
    type=click.Path(path_type=Path),
    default=None,
    help="岗位须知表 / duty cards: post, what, how, protect",
)
@_OUT
@answers
def posts(site: str | None, region: str | None, cards: Path | None, out: Path) -> Answer:
    """岗位牌 / A sign for each post, with its duty card, or lines to write it on.

    \b
      python -m server sheet posts --site S01 --cards cards.csv --out signs.pdf
    """
    _check_out(out)
    known = read_cards(cards) if cards is not None else {}
    with services() as opened, progress(_DOING) as show:
        wanted = _wanted(opened, None, site, region)
        now_ms = opened.signer.clock.wall_ms()
        made = print_signs(
            opened.database,
            _type(opened),
            wanted,
            known,
            out,
            foot=_foot(opened),
            now_ms=now_ms,
            progress=show,
        )
    words = f"{made.signs} 块 signs，其中空白 blank {made.blank}"
    if made.unknown:
        words += f"；没有这些岗位 no such posts here: {', '.join(made.unknown[:20])}"
    return _answer(made, made.files, words, Exit.PARTLY if made.unknown and not site else Exit.DONE)


@sheet.command("enrolment")
@click.argument("sites", nargs=-1, type=NumberType(), metavar="SITE...")
@_REGION
@click.option("--all", "everywhere", is_flag=True, help="所有站点 / every site")
@click.option(
    "--per-page", type=click.Choice(["1", "4"]), default="4", help="每页几张 / how many to a page"
)
@click.option("--server", default="", help="服务器地址 / address that kiosks are told, https://…")
@_OUT
@answers
def enrolment(
    sites: tuple[str, ...],
    region: str | None,
    everywhere: bool,
    per_page: str,
    server: str,
    out: Path,
) -> Answer:
    """登记码单 / A new one-use enrolment code for a kiosk of each site, as QR and text.

    \b
      python -m server sheet enrolment S01 S02 --out codes.pdf
      python -m server sheet enrolment --region R1 --server https://redvest.example.cn --out codes.pdf
    """
    _check_out(out)
    if sum((bool(sites), bool(region), everywhere)) != 1:
        raise click.UsageError(
            "给出站点，或 --region，或 --all / name sites, or --region, or --all"
        )
    address = text_option("--server", server)
    with services() as opened, progress(_DOING) as show:
        wish = EnrolmentWish(sites, region or "", int(per_page), address, _foot(opened))
        made = print_enrolment(opened.database, opened.signer, _type(opened), wish, out, show)
    words = (
        f"{len(made.sites)} 个登记码 codes，有效至 good until {made.until}，{made.pages} 页 pages"
    )
    return _answer(made, made.files, words)


@sheet.command("insured")
@_SITE
@_REGION
@_DAY
@_OUT
@answers
def insured(site: str | None, region: str | None, day: int | None, out: Path) -> Answer:
    """当日保险名单 / Who is on shift that day, and who of them is insured.

    \b
      python -m server sheet insured --region R1 --day 2026-11-03 --out insured.pdf
    """
    _check_out(out)
    with services() as opened, progress(_DOING) as show:
        wanted = _wanted(opened, day, site, region)
        now_ms = opened.signer.clock.wall_ms()
        made = print_insured(
            opened.database,
            _type(opened),
            wanted,
            out,
            foot=_foot(opened),
            now_ms=now_ms,
            progress=show,
        )
    without = " ".join(made.not_insured[:50])
    words = f"{made.people} 人 people，已投保 insured {made.insured}；未投保 not insured: {without or '—'}"
    return _answer(made, made.files, words)


def _foot(opened: Services) -> str:
    """Say under every page of a demo that it is one."""
    return f"{PAPER_MARK} · " if opened.central.clock.is_demo else ""


def _type(opened: Services) -> Type:
    return Type(find_fonts(opened.config.fonts))


def _wanted(
    opened: Services,
    day: int | None,
    site: str | None,
    region: str | None,
    shifts: tuple[str, ...] = (),
) -> Wanted:
    if site and region:
        raise click.UsageError("--site 和 --region 只给一个 / give --site or --region, not both")
    today = local_day(opened.signer.clock.wall_ms())
    return Wanted(today if day is None else day, shifts, site or "", region or "")


def _check_out(out: Path) -> None:
    if out.suffix.lower() != ".pdf" or out.is_dir():
        raise click.UsageError("--out 须为 PDF 文件 / --out takes a file NAME.pdf")


def _answer(made: Any, files: list[str], words: str, status: Exit = Exit.DONE) -> Answer:
    return Answer(made, f"{', '.join(files)}: {words}", status)
