"""The commands for sticks and couriers: bundle files out and in. Each parses, calls one use case, and formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.cli.here import open_here
from kiosk.cli.output import Answer, Exit, answers

if TYPE_CHECKING:
    from kiosk.accept import Accepted
    from kiosk.export import Exported


@click.command(help="导出到 U 盘 / write a bundle file, for a stick")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="全部记录，不只待上传的 / everything, not only what is pending",
)
@answers
def export(file: Path, everything: bool) -> Answer:
    """Export what no receipt proves yet, or everything."""
    from kiosk.export import export as write

    done = write(open_here(), file, everything=everything)
    data = {
        "file": done.file,
        "bytes": done.size,
        "entries": done.entries,
        "runs": [run._asdict() for run in done.runs],
        "carried": done.carried,
        "left": done.left,
    }
    return Answer(data, _exported(done), Exit.PARTLY if done.left else Exit.DONE)


@click.command(
    help="接收 U 盘带回的文件 / take in a file from a stick: receipts, or other kiosks' bundles"
)
@click.argument("file", type=click.Path(path_type=Path))
@answers
def accept(file: Path) -> Answer:
    """Take in a bundle file."""
    from kiosk.accept import accept as take

    done = take(open_here(), file)
    data = {
        "proved": done.proved,
        "set_aside": done.set_aside,
        "pages": done.pages,
        "kept": done.kept,
        "known": done.known,
        "done": done.done,
        "refused": done.refused,
        "diverged": done.diverged,
        "new_epoch": done.new_epoch,
    }
    is_partly = bool(done.refused or done.set_aside or done.diverged)
    return Answer(data, _accepted(done), Exit.PARTLY if is_partly else Exit.DONE)


@click.command(help="以二维码交出一条签到 / show a scan as a code that any phone delivers")
@click.argument("seq", required=False, type=click.IntRange(min=1))
@click.option(
    "--out", type=click.Path(path_type=Path), help="二维码图片 / write the QR code as a PNG"
)
@answers
def slip(seq: int | None, out: Path | None) -> Answer:
    """Give one entry as a slip: the last scan, or the entry with this seq."""
    from kiosk.draw import draw_qr
    from kiosk.slip import slip as give
    from kiosk.whole_file import write_whole

    found = give(open_here(), seq)
    picture, version = draw_qr(found.link)
    if out is not None:
        write_whole(out, [picture], lambda _: None)
    data = {
        "log": found.log,
        "seq": found.seq,
        "link": found.link,
        "version": version,
        "file": "" if out is None else str(out),
    }
    return Answer(data, found.link if out is None else f"{out}  (seq {found.seq})")


_PENDING_STILL = "导出不等于送达：收到回执前仍算待上传 / exported is not delivered: pending until a receipt comes back"
_NOTHING_PENDING = (
    "没有待上传的记录；这个文件可换回最新的密钥和名单 / "
    "nothing of this kiosk was pending; the reply to this file brings keys and roster up to date"
)


def _exported(done: Exported) -> str:
    lines = [
        f"已导出 {done.entries} 条 ✓ 可以拔出 U 盘 / exported {done.entries}, safe to pull out: {done.file}",
        _PENDING_STILL if done.entries else _NOTHING_PENDING,
    ]
    if done.carried:
        lines.append(f"另有代传 {done.carried} 件 / and {done.carried} for other kiosks")
    if done.left:
        lines.append(
            f"! 还有 {done.left} 条放不下，请再导出一次 / {done.left} had no room: export again later"
        )
    return "\n".join(lines)


def _accepted(done: Accepted) -> str:
    lines = [
        f"收据证实 {done.proved} 条 ✓ receipts prove {done.proved}",
        f"名单更新 {done.pages}，代传 {done.kept} / view pages {done.pages}, carried for others {done.kept}",
    ]
    if done.set_aside:
        lines.append(
            f"! {done.set_aside} 批被服务器搁置 / {done.set_aside} batches set aside by the centre"
        )
    if done.refused:
        codes = ", ".join(sorted(set(done.refused)))
        lines.append(f"! 有内容不可信，未采用 / not believed: {codes}")
    if done.new_epoch:
        lines.append(
            "! 中心恢复过旧数据，本机记录都在；请再导出一次并带去中心 / "
            "the centre was restored from an old copy; everything is still here: export once more and take it there"
        )
    if done.diverged:
        lines.append(
            "! 本机像是被复制或恢复过，已另开新日志 / this kiosk looks like a copy or was restored"
        )
    return "\n".join(lines)
