"""Rows for the official site: what Order 67 asks of a service record, of the confirmed minutes that a close froze."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select

from server import bulk
from server.books.dates import iso_date, iso_time
from server.books.periods.months import month_of
from server.books.rounding import hours_of
from server.exports.sheet import Cell
from server.models.activity import Activity
from server.models.derived import RecordRow
from server.models.post import Post
from server.people.roster import names
from server.people.sites import site_name
from server.people.titles import titles
from server.reconcile.minutes import CREDITED, by_day
from server.reconcile.policy import MINUTE_MS
from server.workdays.calendar import Calendar, Missing

_unpack_intervals = msgspec.msgpack.Decoder(list[tuple[int, int, str]]).decode

ENTER_WORKDAYS = 10
"""Working days after the day of service in which it has to be entered (Order 67, article 11)."""

HEADER = (
    "行号", "类型", "志愿者编号", "姓名", "活动名称", "服务日期", "服务地点", "服务内容", "开始", "结束",
    "服务时长（分钟）", "服务时长（小时）", "组织单位", "负责人", "记录编号", "录入期限",
)  # fmt: skip
"""The columns, as the official site's import sheet names them; `docs/reconciliation.md` says what each is."""


class Wanted(NamedTuple):
    """Minutes to send: of a record on a local date, as booked by the close of a month. Below 0: less than was sent before."""

    who: str
    record: bytes
    day: int
    minutes: int


class Body(NamedTuple):
    """Who organises and who answers for it, as the law asks for on every record."""

    organiser: str
    responsible: str


class RowMaker:
    """Makes the rows of one site and month."""

    def __init__(
        self, connection: Connection, site: str, month: int, body: Body, calendar: Calendar
    ) -> None:
        """Look up what the rows share. connection: one that sees derived tables."""
        self._connection = connection
        self._site, self._month = site, month
        self._body = body
        self._calendar = calendar
        self._place = site_name(connection, site)
        self._teams = titles(connection, "team")
        ordered = select(Activity).order_by(Activity.code, Activity.valid_from, Activity.entered)
        self._activities = connection.execute(ordered.where(Activity.site == site)).all()

    def rows(self, chunk: int, wanted: Sequence[Wanted]) -> list[list[Cell]]:
        """Give the rows of a chunk, in the order of the columns."""
        called = names(self._connection, {one.who for one in wanted})
        return [
            self._row(f"{chunk:06}-{place:05}", one, called.get(one.who, ""))
            for place, one in enumerate(wanted, 1)
        ]

    def _row(self, number: str, one: Wanted, name: str) -> list[Cell]:
        start, end = self._span(one)
        due = self._calendar.workdays_after(one.day, ENTER_WORKDAYS)
        post, team = self._served(one)
        return [
            number,
            "记录" if month_of(one.day) == self._month else "更正",
            one.who,
            name,
            self._activity(one.day),
            iso_date(one.day),
            self._place,
            post,
            start,
            end,
            one.minutes,
            hours_of(one.minutes),
            self._body.organiser or self._teams.get(team, ""),
            self._body.responsible,
            one.record.hex(),
            "" if isinstance(due, Missing) else iso_date(due),
        ]

    def _activity(self, day: int) -> str:
        """Give the activity that ran at the site that day, else the site itself."""
        name = self._place
        for one in self._activities:
            if (one.first_day or 0) <= day and (one.last_day is None or day <= one.last_day):
                name = one.name
        return name

    def _served(self, one: Wanted) -> tuple[str, str]:
        """Give the post's name, or what the site is, and the person's team."""
        query = select(RecordRow.post, RecordRow.team).where(RecordRow.who == one.who)
        row = self._connection.execute(query.where(RecordRow.id == one.record)).first()
        if row is None or not row.post:
            return "志愿服务", row.team if row else ""
        newest = select(Post.name).where(Post.code == row.post)
        ordered = newest.order_by(Post.valid_from.desc(), Post.entered.desc()).limit(1)
        return self._connection.scalar(ordered) or row.post, row.team

    def _span(self, one: Wanted) -> tuple[str, str]:
        """Give the first and last credited minute of the date, as frozen ("" where nothing is credited any more)."""
        asked = one.who, one.record, self._site, self._month
        found = []
        for (intervals,) in bulk.fetch(self._connection, _INTERVALS, asked):
            for start, end, verdict in _unpack_intervals(bytes(intervals)):
                at = start
                for day, minutes in by_day(start, end):
                    if day == one.day and verdict == CREDITED:
                        found.append((at, at + minutes))
                    at += minutes
        if not found:
            return "", ""
        first, last = min(start for start, _ in found), max(end for _, end in found)
        return iso_time(first * MINUTE_MS)[:16], iso_time(last * MINUTE_MS)[:16]


_INTERVALS = (
    "SELECT intervals FROM frozen_record WHERE who = ? AND record = ? AND site = ? AND month = ?"
)
