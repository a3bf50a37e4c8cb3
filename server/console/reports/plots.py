"""Plots: each with its table, from which it is drawn, and a download of just that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.books.dates import local_day
from server.books.rounding import hours_of
from server.console.here import now_ms, or_404, part, reading
from server.console.reports.asked import read_asked
from server.console.reports.browse import form_of, pages
from server.console.reports.large import require_little
from server.console.reports.named import state_words
from server.console.words import say as _
from server.exports.sheet import Cell, write_sheet
from server.reports.figures import Key, Sums
from server.reports.prepare import Prepared, prepare
from server.reports.report import reliance_on
from server.reports.series.by_day import points_of, sums_of_days
from server.reports.series.by_site import by_site
from server.reports.series.heat import DAYS, HOURS, heat
from server.reports.series.outliers import TIMES_E2, outliers
from sync.errors import Refused

_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot. kind: how `plots.js` draws it; note: what it counts; rows: of its table, each headed by what it is about."""

    name: str
    kind: str
    title: str
    note: str
    headings: list[str]
    rows: list[list[Cell]]


@pages.page("/reports/plots", needs=Right.REPORT)
def plots() -> str:
    """Show all plots of some dates."""
    given = {**request.args, "by": "day"} if request.args else {}
    with reading() as connection:
        asked = read_asked(given, _part(connection), _today())
        form = {**form_of(asked), "bys": []}
        if asked.query is None:
            return render_template("reports/plots.html", plots=[], **form)
        require_little(connection, asked.query)
        ready = prepare(connection, asked.query)
        days = sums_of_days(connection, ready)
        total = reliance_on(connection, ready, [added for _, added in days])
        drawn = [_drawn_days(days), *(_PLOTS[name](connection, ready) for name in _OTHERS)]
    said = {"state": state_words(total.state), "as_of": total.as_of}
    return render_template("reports/plots.html", plots=drawn, **said, **form)


@pages.page("/reports/plots/<name>.csv", needs=Right.REPORT)
def plot(name: str) -> Response:
    """Give what one plot shows as a file."""
    or_404(name in _PLOTS)
    with reading() as connection:
        asked = read_asked({**request.args, "by": "day"}, _part(connection), _today())
        if asked.query is None:
            raise Refused(Code.BAD_FIELD, "by")
        require_little(connection, asked.query)
        made = _PLOTS[name](connection, prepare(connection, asked.query))
    answer = Response(write_sheet(made.headings, made.rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="plot-{name}.csv"'
    return answer


def _part(connection: Connection) -> Part:
    return part(connection, Right.REPORT)


def _today() -> int:
    return local_day(now_ms())


def _days(connection: Connection, ready: Prepared) -> Plot:
    return _drawn_days(sums_of_days(connection, ready))


def _drawn_days(days: Iterable[tuple[Key, Sums]]) -> Plot:
    rows: list[list[Cell]] = [
        [each.day, hours_of(each.credited), hours_of(each.held), each.people]
        for each in points_of(days)
    ]
    headings = [_("日期"), _("认可小时"), _("待核小时"), _("人数")]
    return Plot("day", "line", _("每日时长"), _("按服务日期，小时四舍五入到两位。"), headings, rows)


def _sites(connection: Connection, ready: Prepared) -> Plot:
    found = by_site(connection, ready)
    rows: list[list[Cell]] = [
        [f"{each.site} {each.name}", hours_of(each.credited), hours_of(each.held), each.records]
        for each in found.sites
    ]
    if found.others:
        figures = (
            hours_of(found.others_credited),
            hours_of(found.others_held),
            found.others_records,
        )
        rows.append([_("其余 %(num)s 个站点", num=found.others), *figures])
    headings = [_("站点"), _("认可小时"), _("待核小时"), _("人次")]
    return Plot("site", "bar", _("各站点时长"), _("认可小时最多的站点。"), headings, rows)


def _heat(connection: Connection, ready: Prepared) -> Plot:
    cells = {(c.weekday, c.hour): f"{c.people_e2 / _HUNDRED:.2f}" for c in heat(connection, ready)}
    days = [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]
    rows: list[list[Cell]] = [
        [days[day], *(cells[day, hour] for hour in range(HOURS))] for day in range(DAYS)
    ]
    headings = [_("星期"), *(str(hour) for hour in range(HOURS))]
    words = _("每个星期几、每个钟点平均在岗人数；没有签退的不计。")
    return Plot("heat", "heat", _("在岗人数"), words, headings, rows)


def _outliers(connection: Connection, ready: Prepared) -> Plot:
    rows: list[list[Cell]] = [
        [
            f"{one.volunteer} @ {one.site}",
            f"{one.times_e2 / _HUNDRED:.2f}",
            hours_of(one.minutes),
            hours_of(one.median),
            one.records,
        ]
        for one in outliers(connection, ready)
    ]
    headings = [_("志愿者 @ 站点"), _("中位数的倍数"), _("认可小时"), _("站点中位小时"), _("人次")]
    words = _(
        "在站点的认可时长达到中位数 %(num)s 倍以上的人：请看一看，不是结论。",
        num=TIMES_E2 // _HUNDRED,
    )
    return Plot("outliers", "bar", _("远高于同站点的人"), words, headings, rows)


_PLOTS: Mapping[str, Callable[[Connection, Prepared], Plot]] = {
    "day": _days,
    "site": _sites,
    "heat": _heat,
    "outliers": _outliers,
}
_OTHERS = [name for name in _PLOTS if name != "day"]
"""What is drawn from more than the sums of days."""
