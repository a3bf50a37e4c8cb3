"""Rules and their figures in words, in the language of the request."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from server.books.dates import iso_date
from server.books.explain.words import GRADES, VERDICTS, WHY
from server.console.formats import hours, local_second
from server.console.words import CHINESE, chosen
from server.console.words import say as _
from server.reconcile.policy import MINUTE_MS

Value = str | Markup


def rule_words(rule: str) -> str:
    """Say what a rule means, as a finding that waits."""
    if rule == "R8":
        return _("认定之后又有变化，要再看一次")
    return _one_of(WHY.get(rule, (rule, rule)))


def verdict_words(verdict: str) -> str:
    """Say what minutes are."""
    return _one_of(VERDICTS.get(verdict, (verdict, verdict)))


def grade_words(grade: str) -> str:
    """Say what a record rests on (E1)."""
    return _one_of(GRADES.get(grade, (grade, grade)))


def _one_of(both: tuple[str, str]) -> str:
    return both[0] if chosen() == CHINESE else both[1]


def figures_in_words(figures: Mapping[str, int | str]) -> list[tuple[str, Value]]:
    """Give what made a rule fire: what each figure is, and its value as people read it. Hashes are left out."""
    known = _known()
    return [
        (known[name][0], known[name][1](value)) for name, value in figures.items() if name in known
    ]


def _length(value: int | str) -> Value:
    """Write a length to the second, where it is short, else in hours and minutes."""
    length_ms = int(value)
    if abs(length_ms) < 10 * MINUTE_MS:
        return _("%(num)s 秒", num=round(length_ms / 1000))
    return hours(length_ms // MINUTE_MS)


def _minutes(value: int | str) -> Value:
    return hours(int(value))


def _time(value: int | str) -> Value:
    return local_second(int(value))


def _seconds_time(value: int | str) -> Value:
    return local_second(int(value) * 1_000)


def _date(value: int | str) -> Value:
    return iso_date(int(value))


def _metres(value: int | str) -> Value:
    return _("%(num)s 公里", num=f"{int(value) / 1000:.1f}")


def _tier(value: int | str) -> Value:
    known = {"reviewer": _("审核员"), "city": _("市级"), "day": _("当天"), "year": _("当年")}
    return known.get(str(value), str(value))


def _known() -> Mapping[str, tuple[str, Callable[[int | str], Value]]]:
    return {
        "in_ms": (_("签到"), _time),
        "out_ms": (_("签退"), _time),
        "proposed_ms": (_("建议结束"), _time),
        "length_ms": (_("时长"), _length),
        "shifts_ms": (_("排班合计"), _length),
        "minutes": (_("涉及的时长"), _minutes),
        "open_ms": (_("上一次未签退已"), _length),
        "after_ms": (_("间隔"), _length),
        "late_ms": (_("晚于之后联网"), _length),
        "within_ms": (_("误差"), _length),
        "gap_ms": (_("首出与末入之间"), _length),
        "in_span_ms": (_("签到相隔"), _length),
        "out_span_ms": (_("签退相隔"), _length),
        "in_wall_ms": (_("签到时设备时间"), _time),
        "out_wall_ms": (_("签退时设备时间"), _time),
        "stated_ms": (_("所述时间"), _time),
        "expires_s": (_("证件到期"), _seconds_time),
        "pass_off_ms": (_("动态码与签到机相差"), _length),
        "distance_m": (_("两站距离"), _metres),
        "people": (_("人数"), str),
        "typed": (_("手工输入次数"), str),
        "scans": (_("扫码次数"), str),
        "serial": (_("证件序号"), str),
        "day": (_("日期"), _date),
        "tier": (_("由谁审核"), _tier),
        "lacks": (_("缺少"), str),
        "post": (_("岗位"), str),
        "assigned": (_("排班岗位"), str),
        "role": (_("岗位类别"), str),
        "rest_minutes": (_("休息"), _minutes),
        "duty_minutes": (_("连续值守"), _minutes),
        "nights": (_("连续夜班"), str),
        "rules": (_("规则变化"), str),
    }
