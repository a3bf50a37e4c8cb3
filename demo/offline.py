"""The second part: the network fails; people come and go all the same, over a day and a night, whatever happens."""

from demo.cast import AT_THE_COPY, COPY, FIRST, THIRD, Scene, forgetful
from demo.mishaps import copy_the_card, kill_in_mid_scan, lose_the_time, report_lost, try_lost_badge
from demo.scan import scan_in_turn
from demo.stage import Stage

TRY_LATER = 4
"""How a sync ends that reaches nobody."""
Queues = dict[str, tuple[str, ...]]


def go_offline(stage: Stage) -> None:
    """Tell the second part."""
    stage.tell.chapter("二、断网的一天一夜", "2. A day and a night without network")
    lose_network(stage)
    morning(stage)
    noon(stage)
    afternoon(stage)
    if stage.plays(Scene.NIGHT):
        night(stage)
    count_waiting(stage)


def lose_network(stage: Stage) -> None:
    """Stop the server: to the kiosks that is the network gone."""
    stage.hands.move_to("2026-08-15T07:00")
    if stage.plays(Scene.CUT):
        with stage.tell.waiting("断网…"):
            stage.centre.stop()
        stage.tell.done(
            "7:00 服务器停了：三台签到机都断网",
            "7:00 the server is stopped: no kiosk has a network",
        )
    stage.hands.move_to("2026-08-15T07:10")
    if stage.plays(Scene.REVOKED):
        report_lost(stage)
    if stage.plays(Scene.WRONG_CLOCK):
        lose_the_time(stage)


def morning(stage: Stage) -> None:
    """Let the day shift sign in; the last one at the first kiosk may meet a power cut."""
    stage.hands.move_to("2026-08-15T08:00")
    queues = {desk.kiosk: desk.day for desk in stage.desks}
    *others, unlucky = queues[FIRST]
    if stage.plays(Scene.KILLED):
        queues[FIRST] = tuple(others)
    came = len(_let_through(stage, queues, "in"))
    if stage.plays(Scene.KILLED):
        kill_in_mid_scan(stage, unlucky)
        stage.hands.move_to("2026-08-15T08:20")
        came += len(_let_through(stage, {FIRST: (unlucky,)}, "in"))
    stage.tell.done(
        f"8:00 白班 {came} 人签到，读的是印好的证件图片，每一条都先落盘",
        f"8:00 {came} people sign in by the printed pictures, each on disk before it is confirmed",
    )


def noon(stage: Stage) -> None:
    """Tell what happens between the shifts."""
    stage.hands.move_to("2026-08-15T10:00")
    if stage.plays(Scene.COPIED):
        copy_the_card(stage)
        _let_through(stage, {COPY: (AT_THE_COPY,)}, "in")
        stage.tell.note(f"{AT_THE_COPY} 在副本上签到", f"{AT_THE_COPY} signs in at the copy")
    stage.hands.move_to("2026-08-15T12:00")
    if stage.plays(Scene.REVOKED):
        try_lost_badge(stage)


def afternoon(stage: Stage) -> None:
    """Let the day shift sign out; one may forget."""
    stage.hands.move_to("2026-08-15T16:00")
    queues = {desk.kiosk: desk.day for desk in stage.desks}
    forgets = forgetful(stage.desks) if stage.plays(Scene.FORGETS) else ""
    if stage.plays(Scene.COPIED):
        queues[COPY] = (AT_THE_COPY,)
    left = _let_through(stage, _without(queues, forgets), "out")
    stage.tell.done(f"16:00 白班 {len(left)} 人签退", f"16:00 {len(left)} sign out")
    if forgets:
        stage.tell.note(f"{forgets} 忘了签退", f"{forgets} forgets to")
    _sync_if_there_is_network(stage)


def night(stage: Stage) -> None:
    """Let the night shift come and go, over midnight."""
    queues = {desk.kiosk: desk.night for desk in stage.desks}
    stage.hands.move_to("2026-08-15T22:00")
    came = _let_through(stage, queues, "in")
    stage.hands.move_to("2026-08-16T06:00")
    left = _let_through(stage, queues, "out")
    stage.tell.done(
        f"22:00 夜班 {len(came)} 人签到，次日 6:00 {len(left)} 人签退",
        f"22:00 the night shift: {len(came)} come, {len(left)} leave at 6:00",
    )


def count_waiting(stage: Stage) -> None:
    """Show what the kiosks say without network: nothing is lost, try later."""
    stage.hands.move_to("2026-08-16T06:30")
    with stage.tell.waiting("尝试同步…"):
        tried = stage.programs.kiosk(THIRD, "sync", ends=(0, TRY_LATER))
        waiting = stage.at_each(lambda desk: stage.programs.kiosk(desk.kiosk, "status"))
    stage.tally.waiting = sum(kiosk.number("pending") for kiosk in waiting)
    if tried.status == TRY_LATER:
        stage.tell.done(
            f"6:30 同步连不上（退出码 4，稍后再试）；三台签到机上共 {stage.tally.waiting} 条待传",
            f"6:30 a sync says try later (exit 4); {stage.tally.waiting} entries wait on the three kiosks",
        )


def _let_through(stage: Stage, queues: Queues, direction: str) -> list[object]:
    with stage.tell.waiting("扫码…"):
        return list(scan_in_turn(stage, queues, direction))


def _sync_if_there_is_network(stage: Stage) -> None:
    """Sync as kiosks do by themselves; without network there is nobody to answer."""
    if not stage.plays(Scene.CUT):
        for sync in reversed(stage.syncs()):
            sync()


def _without(queues: Queues, number: str) -> Queues:
    return {kiosk: tuple(n for n in queue if n != number) for kiosk, queue in queues.items()}
