"""`revoke badge NUMBER`: a lost badge stops counting from now on. `revoke log LOG`: so does what a lost kiosk records."""

from re import fullmatch

import click

from server.badges.revoke import revoke_badge
from server.books.dates import iso_time
from server.books.derive.queue import queue_people
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, answers, say
from server.imports import cells
from server.imports.reasons import SENTENCES, Reason
from server.intake import revoke_log as revoking
from server.intake.revoke_log import RevokedLog, Wish


@click.group()
def revoke() -> None:
    """吊销 / Revoke what was lost or stolen."""


@revoke.command("badge")
@click.argument("number")
@click.option("--reason", default="", help="原因 / why, in words")
@answers
def revoke_a_badge(number: str, reason: str) -> Answer:
    """吊销一个人的证件 / Revoke a person's badges; printing again issues a new one."""
    why = text_option("--reason", reason)
    with services() as opened:
        revoked = revoke_badge(
            opened.database,
            number,
            why,
            now_ms=opened.signer.clock.wall_ms(),
            append=opened.central.record_revocation,
            queue_people=queue_people,
        )
    word = "早已吊销 / was revoked before" if revoked.already else "已吊销 / revoked"
    return Answer(revoked, f"{number} #{revoked.serial}: {word}")


@revoke.command("log")
@click.argument("log")
@click.option("--seq", type=click.IntRange(0), help="最后一条有效记录 / the last entry that stands")
@click.option("--hash", "entry_hash", default="", help="该条的哈希 / its hash, where there are two")
@click.option("--lost-at", default="", help="丢失时间（默认现在） / when it was lost (now)")
@click.option("--reason", required=True, help="原因 / why, in words")
@click.option("--by", default="", help="谁要求的 / who says so")
@click.option("--dry-run", is_flag=True, help="只看会扣留什么 / only say what it would hold")
@answers
def revoke_a_log(
    log: str,
    seq: int | None,
    entry_hash: str,
    lost_at: str,
    reason: str,
    by: str,
    dry_run: bool,
) -> Answer:
    """吊销一台签到机的日志 / Revoke a kiosk's log: it stands up to one entry, all else is kept and held.

    \b
      python -m server revoke log LOG --lost-at 2026-11-21T18:30 --reason 被盗 --dry-run
    """
    with services() as opened:
        wish = Wish(
            log,
            _moment(lost_at, opened.signer.clock.wall_ms()),
            text_option("--reason", reason),
            text_option("--by", by),
            seq,
            _hash(entry_hash, seq),
        )
        found = revoking.preview(opened.database, opened.central, wish)
        if dry_run:
            return Answer(found, _holds(found))
        say(_holds(found))
        done = revoking.revoke_log(opened.database, opened.central, wish)
    word = "早已吊销 / was revoked before" if done.already else "已吊销 / revoked"
    return Answer(done, f"{done.log}: {word}")


def _holds(found: RevokedLog) -> str:
    lines = (
        f"{found.log}  {found.site}",
        f"有效至第 {found.seq} 条 / stands up to entry {found.seq}  ({iso_time(found.from_ms)})",
        f"扣留 / holds: {found.entries} 条 entries, {found.scans} 次扫码 scans, {found.people} 人 people",
    )
    return "\n".join(lines)


def _moment(given: str, now_ms: int) -> int:
    """Read when it was lost: local time unless it says otherwise, and not in the future."""
    if not given:
        return now_ms
    found = cells.moment(given)
    if isinstance(found, Reason):
        raise click.UsageError(f"--lost-at: {' / '.join(SENTENCES[found])}")
    if not isinstance(found, int) or not 0 <= found <= now_ms:
        raise click.UsageError("--lost-at: 不能在将来 / not in the future")
    return found


def _hash(given: str, seq: int | None) -> bytes | None:
    if not given:
        return None
    if seq is None or not fullmatch(r"[0-9a-f]{64}", given):
        raise click.UsageError("--hash: --seq, 64 × 0-9 a-f")
    return bytes.fromhex(given)
