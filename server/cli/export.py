"""`export`: confirmed hours for the official site, its receipts, and how both stand."""

from pathlib import Path

import click

from server.books.dates import local_day
from server.cli.composition import services
from server.cli.output import Answer, Exit, Problem, Stopped, answers
from server.cli.types import MonthType, NumberType
from server.exports.official_rows import Body
from server.exports.read_exports import ExportState, read_exports
from server.exports.send_official import Form, Order, Sent, Totals, send_official
from server.exports.take_receipts import Taken, take_receipts
from server.services import Services
from server.workdays.calendar import BadTable, Calendar, read_calendar


@click.group()
def export() -> None:
    """导出到江苏志愿服务网 / Confirmed hours of closed months for the official site, and its receipts."""


@export.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="文件夹 / folder")
@click.option("--organiser", default="", help="组织单位 / organising body; else each one's team")
@click.option("--responsible", required=True, help="负责人 / person in charge")
@click.option("--site", type=NumberType(), default=None, help="站点 / one site only")
@click.option("--month", type=MonthType(), default=None, help="月份 / one month only, as 2026-11")
@click.option("--again", is_flag=True, help="重发被退回的 / refused rows, too")
@click.option("--form", type=click.Choice([form.value for form in Form]), default=Form.CSV.value)
@answers
def official(
    out: Path,
    organiser: str,
    responsible: str,
    site: str | None,
    month: int | None,
    again: bool,
    form: str,
) -> Answer:
    """写出尚未报送的时长 / Write what was not sent yet, as files with control totals; nothing goes twice."""
    with services() as opened:
        body = Body(organiser, responsible)
        order = Order(out, body, site or "", month or 0, again=again, form=Form(form))
        now_ms = opened.signer.clock.wall_ms()
        sent = send_official(opened.database, _calendar(opened), order, now_ms)
    return Answer(sent, lambda: "\n".join(map(_sent, sent)) or "没有待报送的 / nothing to send")


@export.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--people", type=int, default=None, help="对方确认的人数 / people accepted there")
@click.option("--records", type=int, default=None, help="对方确认的条数 / records accepted there")
@click.option("--minutes", type=int, default=None, help="对方确认的分钟 / minutes accepted there")
@answers
def receipts(file: Path, people: int | None, records: int | None, minutes: int | None) -> Answer:
    """收回执 / Take in FILE, what the official site said of each row: row, receipt, reason."""
    control = None
    if people is not None or records is not None or minutes is not None:
        if people is None or records is None or minutes is None:
            raise click.UsageError("三个总数须一起给出 / give all three totals")
        control = Totals(people, records, minutes)
    with services() as opened:
        taken = take_receipts(opened.database, file, control)
    status = Exit.DONE
    if taken.bad:
        is_partly = taken.accepted or taken.refused or taken.already
        status = Exit.PARTLY if is_partly else Exit.FAILED
    return Answer(taken, lambda: _taken(taken), status)


@export.command()
@answers
def status() -> Answer:
    """报送情况 / What waits, was sent, accepted, or refused and why, and by when it must be entered."""
    with services() as opened:
        today = local_day(opened.signer.clock.wall_ms())
        with opened.database.read() as connection:
            found = read_exports(connection, _calendar(opened), today)
    return Answer(found, lambda: "\n".join(map(_state, found)) or "没有已结账的时长 / none closed")


def _calendar(opened: Services) -> Calendar:
    try:
        return read_calendar(opened.config.home)
    except BadTable as error:
        words = f"节假日表有误 / the table of workdays cannot be read: {error}"
        raise Stopped(Problem("bad_workdays", words, Exit.REFUSED)) from error


def _sent(one: Sent) -> str:
    return (
        f"{one.file}  {one.site} {one.month}  {one.rows} 行 rows（重发 again {one.again}）  "
        f"{one.people} 人 people  {one.records} 条 records  {one.minutes} 分钟 minutes"
    )


def _taken(taken: Taken) -> str:
    lines = [
        f"已接收 accepted {taken.accepted}  退回 refused {taken.refused}  已知 known {taken.already}"
    ]
    lines += [f"第 {bad.line} 行 line {bad.line}  {bad.row}  {bad.why}" for bad in taken.bad]
    return "\n".join(lines)


def _state(one: ExportState) -> str:
    due = f"期限 due {one.due}{'（已过 overdue）' if one.overdue else ''}" if one.due else ""
    if one.year_missing:
        due = f"缺 {one.year_missing} 年节假日表 / working days of {one.year_missing} not known"
    counts = f"待报 {one.waiting} 已报 {one.sent} 已收 {one.accepted} 退回 {one.refused}"
    return f"{one.site:<12}{one.month}  {counts}  waiting/sent/accepted/refused  {due}"
