"""The columns of a report: what each is called, what it counts, and how a row fills it."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import NamedTuple

from server.books.dates import iso_date
from server.books.explain.words import GRADES
from server.books.periods.months import iso_month
from server.books.rounding import hours_of
from server.exports.sheet import Cell
from server.reports.figures import STATE_WORDS, Figures, Row, State
from server.reports.query import By, Query

KEYS = {
    By.VOLUNTEER: "志愿者编号",
    By.TEAM: "队伍",
    By.REGION: "区划",
    By.SITE: "站点",
    By.POST: "岗位",
    By.DAY: "日期",
    By.CATEGORY: "类别",
    By.MONTH: "月份",
}
"""What rows are by, as staff call it."""


class Column(NamedTuple):
    """A column. name: for programs; chinese: for people; meaning: what it counts; value: "" where nothing is known."""

    name: str
    chinese: str
    meaning: str
    value: Callable[[Row], Cell]

    @property
    def heading(self) -> str:
        """Give what stands above it in a sheet: for people and for programs."""
        return f"{self.chinese} {self.name}"


class Measure(NamedTuple):
    """A figure of every report."""

    name: str
    chinese: str
    meaning: str
    value: Callable[[Figures], Cell]


_COMPARED = (
    Measure("people", "人数", "服务过的不同的人 / different people who served", lambda f: f.people),
    Measure(
        "records",
        "人次",
        "服务记录：一人到场一次 / service records: presences of one person",
        lambda f: f.records,
    ),
    Measure(
        "minutes_credited", "认可分钟", "计入的分钟 / minutes that count", lambda f: f.credited
    ),
    Measure(
        "hours_credited",
        "认可小时",
        "认可分钟折合小时 / credited minutes as hours",
        lambda f: hours_of(f.credited),
    ),
)
_OTHERS = (
    Measure(
        "minutes_held",
        "待核分钟",
        "待人工认定的分钟 / minutes that a person has to decide on",
        lambda f: f.held,
    ),
    Measure(
        "minutes_refused",
        "不计分钟",
        "不予计入的分钟 / minutes that were refused",
        lambda f: f.refused,
    ),
    Measure(
        "minutes_presented",
        "申报分钟",
        "认可＋待核＋不计 / credited + held + refused",
        lambda f: f.presented,
    ),
)
_GRADED = tuple(
    Measure(
        f"minutes_{letter.lower()}",
        f"凭据{letter}分钟",
        f"凭据为{words[0]}的认可分钟 / credited minutes whose evidence is {letter}: {words[1]}",
        attrgetter(letter.lower()),
    )
    for letter, words in GRADES.items()
)
_RELIED_ON = (
    Measure(
        "grade",
        "最弱凭据",
        "认可分钟所依凭据中最弱的一级 / weakest evidence of credited minutes",
        lambda f: f.grade,
    ),
    Measure(
        "minutes_low",
        "下限分钟",
        "认可分钟至少有这么多 / credited minutes are at least this",
        lambda f: f.low,
    ),
    Measure(
        "minutes_high",
        "上限分钟",
        "至多有这么多（已知的人） / and at most this, of who is known",
        lambda f: f.high,
    ),
)
_STATES = "；".join(f"{state} {words[0]}" for state, words in STATE_WORDS.items())
_STATE = Measure("state", "状态", _STATES, lambda f: f.state.value)
_AS_OF = Measure(
    "as_of",
    "截至",
    "此前的数据已齐（空：未知）/ everything before is in (empty: unknown)",
    lambda f: f.as_of or "",
)


def columns_of(query: Query) -> tuple[Column, ...]:
    """Give the columns of a report, in order."""
    first = (
        Column(
            query.by.value,
            KEYS[query.by],
            "本行的对象 / what the row is about",
            lambda row: key_of(row, query.by),
        ),
        Column(
            "name", "名称", "名称（最新的）/ what it is called, newest name", lambda row: row.name
        ),
    )
    if query.before is None:
        measures = (*_COMPARED, *_OTHERS, *_GRADED, *_RELIED_ON, _STATE, _AS_OF)
        return (*first, *(_now(each) for each in measures))
    both = (column for each in _COMPARED for column in _side_by_side(each))
    last = (_now(_STATE), _before(_STATE), _now(_AS_OF), _before(_AS_OF))
    return (*first, *both, *last)


def key_of(row: Row, by: By) -> str:
    """Write what a row is about; the total is about nothing."""
    if isinstance(row.key, int):
        return iso_date(row.key) if by is By.DAY else iso_month(row.key)
    return row.key


def percent(now: Cell, before: Cell) -> Cell:
    """Give the change in per cent of what was before, to one decimal, half away from zero; "" where nothing was."""
    if not before:
        return ""
    share = (Decimal(now) - Decimal(before)) * 100 / Decimal(before)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def state_words(state: State) -> str:
    """Say a state in both languages."""
    chinese, english = STATE_WORDS[state]
    return f"{chinese} / {english}"


def _now(each: Measure) -> Column:
    return Column(each.name, each.chinese, each.meaning, lambda row: each.value(row.now))


def _before(each: Measure) -> Column:
    return Column(
        f"{each.name}_before",
        f"前期{each.chinese}",
        f"前一期的 / in the period compared with: {each.meaning}",
        lambda row: each.value(_earlier(row)),
    )


def _side_by_side(each: Measure) -> tuple[Column, ...]:
    """Give a figure of both periods, their difference, and that in per cent of the earlier."""

    def difference(row: Row) -> Cell:
        now, before = each.value(row.now), each.value(_earlier(row))
        return (
            Decimal(now) - Decimal(before) if isinstance(now, Decimal) else int(now) - int(before)
        )

    return (
        _now(each),
        _before(each),
        Column(
            f"{each.name}_change",
            f"{each.chinese}增减",
            "本期减前期 / now minus before",
            difference,
        ),
        Column(
            f"{each.name}_percent",
            f"{each.chinese}增减%",
            "增减占前期的百分比（空：前期为零）/ change in per cent of before (empty: nothing was before)",
            lambda row: percent(each.value(row.now), each.value(_earlier(row))),
        ),
    )


def _earlier(row: Row) -> Figures:
    if row.before is None:
        raise ValueError("a report that compares has figures of both periods")
    return row.before
