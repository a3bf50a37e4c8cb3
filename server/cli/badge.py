"""`badge NUMBER… --out DIR|FILE.pdf`: a picture a person, or cards on A4 sheets; the same badge at every print."""

from pathlib import Path

import click

from server.badges.issue import YEARS
from server.badges.print_badges import print_badges
from server.badges.print_sheets import print_sheets
from server.badges.wanted import Printed, Wanted
from server.books.dates import local_day
from server.cli.composition import services
from server.cli.output import Answer, Exit, answers, progress
from server.fonts.files import find_fonts
from server.limits import BADGE_YEARS_MAX
from server.services import Services

_DOING = {"print": "已制作 / printed:"}


@click.command()
@click.argument("numbers", nargs=-1, metavar="NUMBER...")
@click.option("--all", "everybody", is_flag=True, help="所有志愿者 / every volunteer")
@click.option("--team", default="", help="一个队伍 / a team's members, by its code")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="图片文件夹，或 PDF 文件 / folder for NUMBER.png, or a file for cards on A4 sheets",
)
@click.option(
    "--years",
    type=click.IntRange(1, BADGE_YEARS_MAX),
    default=YEARS,
    show_default=True,
    help="新证件有效年数 / how long a new badge is good",
)
@answers
def badge(numbers: tuple[str, ...], everybody: bool, team: str, out: Path, years: int) -> Answer:
    """制作证件 / Print badges: one PNG a person with QR code and number, or cards with names as PDF.

    \b
      python -m server badge V0001 V0002 --out badges
      python -m server badge --team T01 --out badges.pdf
      python -m server badge --all --out badges.pdf
    """
    _check_usage(out, ways=[bool(numbers), everybody, bool(team)])
    with services() as opened:
        wanted = Wanted(numbers, team, local_day(opened.signer.clock.wall_ms()))
        printed = _print(opened, wanted, out, years)
    return Answer(printed, lambda: _text(printed, out), _status(printed))


def _print(opened: Services, wanted: Wanted, out: Path, years: int) -> Printed:
    database, key = opened.database, opened.signer.keys.badge
    now_ms = opened.signer.clock.wall_ms()
    with progress(_DOING) as show:
        if not _is_pdf(out):
            return print_badges(
                database, key, wanted, out, now_ms=now_ms, progress=show, years=years
            )
        fonts = find_fonts(opened.config.fonts)
        return print_sheets(
            database, key, wanted, out, fonts=fonts, now_ms=now_ms, progress=show, years=years
        )


def _is_pdf(out: Path) -> bool:
    return out.suffix.lower() == ".pdf"


def _check_usage(out: Path, *, ways: list[bool]) -> None:
    if sum(ways) != 1:
        raise click.UsageError("给出编号，或 --team，或 --all / name numbers, or --team, or --all")
    if _is_pdf(out) and out.is_dir():
        raise click.UsageError("--out 是文件夹 / --out is a folder")
    if not _is_pdf(out) and out.exists() and not out.is_dir():
        raise click.UsageError("--out 不是文件夹 / --out is not a folder")


def _status(printed: Printed) -> Exit:
    if not printed.unknown:
        return Exit.DONE
    return Exit.PARTLY if printed.printed else Exit.FAILED


def _text(printed: Printed, out: Path) -> str:
    where = ", ".join(printed.files) or str(out)
    lines = [f"{where}: {printed.printed} 张证件 / badges"]
    if printed.unknown:
        shown = "".join(c if c.isprintable() else "?" for c in ", ".join(printed.unknown))
        lines.append(f"没有此编号 / nobody has these numbers: {shown}")
    return "\n".join(lines)
