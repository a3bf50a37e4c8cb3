"""What a bulletin says, in Chinese and in English: whole sentences with places for figures, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.bulletins.paper import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; what stands in braces is filled in."""

    banner: str
    issue: str
    replaces: str
    title: str
    span: str
    one_day: str
    parts: tuple[str, ...]
    overall: str
    section: str
    none: str
    rest: str
    final: str
    complete: str
    provisional: str
    unproved: str
    unknown: str
    closed: str
    all_in: str
    none_out: str
    out_more: str
    unnamed: str
    directly: str
    whole: str
    grades: str
    why: Mapping[str, str]
    headings: tuple[str, ...]
    out_headings: tuple[str, ...]
    notes: tuple[str, ...]
    foot: str


ZH = Words(
    banner="志愿服务简报",
    issue="第 {number} 期",
    replaces="（本期替代第 {replaces} 期）",
    title="{name}志愿服务情况",
    span="{first}至{last}",
    one_day="{first}",
    parts=("一、总体情况", "二、分区情况", "三、数据表", "四、数据是否到齐", "五、说明"),
    overall="{span}，{name}共有 {people} 人在 {sites} 个站点参加志愿服务 {records} 人次，认可服务时长 {credited} 小时。",
    section="{name}：{people} 人，{records} 人次，{sites} 个站点，认可 {credited} 小时，待核 {held} 小时，不计 {refused} 小时。",
    none="{name}：本期没有服务记录。",
    rest="另有待核 {held} 小时、不计 {refused} 小时；三者合计为申报时长。",
    final="各站点数据均已到齐，涉及月份均已结账，本期数字为最终数；此后如有更正，以调整方式另行公布。",
    complete="各站点数据均已到齐；尚未结账，本期数字为暂计。认可时长下限 {low} 小时，上限 {high} 小时（待核全部认可）。",
    provisional="尚有 {out} 台签到机数据未到齐，本期数字为暂计，数据完整截至 {as_of}。"
    "认可时长下限 {low} 小时，上限 {high} 小时（待核及未签退全部认可）。",
    unproved="有的日期没有签到机可以证明数据已到齐，本期数字为暂计。认可时长下限 {low} 小时，上限 {high} 小时。",
    unknown="尚无法确定",
    closed="涉及站点月份 {months} 个，已结账 {closed} 个。",
    all_in="各站点的签到机数据均已到齐。",
    none_out="没有签到机尚未到齐；有的日期没有签到机可以证明。",
    out_more="以上列出 {shown} 台，共 {out} 台。",
    unnamed="（未命名）",
    directly="{name}直属",
    whole="合计",
    grades="按证据等级，记录数为：A 级 {a}，B 级 {b}，C 级 {c}，D 级 {d}，E 级 {e}"
    "（A 动态码，B 证件，C 一端为证明，D 手工录入，E 纸质或导入；以较弱一端为准）。",
    why={
        "gap": "记录有缺口",
        "behind": "数据只到 {since}",
        "never": "从未上传",
        "pending": "新日志待确认",
    },
    headings=("区划", "人", "人次", "站点", "认可小时", "待核小时", "不计小时", "上限小时"),
    out_headings=("站点", "签到机", "情况", "涉及天数"),
    notes=(
        "人、人次、小时是三个不同的数。同一人在几个区划服务的，合计只算一人，故各区人数相加可能大于合计。",
        "服务时长按分钟记录，在纸面上折算为小时时四舍五入到两位小数，只舍入一次。日期为北京时间。",
        "每个数字都可查到明细：python -m server bulletin trace {number} 区划代码.项目，例如 {number} all.credited。",
        "本期依据 {rows} 条服务记录；不属于任何区划的记录（如尚未登记的签到机所记）不在其中。",
    ),
    foot="第 {number} 期 · 数据校验值 SHA-256 {hash}",
)  # fmt: skip

EN = Words(
    banner="Volunteer Service Bulletin",
    issue="No. {number}",
    replaces="(replaces No. {replaces})",
    title="Volunteer service in {name}",
    span="{first} to {last}",
    one_day="{first}",
    parts=("1. Overview", "2. By district", "3. Table", "4. Is everything in?", "5. Notes"),
    overall="{span}: in {name}, {people} people served {records} times at {sites} sites; {credited} hours are credited.",
    section="{name}: {people} people, {records} times, {sites} sites; {credited} hours credited, {held} held, {refused} refused.",
    none="{name}: no service was recorded.",
    rest="A further {held} hours are held and {refused} refused; the three together are the hours presented.",
    final="Everything is in and every month concerned is closed: these figures are final. "
    "Later corrections are published as adjustments.",
    complete="Everything is in; not every month is closed, so these figures are provisional. "
    "Credited hours lie between {low} and {high} (all that is held is credited).",
    provisional="{out} kiosks are not in yet, so these figures are provisional; they are complete as of {as_of}. "
    "Credited hours lie between {low} and {high} (all that is held or not signed out is credited).",
    unproved="For some dates no kiosk can prove that everything is in, so these figures are provisional. "
    "Credited hours lie between {low} and {high}.",
    unknown="an unknown time",
    closed="Months of sites concerned: {months}; closed: {closed}.",
    all_in="The kiosks of all sites are in.",
    none_out="No kiosk is waited for; for some dates there is none to prove it.",
    out_more="{shown} of {out} kiosks are listed.",
    unnamed="(no name)",
    directly="{name}, directly",
    whole="Total",
    grades="Records by grade of evidence: A {a}, B {b}, C {c}, D {d}, E {e} "
    "(A live pass, B signed card, C one end attested, D typed, E paper or import; the weaker end counts).",
    why={
        "gap": "entries are missing",
        "behind": "in up to {since}",
        "never": "never heard",
        "pending": "new log, not confirmed",
    },
    headings=("Region", "People", "Times", "Sites", "Credited h", "Held h", "Refused h", "At most h"),
    out_headings=("Site", "Kiosk", "State", "Days"),
    notes=(
        "People, times and hours are three figures. Who served in several districts is one person in the total, "
        "so districts may add up to more.",
        "Service is kept in minutes; hours are rounded once, on paper, to two decimals. Dates are those of Beijing.",
        "Every figure leads to its rows: python -m server bulletin trace {number} REGION.FIGURE, such as {number} all.credited.",
        "This bulletin rests on {rows} service records; records of no region (as of kiosks not enrolled) are not among them.",
    ),
    foot="No. {number} · SHA-256 of the figures {hash}",
)  # fmt: skip

WORDS: Mapping[Language, Words] = {Language.ZH: ZH, Language.EN: EN}
