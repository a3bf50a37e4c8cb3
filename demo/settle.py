"""The third part: the network returns, kiosks deliver in any order, hours are told and proved."""

from demo.carry import carry_all_again
from demo.cast import COPY, Scene
from demo.outcome import Outcome, read_outcome
from demo.processes import Failed, Ran
from demo.stage import PARTLY, Stage


def settle(stage: Stage) -> Outcome:
    """Tell the third part."""
    stage.tell.chapter("三、网络恢复（8月16日）", "3. The network returns on 16 August")
    stage.hands.move_to("2026-08-16T08:00")
    if stage.plays(Scene.CUT):
        stage.open_centre()
    deliver(stage)
    if stage.plays(Scene.TWICE):
        again(stage)
    return tell_outcome(stage)


def deliver(stage: Stage) -> None:
    """Sync every kiosk, the last one first; what was copied is noticed, and confirmed by a person."""
    with stage.tell.waiting("同步…"):
        syncs = [task() for task in reversed(stage.syncs())]
    pushed = sum(sync.number("pushed") for sync in syncs)
    stage.tell.done(
        f"8:00 各机同步，倒着来：上传 {pushed} 条",
        f"8:00 all kiosks sync, last first: {pushed} entries",
    )
    if stage.plays(Scene.COPIED):
        confirm_copies(stage)


def confirm_copies(stage: Stage) -> None:
    """Let the copy sync once more, so that both have noticed, and confirm their new logs as staff would."""
    with stage.tell.waiting("确认…"):
        stage.programs.kiosk(COPY, "sync", ends=(0, PARTLY))
        waiting = stage.programs.server("confirm").rows()
        for log in waiting:
            stage.programs.server("confirm", str(log["log"]))
    stage.tell.done(
        f"发现同一日志分了叉：两支都留下，各开新日志；值班员打电话核对后确认 {len(waiting)} 个",
        f"one log has two branches: both are kept, both devices begin new logs; staff confirm {len(waiting)}",
    )


def again(stage: Stage) -> None:
    """Bring everything a second time, in another order, by stick and by network; hours must not move."""
    before = stage.programs.server("hours")
    carry_all_again(stage)
    with stage.tell.waiting("同步…"):
        stage.programs.together(stage.syncs())
    after = stage.programs.server("hours")
    if _facts(before) != _facts(after):
        raise Failed(after.command, 0, f"{before.answer}\n{after.answer}")
    stage.tell.done("时长一分钟没变", "no hours changed")


def tell_outcome(stage: Stage) -> Outcome:
    """Derive everything anew from the facts, then tell what came of it."""
    with stage.tell.waiting("核验、重算…"):
        rebuilt = stage.programs.server("rebuild")
    if rebuilt.is_so("changed"):
        raise Failed(rebuilt.command, 0, str(rebuilt.answer))
    outcome = read_outcome(stage)
    stage.tell.hours(outcome.people)
    stage.tell.done(
        f"{len(outcome.people)} 人，{outcome.total('records')} 人次；认可 {outcome.total('minutes_credited')} 分钟，"
        f"待核 {outcome.total('minutes_held')} 分钟",
        f"{len(outcome.people)} people, {outcome.total('records')} records; minutes: "
        f"{outcome.total('minutes_credited')} credited, {outcome.total('minutes_held')} held",
    )
    stage.tell.findings(outcome.findings)
    whole = sum(row["complete"] is True for row in outcome.people)
    stage.tell.done(
        f"{whole} 人数据齐全；{len(outcome.people) - whole} 人暂计：他们的班次跨到今天，今天还没过完",
        f"{whole} people complete; {len(outcome.people) - whole} provisional: their shift reaches into today",
    )
    stage.tell.done(
        f"签到机记录 {outcome.recorded} 条，中心持有 {outcome.held} 条，丢失 {outcome.lost} 条；"
        f"核验 {outcome.signatures} 个签名无误，重算逐字节相同",
        f"recorded on kiosks {outcome.recorded}, held at the centre {outcome.held}, lost {outcome.lost}; "
        f"every chain and signature holds; derived anew: the same to the byte",
    )
    if outcome.lost:
        raise Failed(("lost",), 0, str(outcome.lost))
    return outcome


def _facts(hours: Ran) -> list[dict[str, object]]:
    """Give the rows without what may go on: until when the kiosks are complete, and which are still out."""
    return [
        {name: row[name] for name in row if name not in ("as_of", "out")} for row in hours.rows()
    ]
