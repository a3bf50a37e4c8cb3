"""Write the made-up county: `python -m demo.make_county`. The same every time; no name, number or place of it is real."""

import csv
from collections.abc import Iterable, Sequence

from demo.cast import COUNTY, DAY_SHIFT, DUTIES, NIGHT_SHIFT, cast

PEOPLE = 300
_FIRST = (  # noqa: SIM905 # names in a row read better than in quotes
    "阿依古丽·买买提 欧阳𬭎 陈佳怡 王建国 李思远 张晓梅 刘志强 赵雨桐 孙浩然 周美玲 吴国栋 郑雅文 冯立新 褚文静 "
    "蒋海涛 沈月华 韩冬生 杨柳青 朱明辉 秦淑芬 许家豪 何秀兰 吕子轩 施嘉敏 曹玉婷 严卫东 金善姬 魏来 陶春燕 姜晨曦 "
    "次仁卓玛 谢永康 邹若彤 喻晓峰 柏建平 水清扬 窦小满 上官云舒 苏日娜 范长林"
).split()
_SURNAMES = "彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤"
_GIVEN = "安平 春生 丹丹 恩泽 芳华 桂英 宏伟 佳木 凯 丽娜 敏 宁 沛然 琦 瑞雪 世杰 天佑 婉清 晓东 雅琴".split()  # noqa: SIM905 # the same
_REGIONS = (
    ("QH", "青禾县（虚构）", ""),
    ("QH01", "柳桥镇", "QH"),
    ("QH02", "白鹭街道", "QH"),
    ("QH03", "枫塘乡", "QH"),
)
_TEAMS = (
    ("T01", "柳桥党员先锋队", "QH01"), ("T02", "白鹭青年突击队", "QH02"), ("T03", "枫塘巾帼志愿队", "QH03"),
    ("T04", "青禾县退役军人服务队", "QH"),
)  # fmt: skip
_SITES = (
    ("柳桥高速出口卡口", "卡口"), ("白鹭体育馆核酸检测点", "核酸检测点"), ("枫塘新村小区门岗", "小区门岗"),
    ("柳桥北街社区", "社区"), ("白鹭卫生院接种点", "疫苗接种点"), ("枫塘文明实践站", "文明实践站"),
    ("柳桥客运站卡口", "卡口"), ("白鹭二中核酸检测点", "核酸检测点"), ("枫塘花园小区门岗", "小区门岗"),
    ("柳桥中心社区", "社区"), ("白鹭湖社区", "社区"), ("枫塘集市", "其他"),
)  # fmt: skip
_POSTS = (("车辆引导", "排查员"), ("扫码登记", "服务员"), ("出入登记", "宣传员"))
_CATEGORIES = ("青年", "巾帼", "退役军人", "党员;青年", "", "党员")

Row = tuple[str, ...]


def write_county() -> None:
    """Write every table."""
    _write("regions", "区划编码,区划名称,上级区划", _REGIONS)
    _write("teams", "队伍编码,队伍名称,区划", _TEAMS)
    _write("sites", "站点编码,站点名称,站点类型,区划,纬度,经度", map(_site, range(len(_SITES))))
    _write("posts", "岗位编码,站点,岗位名称,角色,名额,要求", map(_post, range(len(_SITES))))
    _write(
        "volunteers",
        "志愿者编号,姓名,手机号,队伍,区划,出生日期,类别,技能",
        map(_person, range(PEOPLE)),
    )
    _write("shifts", "code,post,start,end,needed", _shifts())
    _write("assignments", "shift,volunteer", _assignments())


def number_of(index: int) -> str:
    """Give the number of a volunteer, who are counted from 0."""
    return f"V{index + 1:04d}"


def _site(index: int) -> Row:
    name, kind = _SITES[index]
    north, east = 31_447 + index * 13 % 97, 119_204 + index * 29 % 61
    return (
        f"S{index + 1:02d}",
        name,
        kind,
        f"QH0{index % 3 + 1}",
        f"{north / 1000:.6f}",
        f"{east / 1000:.6f}",
    )


def _post(index: int) -> Row:
    name, role = _POSTS[index % 3]
    return (f"P{index + 1:02d}", f"S{index + 1:02d}", name, role, "8", "")


def _person(index: int) -> Row:
    team, region = f"T0{index % 4 + 1}", ("QH01", "QH02", "QH03", "QH")[index % 4]
    born = f"{1963 + index * 7 % 42}-{index * 5 % 12 + 1:02d}-{index * 11 % 28 + 1:02d}"
    skills = ("维吾尔语", "")[min(index, 1)] if index < 2 else ("驾驶" if index % 2 == 0 else "")
    return (
        number_of(index),
        _name(index),
        f"1{index + 1:010d}",
        team,
        region,
        born,
        _CATEGORIES[index % 6],
        skills,
    )


def _name(index: int) -> str:
    if index < len(_FIRST):
        return _FIRST[index]
    other = index - len(_FIRST)
    return _SURNAMES[other % len(_SURNAMES)] + _GIVEN[other * 7 % len(_GIVEN)]


def _shifts() -> Iterable[Row]:
    for _, site, post in DUTIES:
        for name, (start, end) in (("D", DAY_SHIFT), ("N", NIGHT_SHIFT)):
            yield (f"{site}-{name}", post, start, end, "6")


def _assignments() -> Iterable[Row]:
    for desk in cast(quick=False):
        for number in desk.day:
            yield (f"{desk.site}-D", number)
        for number in desk.night:
            yield (f"{desk.site}-N", number)


def _write(name: str, headings: str, rows: Iterable[Sequence[str]]) -> None:
    with (COUNTY / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings.split(","))
        writer.writerows(rows)


if __name__ == "__main__":
    write_county()
