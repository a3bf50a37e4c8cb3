"""Close a period: a month of a site is counted, checked and frozen. From then on only adjustments are posted (RULES, 9).

What is frozen is worked out from one view of facts and derived tables; it is written only if nothing was said centrally since.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from schemas.central_entry import ClosePeriod, Covered
from schemas.vocabulary import Code
from server import bulk, epochs
from server.books import central_rows
from server.books.dates import iso_date
from server.books.decisions.actor import Actor, Role
from server.books.derive.drain import drain, is_behind
from server.books.derive.queue import queue_people
from server.books.derive.site_days import open_days, read_reaches
from server.books.derive.stored import pack
from server.books.periods.count_period import Counted, counted_now
from server.books.periods.cover import cover_digest, cover_entries, covered
from server.books.periods.frozen_set import FrozenSet
from server.books.periods.months import first_day, iso_month, last_day, month_end_ms
from server.central import Central
from server.database import Database
from server.limits import CLOSE_ATTEMPTS_MAX, OPEN_DAYS_LISTED_MAX
from server.models.log import Log, LogRange
from server.models.period import FrozenPosting, FrozenRecord, PeriodClose
from server.people.sites import site_exists
from sync.errors import Refused

Head = tuple[int, bytes]
"""Seq and hash of the last entry of the central log."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a close would freeze. open_days: dates of the month that are not complete."""

    site: str
    month: int
    head: Head
    ranges: list[Covered]
    counted: Counted
    open_days: list[str]


@dataclass(frozen=True, slots=True)
class ClosedNow:
    """A closed period, or (dry run) one that would be. already: it was closed before, and nothing was done now."""

    site: str
    month: str
    already: bool
    people: int
    records: int
    credited: int
    held: int
    refused: int
    adjusted_credited: int
    adjusted_held: int
    adjusted_refused: int
    open_days: list[str]
    entry: str


def close_period(
    database: Database,
    central: Central,
    actor: Actor,
    site: str,
    month: int,
    *,
    why: str = "",
    is_dry: bool = False,
) -> ClosedNow:
    """Close a month of a site. Closing it again changes nothing.

    Raise `Refused`: `not_found`, `not_over`, `role_too_low`, `reason_needed` where dates are open and `why` is empty,
    `totals_differ` (F6), `try_later` where others write too much meanwhile.
    """
    if not actor.reaches(Role.REVIEWER):
        raise Refused(Code.ROLE_TOO_LOW, f"需要 {Role.REVIEWER} / takes the role {Role.REVIEWER}")
    if central.clock.wall_ms() < month_end_ms(month):
        raise Refused(Code.NOT_OVER, f"{iso_month(month)} 尚未结束 / is not over")
    for _ in range(CLOSE_ATTEMPTS_MAX):
        drain(database, central.keys.identity_public)
        with database.read() as connection:
            there = _there(connection, site, month)
            if there is not None:
                return _answer(there[0], there[1].hex(), already=True)
            if is_behind(connection):
                continue
            count = _count(connection, site, month)
        if count.open_days and not why and not is_dry:
            words = (
                f"数据未齐，请说明原因 / not complete, give a reason: {' '.join(count.open_days)}"
            )
            raise Refused(Code.REASON_NEEDED, words)
        entry = _entry(count, actor, why)
        if is_dry:
            return _answer(entry, "", already=False, open_days=count.open_days)
        with database.write_facts() as connection:
            queue_people(connection, count.counted.people)  # before the central log, as imports do
            if _head(connection) == count.head:
                return _write(connection, central, count, entry)
            connection.rollback()
    raise Refused(
        Code.TRY_LATER, "期间有其他写入，请稍后再试 / others were writing: try again later"
    )


def _count(connection: Connection, site: str, month: int) -> Count:
    if not site_exists(connection, site):
        raise Refused(Code.NOT_FOUND, f"没有站点 / no site: {site}")
    counted = counted_now(connection, site, month)
    _require_agreement(connection, site, month, counted.frozen)
    ranges = covered(connection, site, counted.logs)
    open_days = _open_days(connection, site, month)
    return Count(site, month, _head(connection), ranges, counted, open_days)


def _open_days(connection: Connection, site: str, month: int) -> list[str]:
    """Give the dates of the month on which something is still out: at most `OPEN_DAYS_LISTED_MAX`, in order."""
    here = read_reaches(connection, [site]).get(site, ())
    out = open_days(here, first_day(month), last_day(month))
    return [iso_date(day) for day in out][:OPEN_DAYS_LISTED_MAX]


def _require_agreement(connection: Connection, site: str, month: int, frozen: FrozenSet) -> None:
    """Compare totals by volunteer, team, region and day, as derived, with each other and with what would be frozen (F6)."""
    span = {"site": site, "first": first_day(month), "last": last_day(month)}
    own = {
        verdict: minutes
        for verdict, minutes in frozen.totals(month, inside=True).items()
        if minutes
    }
    for by in ("who", "team", "region", "site", "day"):
        totals: dict[str, int] = {}
        for _, verdict, minutes in connection.execute(text(_BY.format(by=by)), span):
            totals[verdict] = totals.get(verdict, 0) + int(minutes)
        if totals != own:
            raise Refused(Code.TOTALS_DIFFER, f"{by}: {totals} ≠ {own}")


def _head(connection: Connection) -> Head:
    """Give the head of the central log that is written now."""
    name = epochs.current(connection).central
    query = select(LogRange.last, LogRange.head).join(Log, Log.id == LogRange.log)
    row = connection.execute(query.where(Log.name == name)).one()
    return row.last, bytes(row.head)


def _there(connection: Connection, site: str, month: int) -> tuple[ClosePeriod, bytes] | None:
    query = select(PeriodClose.hash, PeriodClose.body)
    found = connection.execute(
        query.where(PeriodClose.site == site, PeriodClose.month == month)
    ).one_or_none()
    if found is None:
        return None
    return central_rows.close_of(bytes(found.body)), bytes(found.hash)


def _entry(count: Count, actor: Actor, why: str) -> ClosePeriod:
    own = count.counted.frozen.totals(count.month, inside=True)
    adjusted = count.counted.frozen.totals(count.month, inside=False)
    people, records = count.counted.frozen.counts(count.month)
    return ClosePeriod(
        *central_rows.UNSTAMPED,
        site=count.site,
        month=count.month,
        seq=count.head[0],
        hash=count.head[1],
        ranges=len(count.ranges),
        cover=cover_digest(count.ranges),
        rows=len(count.counted.frozen.postings),
        digest=count.counted.frozen.digest(),
        people=people,
        records=records,
        credited=own["credited"],
        held=own["held"],
        refused=own["refused"],
        adjusted_credited=adjusted["credited"],
        adjusted_held=adjusted["held"],
        adjusted_refused=adjusted["refused"],
        complete=int(not count.open_days),
        why=why,
        by=actor.number,
    )


def _write(connection: Connection, central: Central, count: Count, entry: ClosePeriod) -> ClosedNow:
    for part in cover_entries(count.ranges):
        central_rows.write_entry(connection, central, part)
    appended = central_rows.write_entry(connection, central, entry)
    keep_frozen(connection, count.site, count.month, count.counted.frozen)
    return _answer(entry, appended.hash.hex(), already=False, open_days=count.open_days)


def keep_frozen(connection: Connection, site: str, month: int, frozen: FrozenSet) -> None:
    """Keep what a close froze, in the caller's transaction."""
    rows = [
        (k.who, site, month, k.record, k.day, k.verdict, k.cause, k.team, k.region, minutes)
        for k, minutes in frozen.postings
    ]
    bulk.insert(connection, FrozenPosting, rows)
    held = [(r.who, r.record, site, month, pack(r.intervals)) for r in frozen.records]
    bulk.insert(connection, FrozenRecord, held)


def _answer(
    entry: ClosePeriod, hash_: str, *, already: bool, open_days: Sequence[str] = ()
) -> ClosedNow:
    return ClosedNow(
        entry.site,
        iso_month(entry.month),
        already,
        entry.people,
        entry.records,
        entry.credited,
        entry.held,
        entry.refused,
        entry.adjusted_credited,
        entry.adjusted_held,
        entry.adjusted_refused,
        list(open_days),
        hash_,
    )


_BY = (
    "SELECT {by}, verdict, SUM(minutes) FROM derived.posting "
    "WHERE site = :site AND day BETWEEN :first AND :last GROUP BY {by}, verdict"
)
