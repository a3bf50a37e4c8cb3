"""The second part: the network fails, people come and go all the same."""

from collections.abc import Sequence
from functools import partial

from demo.cast import RUBBISH, Desk, Presented, arrivals, departures
from demo.processes import Ran
from demo.stage import Stage

TRY_LATER = 4
"""How a sync ends that reaches nobody."""


def go_offline(stage: Stage) -> None:
    """Tell the second part."""
    stage.tell.chapter("二、断网，照常签到", "2. The network fails, people come and go")
    lose_network(stage)
    come(stage)
    leave(stage)
    try_to_sync(stage)


def lose_network(stage: Stage) -> None:
    """Stop the server: to the kiosks that is the network gone."""
    with stage.tell.waiting("断网…"):
        stage.centre.stop()
    stage.tell.done("服务器停了：三台签到机都断网", "the server is stopped: no kiosk has a network")


def come(stage: Stage) -> None:
    """Scan the printed pictures at all kiosks at once."""
    with stage.tell.waiting("签到…"):
        scans = _scan_all(stage, arrivals(stage.desks))
    again = sum(scan.is_so("already") for scan in scans)
    odd = [scan.word("message_zh") for scan in scans if scan.word("state") != "good"]
    stage.tell.done(
        f"扫描印好的证件签到：{len(scans)} 次都已记录落盘",
        f"{len(scans)} scans of the printed badges, each one on disk",
    )
    stage.tell.note(
        f"其中重复扫码 {again} 次只算一次；{len(odd)} 次扫的是优惠券：“{'；'.join(odd)}”",
        f"{again} repeat counts once; {len(odd)} was a coupon: recorded, nobody is turned away",
    )


def leave(stage: Stage) -> None:
    """Scan them again on the way out."""
    with stage.tell.waiting("签退…"):
        scans = _scan_all(stage, departures(stage.desks))
    stage.tell.done(
        f"签退 {len(scans)} 次：一人从另一站点离开，一人忘了签退",
        f"{len(scans)} sign-outs: one at another site, one person forgets",
    )


def _scan_all(stage: Stage, scans: Sequence[Sequence[Presented]]) -> list[Ran]:
    tasks = [
        partial(_scan_in_turn, stage, desk, shown)
        for desk, shown in zip(stage.desks, scans, strict=True)
    ]
    return [scan for scans_of_one in stage.programs.together(tasks) for scan in scans_of_one]


def _scan_in_turn(stage: Stage, desk: Desk, scans: Sequence[Presented]) -> list[Ran]:
    return [stage.programs.kiosk(desk.kiosk, "scan", *_words(stage, scan)) for scan in scans]


def _words(stage: Stage, scan: Presented) -> list[str]:
    if not scan.badge:
        return [RUBBISH]
    return ["--image", f"{stage.badges}/{scan.badge}.png", "--direction", scan.direction]


def try_to_sync(stage: Stage) -> None:
    """Show what a kiosk says without network: nothing is lost, try later."""
    with stage.tell.waiting("尝试同步…"):
        stage.programs.kiosk(stage.desks[0].kiosk, "sync", status=TRY_LATER)
        waiting = stage.at_each(lambda desk: stage.programs.kiosk(desk.kiosk, "status"))
    pending = sum(kiosk.number("pending") for kiosk in waiting)
    stage.tell.done(
        f"此时同步：连不上，请稍后再试；{pending} 条记录都在签到机上",
        f"a sync says try later (exit 4); {pending} entries wait on the kiosks",
    )
