"""The commands about neighbours on the local network: whether, at which addresses, and a round at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kiosk.cli.here import open_here
from kiosk.cli.output import Answer, Exit, answers
from kiosk.cli.screen import date_time
from kiosk.errors import Stopped, Trouble
from kiosk.neighbours import EVERYWHERE, PORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.neighbours.met import Neighbour
    from kiosk.neighbours.rounds import Call, Round

_SIGNS = 8


@click.group(help="同一网络里的邻机互相代传 / kiosks on this network carry for each other")
def neighbours() -> None:
    """Hold the commands."""


@neighbours.command(help="打开邻机互传 / turn it on: the running screen begins at once")
@click.option(
    "--host", default=EVERYWHERE, show_default=True, help="在哪个地址上听 / address to listen on"
)
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@answers
def on(host: str, port: int) -> Answer:
    """Deal with neighbours."""
    from kiosk.neighbours.setting import turn_on

    turn_on(open_here(), host=host, port=port)
    return Answer({"on": True, "host": host, "port": port}, f"已打开 / on: {host}:{port}")


@neighbours.command(
    help="关闭邻机互传 / turn it off; what is kept for others stays until it is delivered"
)
@answers
def off() -> Answer:
    """Deal with neighbours no more."""
    from kiosk.neighbours.setting import turn_off

    turn_off(open_here())
    return Answer({"on": False}, "已关闭 / off")


@neighbours.command(help="添加邻机地址 / also call the neighbour at this address")
@click.argument("address")
@answers
def add(address: str) -> Answer:
    """Add an address."""
    from kiosk.neighbours.setting import add_address

    added = add_address(open_here(), address)
    return Answer({"address": added}, f"已添加 / added: {added}")


@neighbours.command(help="移除邻机地址 / call it no more")
@click.argument("address")
@answers
def remove(address: str) -> Answer:
    """Remove an address."""
    from kiosk.neighbours.setting import remove_address

    gone = remove_address(open_here(), address)
    return Answer({"address": gone}, f"已移除 / removed: {gone}")


@neighbours.command("list", help="邻机情况 / how it stands with each neighbour")
@answers
def listed() -> Answer:
    """Say how it stands. Writes nothing."""
    from kiosk.neighbours.met import neighbours as read
    from kiosk.neighbours.setting import read_setting

    db = open_here().store.db
    setting, found = read_setting(db), read(db)
    data = {
        "on": setting.is_on,
        "host": setting.host,
        "port": setting.port,
        "addresses": setting.addresses,
        "neighbours": [asdict(one) for one in found],
    }
    state = f"已打开 on {setting.host}:{setting.port}" if setting.is_on else "未打开 / off"
    return Answer(data, "\n".join([state, *neighbour_lines(found)]))


@neighbours.command(help="马上联系邻机 / call the neighbours now")
@click.argument("addresses", nargs=-1)
@answers
def call(addresses: tuple[str, ...]) -> Answer:
    """Go one round, without a sync."""
    from kiosk import logs
    from kiosk.config import read_config
    from kiosk.neighbours.rounds import go_round_alone
    from kiosk.neighbours.setting import check_address

    kiosk = open_here()
    typed = [check_address(address) for address in addresses]
    logs.configure(read_config().log_level)
    done = go_round_alone(kiosk, typed)
    if not done.is_ready:
        raise Stopped(Trouble.NOT_READY)
    lines = call_lines(done.calls) or ["没有找到邻机 / no neighbour found"]
    if done.proved:
        lines.append(f"收据证实 {done.proved} 条 ✓ receipts prove {done.proved}")
    return Answer(data_of(done), "\n".join(lines), _status(done.calls))


def data_of(done: Round) -> dict[str, Any]:
    """Give how a round went, for `--json`."""
    return {"calls": [asdict(one) for one in done.calls], "proved": done.proved}


def call_lines(calls: Sequence[Call]) -> list[str]:
    """Say of each call how many entries that neighbour keeps now, or why not."""
    return [_call_line(one) for one in calls]


def neighbour_lines(found: Sequence[Neighbour]) -> list[str]:
    """Say how it stands with each neighbour that was ever met."""
    return [
        f"  邻机 {_name(one)}  存有本机 {one.holds} 条 / keeps {one.holds} of ours"
        f"  {date_time(one.met_ms) if one.met_ms else '-'}  {one.problem}".rstrip()
        for one in found
    ]


def _call_line(one: Call) -> str:
    if one.problem and not one.log:
        return f"邻机 {one.address} 没有联系上 / not reached: {one.problem}"
    line = f"邻机 {_name(one)} 存有本机 {one.entries} 条 / keeps {one.entries} of ours"
    if one.taken:
        line += f"；替它收下 {one.taken} 件 / took {one.taken} for others"
    return line + (f"  ({one.problem})" if one.problem else "")


def _name(one: Call | Neighbour) -> str:
    return f"{one.site or '?'} {one.log[:_SIGNS]} ({one.address})"


def _status(calls: Sequence[Call]) -> Exit:
    failed = [one for one in calls if one.problem]
    if calls and len(failed) == len(calls) and not any(one.log for one in calls):
        return Exit.LATER
    return Exit.PARTLY if failed else Exit.DONE
