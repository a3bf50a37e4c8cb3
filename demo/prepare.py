"""The first part: the centre gets ready, the county comes in, kiosks are enrolled."""

from functools import partial

from demo.cast import COUNTY, Desk
from demo.processes import Ran
from demo.stage import Stage


def prepare(stage: Stage) -> None:
    """Tell the first part."""
    stage.tell.chapter("一、中心准备", "1. The centre gets ready")
    set_up(stage)
    bring_county(stage)
    print_badges(stage)
    stage.open_centre()
    enrol_kiosks(stage)


def set_up(stage: Stage) -> None:
    """Make database, keys and the first administrator."""
    with stage.tell.waiting("中心初始化…"):
        done = stage.programs.server("setup")
    stage.tell.done(
        f"中心已初始化：数据库（{done.word('database')}）、密钥、管理员 {done.word('administrator')}",
        "centre set up: database, keys, administrator",
    )


def bring_county(stage: Stage) -> None:
    """Import the made-up county: what others refer to first."""
    added: dict[str, int] = {}
    for kinds in (("regions",), ("teams", "sites"), ("posts", "volunteers")):
        with stage.tell.waiting("导入基础数据…"):
            reports = stage.programs.together([partial(_import, stage, kind) for kind in kinds])
        added |= {report.word("kind"): report.number("added") for report in reports}
    stage.tell.done(
        f"导入虚构的青禾县：区划 {added['regions']}、队伍 {added['teams']}、站点 {added['sites']}、"
        f"岗位 {added['posts']}、志愿者 {added['volunteers']} 人",
        f"an invented county imported: {added['sites']} sites, {added['volunteers']} volunteers",
    )


def _import(stage: Stage, kind: str) -> Ran:
    return stage.programs.server("import", kind, str(COUNTY / f"{kind}.csv"))


def print_badges(stage: Stage) -> None:
    """Print a badge for everybody."""
    with stage.tell.waiting("制作证件…"):
        printed = stage.programs.server("badge", "--all", "--out", stage.badges).number("printed")
    stage.tell.done(f"印好证件 {printed} 张（PNG）", f"{printed} signed badges printed as PNG")


def enrol_kiosks(stage: Stage) -> None:
    """Make one-use codes, and enrol a kiosk with each."""
    with stage.tell.waiting("登记签到机…"):
        codes = stage.at_each(lambda desk: stage.programs.server("enrolment-code", desk.site))
        given = {
            desk.kiosk: code.word("code") for desk, code in zip(stage.desks, codes, strict=True)
        }
        enrolled = stage.at_each(lambda desk: _enrol(stage, desk, given[desk.kiosk]))
    names = "、".join(kiosk.word("site_name") for kiosk in enrolled)
    stage.tell.done(
        f"{len(enrolled)} 台签到机凭一次性登记码登记：{names}",
        f"{len(enrolled)} kiosks enrolled with one-use codes",
    )


def _enrol(stage: Stage, desk: Desk, code: str) -> Ran:
    return stage.programs.kiosk(
        desk.kiosk, "enrol", code, "--server", stage.centre.url, "--post", desk.post
    )
