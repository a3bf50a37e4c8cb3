"""`badge-key`: the keys that sign badges, and how they change."""

import click

from server.badges.rotate import KeyChange, Rotated, Withdrawn
from server.badges.signing_keys import recorder
from server.badges.tell_keys import KeyTold, tell_keys
from server.books.dates import DAY_MS, iso_time
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, answers
from server.limits import KEY_TAKEOVER_DAYS_MAX
from server.services import Services

TAKEOVER_DAYS = 14
"""How long kiosks have to fetch a new key before it signs, unless staff say otherwise."""


@click.group("badge-key")
def badge_key() -> None:
    """证件签名密钥 / The keys that sign badges."""


@badge_key.command("list")
@answers
def list_keys() -> Answer:
    """列出密钥 / List the keys: what each does, its badges, and how many kiosks were heard since it was announced."""
    with services() as opened, opened.database.read() as connection:
        told = tell_keys(connection, opened.signer.clock.wall_ms(), opened.signer.keys.badges)
    return Answer(told, "\n".join(_line(key) for key in told))


@badge_key.command("rotate")
@click.option(
    "--days",
    type=click.IntRange(0, KEY_TAKEOVER_DAYS_MAX),
    default=TAKEOVER_DAYS,
    show_default=True,
    help="几天后启用 / days until it signs",
)
@click.option("--now", "at_once", is_flag=True, help="立即启用 / it signs at once")
@answers
def rotate(days: int, at_once: bool) -> Answer:
    """更换密钥 / Announce a new key to all kiosks; it signs later, so that every kiosk knows it by then."""
    with services() as opened:
        now_ms = opened.signer.clock.wall_ms()
        done = _change(opened).rotate(now_ms if at_once else now_ms + days * DAY_MS)
    return Answer(done, _rotated(done))


@badge_key.command("withdraw")
@click.argument("key")
@click.option("--reason", required=True, help="原因 / why, in words")
@answers
def withdraw(key: str, reason: str) -> Answer:
    """收回密钥 / Withdraw a key that may be in strangers' hands: its badges stop counting; print new ones."""
    why = text_option("--reason", reason)
    with services() as opened:
        done = _change(opened).withdraw(key.lower(), why)
    return Answer(done, _withdrawn(done))


def _change(opened: Services) -> KeyChange:
    return KeyChange(
        opened.database,
        opened.config.keys,
        opened.signer.clock.wall_ms(),
        recorder(opened.central),
    )


def _line(key: KeyTold) -> str:
    since = iso_time(key.from_ms) if key.from_ms else "…"
    kiosks = f"签到机 / kiosks {key.kiosks_since} / {key.kiosks}"
    here = "" if key.here else "  ✕ 私钥不在本机 / private key is not here"
    return f"{key.key}  {key.state}  {since}  证件 / badges {key.badges}  {kiosks}{here}"


def _rotated(done: Rotated) -> str:
    word = "早已公布 / was announced before" if done.already else "已公布 / announced"
    lines = [
        f"{done.key}: {word}，{iso_time(done.from_ms)} 启用 / signs from then on",
        "请备份 keys 文件夹 / back up the folder `keys`",
    ]
    lines.extend(f"{key}: 已退役 / retired" for key in done.retired)
    return "\n".join(lines)


def _withdrawn(done: Withdrawn) -> str:
    word = "早已收回 / was withdrawn before" if done.already else "已收回 / withdrawn"
    lines = [
        f"{done.key}: {word}；现用 / now signing: {done.signing}",
        f"失效证件 {done.badges} 张，请重新制证 / badges that count no more, to be printed anew: {done.badges}",
    ]
    return "\n".join([*lines, " ".join(done.people)] if done.people else lines)
