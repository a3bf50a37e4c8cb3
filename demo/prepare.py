"""The first part: the centre gets ready, the county comes in, badges are printed, kiosks are enrolled."""

from functools import partial

from demo.cast import AT_THE_COPY, COUNTY, LOST_BADGE, Desk
from demo.processes import Ran
from demo.stage import Stage


def prepare(stage: Stage) -> None:
    """Tell the first part."""
    stage.tell.chapter(
        "一、中心准备（8月15日清晨）", "1. The centre gets ready, early on 15 August"
    )
    stage.hands.wind()
    set_up(stage)
    bring_county(stage)
    print_badges(stage)
    stage.open_centre()
    enrol_kiosks(stage)


def set_up(stage: Stage) -> None:
    """Make database, keys and the first administrator, of a home that is a demo's for good."""
    with stage.tell.waiting("中心初始化…"):
        done = stage.programs.server("setup", "--demo", str(stage.hands.file))
    stage.tell.done(
        f"中心已初始化：数据库（{done.word('database')}）、密钥、管理员 {done.word('administrator')}",
        "centre set up: database, keys, administrator",
    )
    stage.tell.note(
        "这是演示文件夹，永远是：时间由演示时钟拨动，与真实环境互不往来",
        "a demo's home for good: its time is moved by hand, and it deals with no real home",
    )


def bring_county(stage: Stage) -> None:
    """Import the made-up county: what others refer to first."""
    added: dict[str, int] = {}
    order = (
        ("regions",),
        ("teams", "sites"),
        ("posts", "volunteers"),
        ("shifts",),
        ("assignments",),
    )
    for kinds in order:
        with stage.tell.waiting("导入基础数据…"):
            reports = stage.programs.together([partial(_import, stage, kind) for kind in kinds])
        added |= {report.word("kind"): report.number("added") for report in reports}
    stage.tell.done(
        f"导入虚构的青禾县：站点 {added['sites']}、志愿者 {added['volunteers']} 人、班次 {added['shifts']}、"
        f"排班 {added['assignments']} 人次",
        f"an invented county: {added['sites']} sites, {added['volunteers']} volunteers,"
        f" {added['assignments']} of them on {added['shifts']} shifts",
    )


def _import(stage: Stage, kind: str) -> Ran:
    return stage.programs.server("import", kind, str(COUNTY / f"{kind}.csv"))


def print_badges(stage: Stage) -> None:
    """Print a badge for everybody who comes."""
    numbers = [n for desk in stage.desks for n in (*desk.day, *desk.night)]
    out = str(stage.home / "badges")
    with stage.tell.waiting("制作证件…"):
        printed = stage.programs.server("badge", *numbers, AT_THE_COPY, LOST_BADGE, "--out", out)
    stage.tell.done(
        f"印好证件 {printed.number('printed')} 张（PNG，印有“演示”）",
        f"{printed.number('printed')} signed badges printed as PNG, marked DEMO",
    )


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
    where = ("--server", stage.centre.url, "--post", desk.post, "--demo", str(stage.hands.file))
    return stage.programs.kiosk(desk.kiosk, "enrol", code, *where)
