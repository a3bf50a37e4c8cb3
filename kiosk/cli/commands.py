"""The commands: parse, call one use case, format. What only one of them needs is loaded only by it: a scan starts fast."""

from pathlib import Path
from re import fullmatch

import click

from kiosk.cli import ending, sticks
from kiosk.cli.here import open_here
from kiosk.cli.neighbours import neighbours
from kiosk.cli.output import Answer, Exit, answers
from kiosk.cli.run import run
from kiosk.config import read_config
from kiosk.errors import Stopped, Trouble
from schemas.vocabulary import NUMBER_PATTERN, Direction


@click.command(help="登记本机 / enrol this kiosk with a one-use code")
@click.argument("code")
@click.option("--server", "url", required=True, help="服务器地址 / address of the server")
@click.option("--post", default="", help="岗位编号 / code of the post")
@click.option(
    "--demo",
    "demo_clock",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="空文件夹永久设为演示，时间由此文件定 / an empty home becomes a demo for good, with this clock",
)
@answers
def enrol(code: str, url: str, post: str, demo_clock: Path | None) -> Answer:
    """Enrol, then hold one whole sync, so that it ends with keys, revocations and roster on the kiosk."""
    from kiosk.cli import network
    from kiosk.transport import check_url
    from sync.enrolment import read

    if post and fullmatch(NUMBER_PATTERN, post) is None:
        raise Stopped(Trouble.WRONG_USAGE, "--post")
    parsed, address = read(code), check_url(url)
    if demo_clock is not None:
        from kiosk.demo import mark

        mark(read_config().home, demo_clock)
    return network.enrol(open_here(), parsed, url=address, post=post)


@click.command(
    help="扫码或输入编号 / record a scan, or a number typed by hand",
    context_settings={"ignore_unknown_options": True},  # a code may begin with a dash
)
@click.argument("text", required=False)
@click.option(
    "--image", type=click.Path(path_type=Path), help="含二维码的图片 / picture with a QR code"
)
@click.option("--direction", type=click.Choice(["in", "out", "auto"]), default="auto")
@click.option(
    "--typed", is_flag=True, help="TEXT 是手输的志愿者编号 / TEXT is a number typed by hand"
)
@answers
def scan(text: str | None, image: Path | None, direction: str, typed: bool) -> Answer:
    """Record a scan. The answer is printed only once it is on disk."""
    from kiosk.cli import screen
    from kiosk.scan import scan as record

    if (text is None) == (image is None) or (typed and image is not None):
        raise Stopped(Trouble.WRONG_USAGE, "TEXT | --image FILE | --typed NUMBER")
    if typed and fullmatch(NUMBER_PATTERN, (text or "").strip()) is None:
        raise Stopped(
            Trouble.WRONG_USAGE, "不是志愿者编号，未记录 / not a volunteer number, not recorded"
        )
    what = _from_picture(image) if image is not None else (text or "")
    chosen = None if direction == "auto" else Direction(direction)
    kiosk = open_here()
    recorded = record(kiosk, what.strip() if typed else what, direction=chosen, is_typed=typed)
    return Answer(screen.data(recorded), screen.line(recorded))


@click.command(help="立即同步 / sync now")
@click.option(
    "--neighbour",
    "addresses",
    multiple=True,
    help="也联系这个地址的邻机 / also call the neighbour at this address",
)
@answers
def sync(addresses: tuple[str, ...]) -> Answer:
    """Sync now, whatever the backoff."""
    from kiosk.cli import network
    from kiosk.neighbours.setting import check_address

    return network.sync(open_here(), [check_address(address) for address in addresses])


@click.command(help="本机状态 / how this kiosk stands")
@answers
def status() -> Answer:
    """Say how the kiosk stands."""
    from kiosk.cli import report
    from kiosk.status import status as look

    found = look(open_here())
    return Answer(found, report.status_text(found))


@click.command(help="核对全部记录 / check every record on this kiosk")
@answers
def verify() -> Answer:
    """Check the whole store against itself."""
    import sqlcipher3.dbapi2 as sqlite

    from kiosk.cli import report
    from kiosk.verify import Verified, damaged
    from kiosk.verify import verify as check

    try:
        found: Verified = check(open_here(), report.progress)
    except sqlite.DatabaseError as error:
        found = damaged(error)
    data = {
        "clean": not found.faults,
        "entries": found.entries,
        "receipts": found.receipts,
        "first_bad": found.first_bad,
        "faults": found.faults,
    }
    status = Exit.TAMPERED if found.faults else Exit.DONE
    return Answer(data, report.verify_text(found), status)


@click.command(help="体检 / check that this device is fit to be a kiosk")
@answers
def doctor() -> Answer:
    """Run every check."""
    from kiosk.cli import network, report
    from kiosk.doctor import doctor as examine

    checks = examine(open_here, network.reach)
    is_fit = all(check.ok or check.is_note for check in checks)
    data = {"ok": is_fit, "checks": checks}
    return Answer(data, report.doctor_text(checks), Exit.DONE if is_fit else Exit.FAILED)


def _from_picture(image: Path) -> str:
    from kiosk.picture import read_picture

    return read_picture(image)


COMMANDS: tuple[click.Command, ...] = (
    enrol,
    run,
    scan,
    sync,
    status,
    sticks.export,
    sticks.accept,
    sticks.slip,
    neighbours,
    verify,
    doctor,
    ending.unenrol,
    ending.wipe,
)
