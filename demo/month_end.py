"""The fourth part: the month is over. Two sites are closed, the third waits for a kiosk that fell silent; staff get a console."""

from demo.cast import DUTIES, FIRST, SECOND, THIRD
from demo.processes import Ran
from demo.stage import PARTLY, Stage

MONTH = "2026-08"
ACCOUNT = "demo"
STAFF = "G0001"
"""The number of whoever works at the centre: nobody decides on their own hours, so it is no volunteer's."""


def end_month(stage: Stage) -> None:
    """Tell the fourth part."""
    stage.tell.chapter("四、月底（9月1日）", "4. The month is over, 1 September")
    stage.hands.move_to("2026-09-01T09:00")
    hear_two(stage)
    hear_volunteer(stage)
    close_what_is_whole(stage)
    open_console(stage)


def hear_two(stage: Stage) -> None:
    """Sync the first two kiosks; of the third nobody has heard since."""
    for kiosk in (FIRST, SECOND):
        stage.programs.kiosk(kiosk, "sync", ends=(0, PARTLY))
    stage.programs.server("jobs", "run", "silent_kiosks")
    silent = dict(zip((k for k, *_ in DUTIES), DUTIES, strict=True))[THIRD][1]
    stage.tell.done(
        f"两台签到机照常同步；{silent} 的那台两周没有消息，成了警报",
        f"two kiosks sync as ever; that of {silent} has been silent for two weeks, which is an alarm",
    )


def hear_volunteer(stage: Stage) -> None:
    """Write down what a volunteer says is wrong."""
    said = ("--site", "S01", "--since", "2026-08-15T07:30", "--until", "2026-08-15T16:00")
    words = "我七点半就到了，当时还没有开机"
    stage.programs.server("correct", stage.desks[0].day[1], *said, "--said", words)
    stage.tell.done(
        "一位志愿者来电：时间记少了，已登记申诉", "a volunteer calls: minutes are missing"
    )


def close_what_is_whole(stage: Stage) -> None:
    """Close August where everything is in."""
    by = ("--by", STAFF, "--role", "city")
    with stage.tell.waiting("结账…"):
        done = [stage.programs.server("close", site, MONTH, *by) for site in ("S01", "S02")]
    stage.tell.done(
        f"8 月结账 {len(done)} 个站点，共认可 {_sum(done)} 分钟；第三个站点还在等那台签到机",
        f"August is closed at {len(done)} sites, {_sum(done)} minutes credited; the third waits for its kiosk",
    )


def open_console(stage: Stage) -> None:
    """Open an account for whoever wants to look around. In a demo's home no second factor is asked for."""
    who = ("--title", "演示 Demo", "--number", STAFF)
    roles = ("--role", "city", "--role", "administrator")
    made = stage.programs.server("account", "open", ACCOUNT, *who, *roles)
    stage.tell.done(f"控制台：{stage.centre.url}/console/", "the console for staff is open")
    stage.tell.note(
        f"账号 {ACCOUNT}，密码 {made.word('password')}", "account and password, only for this demo"
    )


def _sum(done: list[Ran]) -> int:
    return sum(one.number("credited") for one in done)
