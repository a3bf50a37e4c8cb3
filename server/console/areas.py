"""Every area of the console, in the order of its menu. A new one is a folder with `pages`, and a line here."""

from dataclasses import dataclass
from importlib import import_module

from flask import Flask

from server.access.roles import Right
from server.console.words import say_of


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the console. endpoint: its first page. words: what the menu calls it, in Chinese."""

    folder: str
    endpoint: str
    words: str
    needs: Right


AREAS = (
    Area("home", "home.landing", "待办", Right.SEE),
    Area("now", "now.board", "现况", Right.SEE),
    Area("review", "review.browse", "核查", Right.SEE),
    Area("fleet", "fleet.browse", "签到机", Right.FLEET),
    Area("periods", "periods.browse", "结算期", Right.SEE),
    Area("certificates", "certificates.browse", "证明", Right.SEE),
    Area("corrections", "corrections.browse", "申诉", Right.SEE),
    Area("stars", "stars.browse", "星级", Right.SEE),
    Area("reference", "reference.start", "基础数据", Right.SEE),
    Area("reports", "reports.browse", "报表", Right.REPORT),
    Area("bulletins", "bulletins.browse", "简报", Right.REPORT),
    Area("official", "official.browse", "上报", Right.OFFICIAL),
    Area("sheets", "sheets.choose", "现场单据", Right.FLEET),
    Area("runs", "runs.browse", "后台任务", Right.SEE),
    Area("accounts", "accounts.browse", "账号", Right.ACCOUNTS),
    Area("audit", "audit.browse", "查阅记录", Right.AUDIT),
)


def register(app: Flask) -> None:
    """Serve all areas, and tell templates the menu."""
    for area in AREAS:
        module = import_module(f"server.console.{area.folder}")
        app.register_blueprint(module.pages)
    app.jinja_env.globals.update(AREAS=AREAS, say_of=say_of)
