"""A report on a terminal: the figures that fit, and what has to be said of them."""

from io import StringIO

from server.reports.about import About
from server.reports.columns import KEYS, state_words
from server.reports.figures import State
from server.reports.query import By
from server.reports.write import TOTAL, Listed

_FIGURES = {
    "people": "人数 people",
    "records": "人次 records",
    "minutes_credited": "认可分钟 credited",
    "hours_credited": "小时 hours",
    "minutes_credited_change": "增减 change",
    "minutes_credited_percent": "%",
    "minutes_held": "待核 held",
    "minutes_refused": "不计 refused",
    "grade": "凭据 grade",
}
_WIDTH = 140


def table(shown: Listed) -> str:
    """Give the table with its total, and the notes under it."""
    from rich.console import Console
    from rich.table import Table

    by = By(shown.about.by)
    figures = [name for name in _FIGURES if name in shown.total]
    made = Table(box=None, pad_edge=False)
    made.add_column(f"{KEYS[by]} {by.value}")
    made.add_column("名称 name")
    for name in figures:
        made.add_column(_FIGURES[name], justify="right")
    made.add_column("状态 state")
    for row in shown.rows:
        cells = [str(row[name]) for name in (by.value, "name", *figures, "state")]
        made.add_row(*(cell or "—" for cell in cells))
    made.add_row(TOTAL, "", *(str(shown.total[name]) for name in figures))
    out = StringIO()
    console = Console(file=out, width=_WIDTH, highlight=False, markup=False)
    console.print(made)
    return f"{out.getvalue().rstrip()}\n{_said(shown.about, is_cut=shown.is_cut)}"


def _said(about: About, *, is_cut: bool) -> str:
    lines = [
        f"日期 dates {about.dates}  截至 as of {about.as_of or '未知 unknown'}  {state_words(State(about.state))}",
        about.rounding,
    ]
    if about.out:
        lines.append(f"未到齐 waits for {' '.join(about.out)}")
    if is_cut:
        lines.append("只显示前面的行，完整的请用 --out / the first rows only: use --out for all")
    return "\n".join(lines)
