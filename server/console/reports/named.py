"""What the console calls the kinds of rows, of filters, and the states of figures."""

from server.console.words import say as _
from server.reports.figures import State
from server.reports.query import By


def by_words(by: By) -> str:
    """Say what a report has a row for."""
    return {
        By.VOLUNTEER: _("按志愿者"),
        By.TEAM: _("按队伍"),
        By.REGION: _("按区划"),
        By.SITE: _("按站点"),
        By.POST: _("按岗位"),
        By.DAY: _("按日"),
        By.CATEGORY: _("按类别"),
        By.MONTH: _("按月"),
    }[by]


def kind_words(kind: str) -> str:
    """Say what a report is narrowed by."""
    return {
        "region": _("区划（含下级）"),
        "site": _("站点编码"),
        "post": _("岗位编码"),
        "team": _("队伍编码"),
        "volunteer": _("志愿者编号"),
        "category": _("志愿者类别"),
        "grade": _("凭据等级 A–E"),
    }[kind]


def state_words(state: State | str) -> str:
    """Say how far figures can be relied on."""
    return {
        State.FINAL: _("已结账"),
        State.COMPLETE: _("数据已齐"),
        State.PROVISIONAL: _("暂计"),
    }[State(state)]
