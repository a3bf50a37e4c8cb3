"""`badge NUMBER… --out DIR|FILE.pdf`: a picture a person, or cards on A4 sheets; the same badge at every print."""

from pathlib import Path

import click

from server.badges.issue import YEARS
from server.badges.job import Job, Replace
from server.badges.print_badges import print_badges
from server.badges.print_sheets import print_sheets
from server.badges.wanted import Printed, Wanted
from server.books.dates import local_day
from server.books.derive.queue import queue_people
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, Exit, answers, progress
from server.fonts.files import find_fonts
from server.limits import BADGE_YEARS_MAX

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
@click.option(
    "--reissue",
    is_flag=True,
    help="旧证件作废，发下一张 / revoke what these people have, and issue the next",
)
@click.option("--reason", default="", help="作废原因 / why, with --reissue")
@answers
def badge(
    numbers: tuple[str, ...],
    everybody: bool,
    team: str,
    out: Path,
    years: int,
    reissue: bool,
    reason: str,
) -> Answer:
    """制作证件 / Print badges: one PNG a person with QR code and number, or cards with names as PDF.

    \b
      python -m server badge V0001 V0002 --out badges
      python -m server badge --team T01 --out badges.pdf
      python -m server badge --all --out badges.pdf
      python -m server badge V0001 --reissue --reason 遗失 --out badges
    """
    _check_usage(out, ways=[bool(numbers), everybody, bool(team)])
    if bool(reason) != reissue or (reissue and not numbers):
        raise click.UsageError("--reissue 要编号和 --reason / --reissue takes numbers and --reason")
    why = text_option("--reason", reason)
    with services() as opened, progress(_DOING) as show:
        now_ms = opened.signer.clock.wall_ms()
        job = Job(
            database=opened.database,
            keys=opened.signer.keys.badges,
            wanted=Wanted(numbers, team, local_day(now_ms)),
            now_ms=now_ms,
            progress=show,
            years=years,
            is_demo=opened.central.clock.is_demo,
            replace=Replace(why, opened.central.record_revocation, queue_people)
            if reissue
            else None,
        )
        printed = _print(job, out, opened.config.fonts)
    return Answer(printed, lambda: _text(printed, out), _status(printed))


def _print(job: Job, out: Path, fonts: Path) -> Printed:
    return print_sheets(job, out, find_fonts(fonts)) if _is_pdf(out) else print_badges(job, out)


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
    if printed.replaced:
        lines.append(f"作废旧证件 {printed.replaced} 张 / old badges revoked: {printed.replaced}")
    if printed.unknown:
        shown = "".join(c if c.isprintable() else "?" for c in ", ".join(printed.unknown))
        lines.append(f"没有此编号 / nobody has these numbers: {shown}")
    return "\n".join(lines)
