"""The third part: the network returns, kiosks deliver in any order, hours are told and proved."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from demo.processes import Failed, Ran
from demo.stage import Stage

Rows = Sequence[Mapping[str, object]]


def settle(stage: Stage) -> None:
    """Tell the third part."""
    stage.tell.chapter("三、网络恢复，时长出来", "3. The network returns, hours are told")
    stage.open_centre()
    tell_hours(stage, sync_in_odd_order(stage))
    prove(stage)


def sync_in_odd_order(stage: Stage) -> Ran:
    """Sync every kiosk twice, in different orders; the hours must be the same after each round."""
    first, middle, last = stage.desks
    hours = [
        _sync_round(stage, count, [desk.kiosk for desk in order])
        for count, order in enumerate(((last, first, middle), (middle, last, first)), 1)
    ]
    if _facts(hours[0].rows()) != _facts(hours[1].rows()):
        raise Failed(hours[1].command, 0, f"{hours[0].answer}\n{hours[1].answer}")
    stage.tell.done(
        "顺序不同、重复同步，时长一点没变", "another order, the same again: no hours changed"
    )
    return hours[1]


def _sync_round(stage: Stage, count: int, kiosks: Sequence[str]) -> Ran:
    with stage.tell.waiting("同步…"):
        syncs = [stage.programs.kiosk(kiosk, "sync") for kiosk in kiosks]
        hours = stage.programs.server("hours")
    pushed, pending = (sum(sync.number(name) for sync in syncs) for name in ("pushed", "pending"))
    stage.tell.done(
        f"第 {count} 轮同步，顺序 {' → '.join(kiosks)}：上传 {pushed} 条，待传 {pending} 条",
        f"round {count}: {pushed} entries pushed, {pending} pending",
    )
    return hours


def tell_hours(stage: Stage, hours: Ran) -> None:
    """Draw the table and say what it shows. Everyone who came has to be in it."""
    rows = hours.rows()
    came = {number for desk in stage.desks for number in desk.people}
    if {row["volunteer"] for row in rows} != came:
        raise Failed(hours.command, 0, f"{sorted(came)}?\n{hours.answer}")
    stage.tell.hours(rows)
    records, credited, held = (
        sum(_numbers(rows, name)) for name in ("records", "minutes_credited", "minutes_held")
    )
    stage.tell.done(
        f"{len(rows)} 人，{records} 人次；认可 {credited} 分钟，待核 {held} 分钟",
        f"{len(rows)} people, {records} records; minutes: {credited} credited, {held} held",
    )
    until = min(str(row["as_of"])[11:19] for row in rows)
    stage.tell.note(
        f"今天还没结束，所以是暂计，截至 {until}",
        f"provisional, for the day is not over: as of {until}",
    )
    stage.tell.note(
        "演示只有几十秒：不满五分钟的都待人工核实（规则 B6），忘签退的也是（B4），一条都没丢",
        "stays under five minutes (B6) and forgotten sign-outs (B4) are held for a person, none is lost",
    )


def _numbers(rows: Rows, name: str) -> Iterable[int]:
    return (value for row in rows if isinstance(value := row[name], int))


def _facts(rows: Rows) -> list[dict[str, object]]:
    """Give the rows without what may go on: until when the kiosks are complete."""
    return [{name: row[name] for name in row if name != "as_of"} for row in rows]


def prove(stage: Stage) -> None:
    """Check every chain and signature, then derive everything anew from the facts: nothing may change."""
    with stage.tell.waiting("核验、重算…"):
        verified, rebuilt = stage.programs.together(
            [partial(stage.programs.server, word) for word in ("verify", "rebuild")]
        )
    if rebuilt.is_so("changed"):
        raise Failed(rebuilt.command, 0, str(rebuilt.answer))
    stage.tell.done(
        f"核验 {verified.number('logs')} 个日志、{verified.number('entries')} 条记录、"
        f"{verified.number('signatures')} 个签名：全部无误",
        f"{verified.number('entries')} entries: every chain and signature holds",
    )
    stage.tell.done(
        f"丢弃推算结果，从原始记录重算 {rebuilt.number('people')} 人：逐字节相同",
        f"derived anew from the facts for {rebuilt.number('people')} people: the same to the byte",
    )
