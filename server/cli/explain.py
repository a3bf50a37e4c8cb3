"""`explain`: why somebody has these minutes, for staff to read aloud, or as JSON with the whole chain."""

import click

from server.books.derive.drain import drain
from server.books.explain.explain import explain
from server.books.explain.told import EntryTold, Explained, PartTold, RecordTold
from server.books.explain.words import GRADES, VERDICTS, why
from server.cli.composition import services
from server.cli.output import Answer, answers
from server.cli.types import LocalDate


@click.command("explain")
@click.argument("what")
@click.option("--day", type=LocalDate(), default=None, help="只看这一天 / one local date only")
@answers
def explain_(what: str, day: int | None) -> Answer:
    """说明时长的由来 / Explain the minutes of WHAT, a record or a volunteer: entries, clocks, rules, decisions, postings."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            told = explain(connection, what, day)
    return Answer(told, lambda: in_words(told))


def in_words(told: Explained) -> str:
    """Write what is explained for somebody who reads it to the volunteer."""
    lines = [f"{told.name or '—'}  {' '.join(told.numbers)}"]
    for record in told.records:
        lines += ["", *_record(record)]
    if told.loose:
        lines += ["", "不属于任何记录的扫码 / scans that belong to no record:"]
        lines += [_entry(entry) for entry in told.loose]
        lines += [f"  {why(rule.rule)} ({rule.rule})" for rule in told.loose_rules]
    if not told.records and not told.loose:
        lines.append("没有记录 / no record")
    return "\n".join(lines)


def _record(record: RecordTold) -> list[str]:
    left = _clock(record.left) if record.left else "没有签退 no sign-out"
    chinese, english = GRADES.get(record.grade, (record.grade, record.grade))
    lines = [
        f"{record.came[:10]}  {record.site}  {_clock(record.came)} → {left}"
        f"（误差 ± {_seconds(record.within_ms)} 秒 s）  {record.record[:12]}",
        f"  凭据 evidence {record.grade}：{chinese} / {english}",
        f"  共 {record.presented} 分钟 minutes："
        + "，".join(
            f"{VERDICTS[v][0]} {VERDICTS[v][1]} {minutes}"
            for v, minutes in (
                ("credited", record.credited),
                ("held", record.held),
                ("refused", record.refused),
            )
        ),
    ]
    lines += [_part(part) for part in record.parts]
    if record.elsewhere:
        lines.append(
            f"  另有 {record.elsewhere} 分钟计入同一人的其他记录 / counted in another record of theirs"
        )
    said = {part.cause for part in record.parts}
    lines += [f"  提示 note：{why(r.rule)} ({r.rule})" for r in record.rules if r.rule not in said]
    lines += [_entry(entry) for entry in record.entries]
    lines += [
        f"  认定 decision：{d.action}，{d.by}{'、' + d.second if d.second else ''}"
        f"{'（已撤销 undone）' if d.undone else ''}"
        for d in record.decisions
    ]
    if record.changed_since_decision:
        lines.append("  认定之后情况有变，需再看一次 / changed since it was decided")
    return lines


def _part(part: PartTold) -> str:
    chinese, english = VERDICTS[part.verdict]
    decided = "；由工作人员认定 / a person decided" if part.decision else ""
    reason = why(part.cause) if not part.decision else ""
    return (
        f"    {_clock(part.since)}–{_clock(part.until)}  {part.minutes} 分钟  {chinese} {english}"
        f"：{reason}{decided.lstrip('；')}"
    )


def _entry(entry: EntryTold) -> str:
    word = {"in": "签到 in", "out": "签退 out", "void": "撤销 void"}.get(entry.direction, "")
    guess = "" if entry.chosen else "（推定 guessed）"
    base = {
        "anchor": "按联网时间校正 / corrected by a contact with the server",
        "boot": "该次开机未联网 / that boot had no contact",
        "stated": f"由 {entry.by} 说明 / stated by",
        "same_log": "同一签到机 / same kiosk",
    }[entry.clock.by]
    return (
        f"    {word}{guess}  {_clock(entry.time)} ± {_seconds(entry.within_ms)} 秒 s"
        f"  签到机显示 device {_clock(entry.device_time)}（{base}）  {entry.how} {entry.log[:8]}/{entry.seq}"
    )


def _clock(time: str) -> str:
    """Give hours, minutes and seconds of a time as `iso_time` writes it."""
    return time[11:19]


def _seconds(within_ms: int) -> str:
    return f"{within_ms / 1000:.1f}" if within_ms < 10**9 else "?"
