"""The table of kinds: every column that an import understands, with its English and Chinese headers (order is free).

Headers are part of what stays stable: new ones are added, none is taken away. The first Chinese header is the one we write.
"""

from collections.abc import Mapping, Sequence

from server.imports.cells import (
    Cell,
    count_or_none,
    day,
    day_or_always,
    day_or_none,
    figure,
    hundredths_or_none,
    items,
    latitude_or_none,
    longitude_or_none,
    moment,
    number,
    number_or_none,
    policy_key,
    prose,
    site_kind,
    some_text,
    text,
    yes_no,
)
from server.imports.columns import Kind, RowFault, may, must
from server.imports.reasons import Reason
from server.models.activity import Activity
from server.models.assignment import Assignment
from server.models.insurance import Insurance
from server.models.policy import PolicyFigure
from server.models.post import Post
from server.models.region import Region
from server.models.shift import Shift
from server.models.site import Site
from server.models.team import Team
from server.models.training import Training
from server.models.volunteer import Volunteer


def _own_parent(row: Sequence[Cell]) -> RowFault | None:
    return ("parent", Reason.OWN_PARENT) if row[0] == row[2] else None


def _half_a_position(row: Sequence[Cell]) -> RowFault | None:
    missing = (row[4] is None) != (row[5] is None)
    return (
        ("latitude" if row[4] is None else "longitude", Reason.HALF_A_POSITION) if missing else None
    )


def _shift(row: Sequence[Cell]) -> RowFault | None:
    return _in_order(row[2], row[3], "end", least=1)


def _activity(row: Sequence[Cell]) -> RowFault | None:
    return _in_order(row[3], row[4], "to", least=0)


def _insurance(row: Sequence[Cell]) -> RowFault | None:
    return _in_order(row[2], row[3], "to", least=0)


def _in_order(first: Cell, last: Cell, name: str, *, least: int) -> RowFault | None:
    if isinstance(first, int) and isinstance(last, int) and last - first < least:
        return (name, Reason.END_BEFORE_START)
    return None


def _policy(row: Sequence[Cell]) -> RowFault | None:
    return ("site", Reason.REGION_AND_SITE) if row[0] and row[1] else None


_KINDS = (
    Kind(
        "regions",
        Region,
        (
            must("code", "区划编码 区划代码 编码 代码 编号", number),
            must("name", "区划名称 名称", some_text),
            may("parent", "上级区划 上级", number_or_none, refers="regions"),
        ),
        key=("code",),
        check=_own_parent,
    ),
    Kind(
        "teams",
        Team,
        (
            must("code", "队伍编码 队伍编号 编码 代码 编号", number),
            must("name", "队伍名称 名称", some_text),
            may("region", "区划", number_or_none, refers="regions"),
        ),
        key=("code",),
    ),
    Kind(
        "volunteers",
        Volunteer,
        (
            must("number", "志愿者编号", number),
            must("name", "姓名", some_text),
            may("phone", "手机号", text),
            may("team", "队伍", number_or_none, refers="teams"),
            may("region", "区划", number_or_none, refers="regions"),
            may("born", "出生日期", day_or_none),
            may("categories", "类别", items),
            may("skills", "技能", items),
        ),
        key=("number",),
        person="number",
    ),
    Kind(
        "sites",
        Site,
        (
            must("code", "站点编码 站点编号 点位编码 点位编号 编码 代码 编号", number),
            must("name", "站点名称 点位名称 名称", some_text),
            may("kind", "站点类型 点位类型 类型", site_kind),
            may("region", "区划", number_or_none, refers="regions"),
            may("latitude", "纬度", latitude_or_none, "latitude_e6"),
            may("longitude", "经度", longitude_or_none, "longitude_e6"),
        ),
        key=("code",),
        check=_half_a_position,
    ),
    Kind(
        "posts",
        Post,
        (
            must("code", "岗位编码 岗位编号 编码 代码 编号", number),
            must("site", "站点 点位", number, refers="sites"),
            must("name", "岗位名称 名称", some_text),
            may("role", "角色", text),
            may("capacity", "名额 容量", count_or_none),
            may("needs", "上岗要求 要求", items),
        ),
        key=("code",),
    ),
    Kind(
        "shifts",
        Shift,
        (
            must("code", "班次编码 班次编号 编码 代码 编号", number),
            must("post", "岗位", number, refers="posts"),
            must("start", "开始时间 开始", moment, "start_ms"),
            must("end", "结束时间 结束", moment, "end_ms"),
            may("needed", "所需人数 人数", count_or_none),
        ),
        key=("code",),
        check=_shift,
    ),
    Kind(
        "assignments",
        Assignment,
        (
            must("shift", "班次", number, refers="shifts"),
            must("volunteer", "志愿者编号 志愿者", number, refers="volunteers"),
        ),
        key=("shift", "volunteer"),
        person="volunteer",
    ),
    Kind(
        "activities",
        Activity,
        (
            must("code", "活动编码 活动编号 编码 代码 编号", number),
            must("name", "活动名称 名称", some_text),
            may("site", "站点 点位", number_or_none, refers="sites"),
            may("from", "开始日期", day_or_none, "first_day"),
            may("to", "结束日期", day_or_none, "last_day"),
            may("certified", "已认定 是否认定", yes_no),
        ),
        key=("code",),
        check=_activity,
    ),
    Kind(
        "trainings",
        Training,
        (
            must("volunteer", "志愿者编号 志愿者", number, refers="volunteers"),
            must("name", "培训名称 名称", some_text),
            may("content", "培训内容 内容", prose),
            may("hours", "学时", hundredths_or_none, "hours_e2"),
            may("organiser", "组织单位 主办单位", text),
            must("date", "培训日期 日期", day, "day"),
        ),
        key=("volunteer", "name", "day"),
        person="volunteer",
    ),
    Kind(
        "insurances",
        Insurance,
        (
            must("volunteer", "志愿者编号 志愿者", number, refers="volunteers"),
            must("policy", "保单号", some_text),
            must("from", "生效日期 开始日期", day, "first_day"),
            may("to", "截止日期 结束日期", day_or_none, "last_day"),
        ),
        key=("volunteer", "policy", "first_day"),
        check=_insurance,
        person="volunteer",
    ),
    Kind(
        "policies",
        PolicyFigure,
        (
            may("region", "区划", number_or_none, refers="regions"),
            may("site", "站点 点位", number_or_none, refers="sites"),
            may("from", "生效日期 开始日期", day_or_always, "valid_from"),
            must("key", "参数", policy_key),
            must("value", "数值 取值", figure),
        ),
        key=("region", "site", "key", "valid_from"),
        check=_policy,
        own_dates=True,
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
