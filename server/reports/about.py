"""What a report says of itself: what it counts, of when, how complete it is, and where it comes from."""

from dataclasses import dataclass

from server.books.dates import iso_time
from server.books.explain.words import GRADES
from server.books.rounding import HOURS_RULE
from server.reports.columns import KEYS, columns_of, state_words
from server.reports.query import By, dates_of
from server.reports.report import Report

SOURCE = (
    "由签到机的签名日志、工作人员的决定和当时有效的基础数据推算的入账之和；每条记录可用 explain 查到依据",
    "sums of postings, derived from the kiosks' signed logs, decisions of staff and dated reference data; "
    "`explain` shows what each record rests on",
)


@dataclass(frozen=True, slots=True)
class About:
    """As programs read it. dates, before: ISO spans, both ends included. out: kiosks that are waited for. made: server time."""

    by: str
    dates: str
    before: str | None
    only: dict[str, tuple[str, ...]]
    whole_tree: bool
    state: str
    as_of: str | None
    out: tuple[str, ...]
    masked: bool
    purpose: str
    rounding: str
    source: str
    made: str
    columns: dict[str, str]


def about(report: Report, made_ms: int) -> About:
    """Say what a report is. made_ms: server time."""
    query, now = report.query, report.total.now
    return About(
        query.by.value,
        dates_of(query.span),
        None if query.before is None else dates_of(query.before),
        query.only.named(),
        query.part.is_all,
        now.state.value,
        now.as_of,
        report.out,
        not query.purpose,
        query.purpose,
        " / ".join(HOURS_RULE),
        " / ".join(SOURCE),
        iso_time(made_ms),
        {column.name: column.meaning for column in columns_of(query)},
    )


def notes(report: Report, made_ms: int) -> list[tuple[str, str]]:
    """Say the same to people, in both languages, as lines of two cells."""
    query, now = report.query, report.total.now
    only = "；".join(f"{kind}: {' '.join(codes)}" for kind, codes in query.only.named().items())
    lines = [
        ("统计对象 by", f"{KEYS[query.by]} {query.by.value}"),
        ("日期 dates", dates_of(query.span)),
        ("对比 compared with", "" if query.before is None else dates_of(query.before)),
        ("筛选 only", only),
        (
            "范围 part",
            "全部 / everything" if query.part.is_all else "本人权限内 / what one may see",
        ),
        ("总体状态 state of the total", state_words(now.state)),
        ("总体截至 total as of", now.as_of or "未知：有签到机从未报告 / unknown"),
        ("未到齐的签到机 waits for", " ".join(report.out)),
        ("小时 hours", " / ".join(HOURS_RULE)),
        ("凭据 evidence", "；".join(f"{g} {zh} / {en}" for g, (zh, en) in GRADES.items())),
        ("来源 source", " / ".join(SOURCE)),
        ("姓名 names", f"用途 purpose: {query.purpose}" if query.purpose else "已隐名 / masked"),
        ("制表 made", iso_time(made_ms)),
    ]
    if query.by is By.CATEGORY:
        words = "一人可属多类，各行相加会多于合计 / people of several categories: rows overlap, the total does not"
        lines.append(("注意 note", words))
    meanings = [(column.heading, column.meaning) for column in columns_of(query)]
    return [(term, said) for term, said in [*lines, *meanings] if said]
