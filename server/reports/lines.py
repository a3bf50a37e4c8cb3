"""The lines that reports add up: a line a record with its minutes, and a line for each posting that is kept apart from it.

Everything that narrows a report is in these queries; nothing is read first and cut afterwards (I9).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    column,
    distinct,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    table,
    union_all,
)

from server.books.derive.stored import USUAL_GRADE
from server.books.explain.words import GRADES
from server.books.hours import Span
from server.models.derived import PostingPart, RecordRow
from server.reports.figures import Sums
from server.reports.query import By, Query

RECORD, PART = RecordRow.__table__, PostingPart.__table__
_SITE_DAY = table(
    "site_day", *map(column, ("site", "day", "complete", "frontier", "open_minutes", "closed"))
)
_MONTH = table("day_month", *map(column, ("day", "month")))
_CATEGORY = table("person_category", *map(column, ("number", "category", "first", "last")))

_OF_LEAST = frozenset({"complete", "closed", "frontier_ms"})
"""Figures of which the whole has the least of its people's; of all others, the sum."""

Column = ColumnElement[Any]
Lines = Select[*tuple[Any, ...]]


def sums(connection: Connection, query: Query, span: Span) -> Lines:
    """Give the query for the sums of each row, in order of its key; columns as in `figures.Sums`.

    The temporary tables of `server.reports.prepare` have to be there, and regions to be spread out.
    """
    lines = union_all(_records(query, span), _parts(query, span)).subquery("line")
    key = lines.c.key
    counted = case((lines.c.records == 1, lines.c.who))
    found = select(
        key,
        func.count(distinct(counted)),
        *(func.sum(lines.c[name]) for name in ("records", "credited", "held", "refused")),
        *(func.sum(case((lines.c.grade == each, lines.c.credited), else_=0)) for each in GRADES),
        func.sum(lines.c.open_minutes),
        func.min(lines.c.complete),
        func.min(lines.c.closed),
        func.min(lines.c.frontier),
        func.sum(lines.c.unknown),
    ).group_by(key)
    return found.order_by(in_code_points(connection, key, query.by))


def sums_of_all(connection: Connection, query: Query, span: Span) -> Lines:
    """Give the query for the sums of the whole, one row or none; columns as in `figures.Sums`, without a key.

    People are added up first, each by an index: `count(DISTINCT …)` would hold every one of them in memory.
    """
    each = sums(connection, replace(query, by=By.VOLUNTEER), span).order_by(None)
    _, *columns = each.subquery("person").c
    added = zip(Sums._fields, columns, strict=True)
    found = [func.min(c) if name in _OF_LEAST else func.sum(c) for name, c in added]
    return select(*found).having(func.count() > 0)


def in_code_points(connection: Connection, key: Column, by: By) -> Column:
    """Give what to order rows by, so that both databases give the same order."""
    is_text = by not in (By.DAY, By.MONTH)
    return key.collate("C") if is_text and connection.dialect.name == "postgresql" else key


def _records(query: Query, span: Span) -> Lines:
    """Give a line for each record that touches the span, with its minutes if they are all of one date within."""
    began, ended = _SITE_DAY.alias("began"), _SITE_DAY.alias("ended")
    r = RECORD.c
    # A record that began before the span counts on the first date of it, and its minutes on their own.
    day = case((r.day < span.first, span.first), else_=r.day)
    has_minutes = and_(r.cause != "*", r.day >= span.first)
    frontiers = (began.c.frontier, ended.c.frontier)
    columns: list[Column] = [
        _key(query.by, day, RECORD).label("key"),
        r.who.label("who"),
        literal(1).label("records"),
        *(
            case((has_minutes, minutes), else_=0).label(name)
            for name, minutes in (
                ("credited", r.credited),
                ("held", r.held),
                ("refused", r.refused),
            )
        ),
        _grade().label("grade"),
        case((r.out_ms.is_(None), began.c.open_minutes), else_=0).label("open_minutes"),
        _lesser(began.c.complete, ended.c.complete).label("complete"),
        _lesser(began.c.closed, ended.c.closed).label("closed"),
        _lesser(*frontiers).label("frontier"),
        case((or_(*(each.is_(None) for each in frontiers)), 1), else_=0).label("unknown"),
    ]
    lines: Lines = select(*columns).select_from(RECORD)
    lines = lines.join(began, and_(began.c.site == r.site, began.c.day == r.day))
    lines = lines.join(ended, and_(ended.c.site == r.site, ended.c.day == r.last_day))
    lines = _grouped(lines, query.by, day)
    lines = lines.where(r.day <= span.last, r.last_day >= span.first)
    return lines.where(*narrowed(query, RECORD, span))


def _parts(query: Query, span: Span) -> Lines:
    """Give a line for each posting within the span that its record's row does not hold."""
    p, r = PART.c, RECORD.c
    columns: list[Column] = [
        _key(query.by, p.day, PART).label("key"),
        p.who.label("who"),
        literal(0).label("records"),
        *(
            case((p.verdict == name, p.minutes), else_=0).label(name)
            for name in ("credited", "held", "refused")
        ),
        _grade().label("grade"),
        literal(0).label("open_minutes"),
        *(null().label(name) for name in ("complete", "closed", "frontier")),
        literal(0).label("unknown"),
    ]
    lines: Lines = select(*columns).select_from(PART)
    lines = lines.join(RECORD, and_(r.who == p.who, r.id == p.record))
    lines = _grouped(lines, query.by, p.day)
    lines = lines.where(p.day.between(span.first, span.last))
    return lines.where(*narrowed(query, PART, span))


def narrowed(query: Query, of: FromClause, span: Span) -> list[Column]:
    """Give the conditions of a query on lines of these rows: its part first, then what it is narrowed to.

    span: the dates of their records, to find them by; that each is of these dates is the caller's to ask.
    """
    only = query.only
    found: list[Column] = [query.part.records_within(of.c.site, of.c.team, of.c.region)]
    found += query.ways.of(span.first, span.last) if query.ways else []
    for where, codes in (
        (of.c.who, only.volunteers),
        (of.c.team, only.teams),
        (of.c.region, only.regions),
        (of.c.site, only.sites),
        (RECORD.c.post, only.posts),
        (_grade(), only.grades),
    ):
        if codes:
            found.append(where.in_(sorted(codes)))
    if only.categories:
        found.append(_has_category(only.categories))
    return found


def _key(by: By, day: Column, of: FromClause) -> Column:
    columns: dict[By, Column] = {
        By.VOLUNTEER: of.c.who,
        By.TEAM: of.c.team,
        By.REGION: of.c.region,
        By.SITE: of.c.site,
        By.POST: RECORD.c.post,
        By.DAY: day,
        By.CATEGORY: func.coalesce(_CATEGORY.c.category, ""),
        By.MONTH: _MONTH.c.month,
    }
    return columns[by]


def _grouped(lines: Lines, by: By, day: Column) -> Lines:
    """Join what rows are by, where the lines do not have it: months, or the categories that the person had, a line for each."""
    if by is By.MONTH:
        return lines.join(_MONTH, _MONTH.c.day == day)
    return lines.outerjoin(_CATEGORY, _is_theirs(_CATEGORY)) if by is By.CATEGORY else lines


def _has_category(categories: Sequence[str]) -> Column:
    sought = _CATEGORY.alias(
        "sought"
    )  # rows may be by category: the same table stands outside, too
    return exists().where(_is_theirs(sought), sought.c.category.in_(sorted(categories)))


def _is_theirs(of: FromClause) -> Column:
    day = RECORD.c.day
    return and_(of.c.number == RECORD.c.who, of.c.first <= day, of.c.last > day)


def _grade() -> Column:
    """Give the letter of a record's evidence, as `server.books.derive.stored.judged_text` keeps it."""
    judged = RECORD.c.judged
    return case((judged == "", USUAL_GRADE), else_=func.substr(judged, 1, 1))


def _lesser(one: Column, two: Column) -> Column:
    """Give the lesser of two, or whichever is known."""
    return case((or_(one.is_(None), two < one), two), else_=one)
