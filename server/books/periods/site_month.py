"""A calendar month of a site as a whole: what rules about several people note (E2, E3, E4, F1), who was absent, what was open.

Nobody's minutes depend on it, so it is worked out when somebody asks, from the records as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server.books.dates import DAY_MS, SHANGHAI_MS, iso_time, local_day
from server.books.derive.identities import read_identities
from server.books.derive.kiosk_logs import kiosk_logs
from server.books.derive.known import Logs
from server.books.derive.site_stays import read_site_stays
from server.books.periods.months import first_day, iso_month, month_end_ms, month_of
from server.models.assignment import Assignment
from server.models.derived import RecordRow
from server.models.post import Post
from server.models.shift import Shift
from server.people.reference import load_reference
from server.reconcile.facts import Finding, Reference
from server.reconcile.policy import Policy
from server.reconcile.rules.fraud import e2_crowds, e2_holds, e3, e4
from server.reconcile.rules.together import SiteStay
from server.reconcile.rules.totals import Manned, Planned, f1, f2, gaps, manned, overlaps


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a shift. people: at most so many were on the post."""

    since: str
    until: str
    people: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """A shift as it was held.

    absent: assigned and never came (F2). gaps, overlaps: too few people, or too many for longer than a hand-over takes (B14).
    """

    shift: str
    post: str
    start: str
    end: str
    needed: int | None
    assigned: int
    absent: list[str]
    gaps: list[Stretch]
    overlaps: list[Stretch]


@dataclass(frozen=True, slots=True)
class SiteMonth:
    """A month of a site. notes: rule and figures."""

    site: str
    month: str
    notes: list[Finding]
    shifts: list[Coverage]


def read_site_month(
    connection: Connection, site: str, month: int, logs: Logs | None = None
) -> SiteMonth:
    """Give what a month of a site shows as a whole."""
    reference = load_reference(connection, ())
    start_ms, end_ms = first_day(month) * DAY_MS - SHANGHAI_MS, month_end_ms(month)
    known = kiosk_logs(connection) if logs is None else logs
    around = start_ms - DAY_MS, end_ms + DAY_MS
    stays = list(read_site_stays(connection, site, *around, known))
    inside = [stay for stay in stays if start_ms <= stay.in_ms < end_ms]
    notes = _of_people(site, inside, reference)
    shifts = []
    for shift in _shifts(connection, site, month):
        policy = reference.policy(site, local_day(shift.start_ms))
        parts = manned(shift, stays)
        crowded = f1(site, shift, parts, policy)
        notes += [crowded] if crowded else []
        shifts.append(
            Coverage(
                shift.code,
                shift.post,
                iso_time(shift.start_ms),
                iso_time(shift.end_ms),
                shift.needed,
                len(shift.assigned),
                list(f2(shift, stays, policy)),
                _stretches(gaps(shift, parts)),
                _stretches(overlaps(shift, parts, policy)),
            )
        )
    return SiteMonth(site, iso_month(month), notes, shifts)


def all_notes(connection: Connection) -> Iterator[Finding]:
    """Give the notes of every month of every site with a record, a month at a time."""
    logs = kiosk_logs(connection)
    rows = connection.execute(select(RecordRow.site, RecordRow.day).distinct())
    for site, month in sorted({(site, month_of(day)) for site, day in rows if site}):
        yield from read_site_month(connection, site, month, logs).notes


def _of_people(site: str, stays: list[SiteStay], reference: Reference) -> list[Finding]:
    def figures(day: int) -> Policy:
        return reference.policy(site, day)

    held = e2_holds(stays, figures)
    crowds = e2_crowds(site, stays, held, figures)
    return [*crowds, *e3(site, stays, figures), *e4(site, stays, figures)]


def _shifts(connection: Connection, site: str, month: int) -> list[Planned]:
    """Give the shifts of the site's posts that start in a month, as they stood on the day."""
    posts = select(Post.code).where(Post.site == site).distinct()
    rows = connection.execute(
        select(Shift)
        .where(Shift.post.in_(posts))
        .order_by(Shift.code, Shift.valid_from, Shift.entered)
    )
    last = {
        row.code: row
        for row in rows
        if row.valid_from <= local_day(row.start_ms) and month_of(local_day(row.start_ms)) == month
    }
    found = [
        Planned(
            row.code,
            row.post,
            row.start_ms,
            row.end_ms,
            row.needed,
            _assigned(connection, row.code, local_day(row.start_ms)),
        )
        for row in last.values()
    ]
    return sorted(found, key=lambda shift: (shift.start_ms, shift.code))


def _assigned(connection: Connection, shift: str, day: int) -> tuple[str, ...]:
    """Give who was assigned, under the numbers that they keep."""
    query = select(Assignment.volunteer).where(Assignment.shift == shift).distinct()
    numbers = list(connection.scalars(query.where(Assignment.valid_from <= day)))
    who_is = read_identities(connection, numbers)
    return tuple(sorted({who_is.keeper(number) for number in numbers}))


def _stretches(parts: list[Manned]) -> list[Stretch]:
    return [Stretch(iso_time(p.start_ms), iso_time(p.end_ms), p.people) for p in parts]
