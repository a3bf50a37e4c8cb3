"""`accept FILE...`: bundle files that came by stick; what goes back to the kiosks is written beside each."""

from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.cli.composition import services
from server.cli.output import Answer, Exit, Problem, answers, problem_of, say
from server.intake import accept as accepting
from server.intake.accept import Carried, Intake
from server.whole_file import open_plain, write_whole
from sync.errors import Refused
from sync.reply import Aside

REPLY_SUFFIX = ".reply.rvb"


@dataclass(frozen=True, slots=True)
class OfBundle:
    """What came of one bundle. log: whose kiosk made it; fresh: entries that were new; unsealed: batches not sealed for us.

    given_back: entries of the central log that this centre had forgotten; new_epoch: by this bundle it noticed that it had.
    """

    log: str
    entries: int
    fresh: int
    set_aside: list[dict[str, object]]
    later: list[dict[str, object]]
    unsealed: int
    given_back: int
    new_epoch: bool


@dataclass(frozen=True, slots=True)
class OfFile:
    """What came of one file. reply: the file for its kiosks, "" if none was written. code, message: what went wrong."""

    file: str
    bundles: list[OfBundle]
    reply: str
    code: str = ""
    message: str = ""


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--reply",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="回执文件放到这个文件夹 / folder for the replies (default: beside each file)",
)
@answers
def accept(files: tuple[Path, ...], folder: Path | None) -> Answer:
    """接收 U 盘带来的数据包 / Take in bundle files that came by stick, and write the replies for their kiosks.

    \b
      python -m server accept /media/stick/S01.rvb
      python -m server accept *.rvb --reply replies
    """
    with services() as opened:
        intake = accepting.intake_of(opened)
        found = [_accept(intake, file, folder or file.parent) for file in files]
    return Answer(found, "\n".join(_line(of) for of in found), _status(found))


def _accept(intake: Intake, file: Path, folder: Path) -> OfFile:
    """Take in one file; whatever is wrong with it stops no other."""
    try:
        with open_plain(file) as opened:
            carried = accepting.accept(intake, opened)
    except (Refused, OSError, DBAPIError, PoolTimeout) as error:
        return OfFile(str(file), [], "", *_words(error))
    bundles = [_of(each) for each in carried]
    reply = folder / f"{file.stem}{REPLY_SUFFIX}"
    try:
        write_whole(reply, accepting.reply_to(intake, carried))
    except OSError as error:
        say(
            "已收下，但回执写不出，请用 --reply / taken in, but the reply was not written: use --reply"
        )
        return OfFile(str(file), bundles, "", *_words(error))
    return OfFile(str(file), bundles, str(reply))


def _words(error: Exception) -> tuple[str, str]:
    problem: Problem | None = problem_of(error)
    if problem is None:
        raise error
    return problem.code, problem.message


def _of(carried: Carried) -> OfBundle:
    aside, later = ([_part(part) for part in parts] for parts in (carried.aside, carried.later))
    return OfBundle(
        carried.header.log,
        carried.entries,
        carried.fresh,
        aside,
        later,
        len(carried.unsealed),
        carried.given_back,
        carried.is_new_epoch,
    )


def _part(part: Aside) -> dict[str, object]:
    return {"log": part.log, "first": part.first, "last": part.last, "code": part.code}


def _status(found: list[OfFile]) -> Exit:
    bad = [of for of in found if of.code]
    if len(bad) == len(found) and not any(of.bundles for of in found):
        return Exit.LATER if all(of.code in _LATER for of in bad) else Exit.REFUSED
    is_partly = any(
        bundle.set_aside or bundle.later or bundle.unsealed for of in found for bundle in of.bundles
    )
    return Exit.PARTLY if bad or is_partly else Exit.DONE


_LATER = frozenset({"try_later", "database_busy", "database_unreachable"})


_FORGOTTEN = (
    "! 本中心的数据比它签过的旧（恢复过备份）：已开始新纪元。把回执带回签到机，请它再导出一次，就会补齐 / "
    "this centre knows less than it signed for (it was restored): a new epoch began. "
    "Take the reply back to the kiosk and let it export once more: that refills the centre"
)


def _line(of: OfFile) -> str:
    if of.code and not of.bundles:
        return f"✕ {of.file}  {of.code}  {of.message}"
    lines = [f"{'!' if of.code else '✓'} {of.file}  → {of.reply or of.message}"]
    lines += [
        f"  {bundle.log}  {bundle.entries} 条 entries, 新 new {bundle.fresh}"
        for bundle in of.bundles
    ]
    lines += [f"  {_FORGOTTEN}" for bundle in of.bundles if bundle.new_epoch]
    lines += [
        f"  中心记录找回 {bundle.given_back} 条 / entries of the central log that came back: {bundle.given_back}"
        for bundle in of.bundles
        if bundle.given_back
    ]
    lines += [
        f"  ! {bundle.unsealed} 批不是封给本中心的，未收 / batches not sealed for this centre, not kept"
        for bundle in of.bundles
        if bundle.unsealed
    ]
    lines += [
        f"  ! {word}  {part['log']} {part['first']}-{part['last']}  {part['code']}"
        for bundle in of.bundles
        for word, parts in (
            ("被搁置 / set aside", bundle.set_aside),
            ("稍后再试 / bring again later", bundle.later),
        )
        for part in parts
    ]
    return "\n".join(lines)
