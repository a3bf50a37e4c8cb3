"""`badge NUMBER… --out DIR`: one picture a person, the same at every print."""

from pathlib import Path

import click

from server.badges.issue import YEARS
from server.badges.print_badges import Printed, print_badges
from server.cli.composition import services
from server.cli.output import Answer, Exit, answers, progress
from server.limits import BADGE_YEARS_MAX

_DOING = {"print": "已制作 / printed:"}


@click.command()
@click.argument("numbers", nargs=-1, metavar="NUMBER...")
@click.option("--all", "everybody", is_flag=True, help="所有志愿者 / every volunteer")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="图片文件夹 / folder for NUMBER.png",
)
@click.option(
    "--years",
    type=click.IntRange(1, BADGE_YEARS_MAX),
    default=YEARS,
    show_default=True,
    help="新证件有效年数 / how long a new badge is good",
)
@answers
def badge(numbers: tuple[str, ...], everybody: bool, out: Path, years: int) -> Answer:
    """制作证件 / Print badges: the QR code and the number, one PNG a person.

    \b
      python -m server badge V0001 V0002 --out badges
      python -m server badge --all --out badges
    """
    _check_usage(numbers, everybody, out)
    with services() as opened, progress(_DOING) as show:
        printed = print_badges(
            opened.database,
            opened.signer.keys.badge,
            None if everybody else numbers,
            out,
            now_ms=opened.signer.clock.wall_ms(),
            progress=show,
            years=years,
        )
    return Answer(printed, lambda: _text(printed, out), _status(printed))


def _check_usage(numbers: tuple[str, ...], everybody: bool, out: Path) -> None:
    if bool(numbers) == everybody:
        raise click.UsageError("给出编号，或用 --all / name numbers, or --all")
    if out.suffix.lower() == ".pdf":
        raise click.UsageError("暂不支持 PDF，请给文件夹 / PDF comes later: name a folder")
    if out.exists() and not out.is_dir():
        raise click.UsageError("--out 不是文件夹 / --out is not a folder")


def _status(printed: Printed) -> Exit:
    if not printed.unknown:
        return Exit.DONE
    return Exit.PARTLY if printed.printed else Exit.FAILED


def _text(printed: Printed, out: Path) -> str:
    lines = [f"{out}: {printed.printed} 张证件 / badges"]
    if printed.unknown:
        shown = "".join(c if c.isprintable() else "?" for c in ", ".join(printed.unknown))
        lines.append(f"没有此编号 / nobody has these numbers: {shown}")
    return "\n".join(lines)
