"""Who was assigned to what, and what posts need and people have: the reference data behind D6 to D9 and E9.

Assignments are read in bulk, all else when it is first asked for; each answer is kept.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from server import bulk
from server.models.activity import Activity
from server.models.insurance import Insurance
from server.models.post import Post as PostRow
from server.models.shift import Shift as ShiftRow
from server.models.training import Training
from server.models.volunteer import Volunteer
from server.people.roster import in_parts
from server.people.versions import Version, in_force, last_in_force
from server.reconcile.facts import Cover, Post, Shift
from server.reconcile.minutes import day_of

EVER = 2**62
"""As many changes of reference data as there ever were."""


_NONE: Mapping[str, int] = {}


class _Post(NamedTuple):
    site: str
    post: Post


class _Run(NamedTuple):
    """An activity, from its first to its last day (None: open)."""

    site: str
    first_day: int | None
    last_day: int | None
    certified: bool


class Duties:
    """What was planned and what people have, as it stood after so many changes (`upto`)."""

    def __init__(self, connection: Connection, upto: int = EVER) -> None:
        """Read within the caller's transaction."""
        self._connection = connection
        self._upto = upto
        self._since: dict[str, dict[str, int]] = {}
        self._by_day: dict[str, dict[int, list[str]]] = {}
        self._shifts: dict[str, tuple[Version[Shift], ...]] = {}
        self._posts: dict[str, tuple[Version[_Post], ...]] = {}
        self._planned: dict[str, frozenset[int]] = {}
        self._runs: list[tuple[Version[_Run], ...]] | None = None
        self._has_shifts: bool | None = None
        self._everyone = False

    def read(self, people: Collection[str] | None) -> None:
        """Read the assignments of these people (None: of everyone), and the shifts they are about."""
        self._everyone = self._everyone or people is None
        if not self._any_shift():
            self._since.update({who: {} for who in people or ()})
            return
        for some in [None] if people is None else in_parts(people):
            marks = "" if some is None else f"volunteer IN ({', '.join('?' * len(some))}) AND"
            asked = (*(some or ()), self._upto)
            for who, shift, since in bulk.fetch(
                self._connection, _ASSIGNED.format(who=marks), asked
            ):
                own = self._since.setdefault(who, {})
                own[shift] = min(since, own.get(shift, since))
            for who in some or ():
                self._since.setdefault(who, {})
        self._read_shifts({shift for own in self._since.values() for shift in own})

    def has_shifts(self, who: str) -> bool:
        """Tell whether this number is assigned to any shift at all."""
        return self._any_shift() and bool(self._assigned(who))

    def shifts(self, who: str, site: str, day: int) -> tuple[Shift, ...]:
        """Give the shifts at this site that this number is assigned to and that start on this date or the day before."""
        since = self._assigned(who)
        if not since:
            return ()
        found = []
        for code in {*self._of_day(who, day), *self._of_day(who, day - 1)}:
            shift = last_in_force(self._shifts[code], day)
            if shift is None or since[code] > day or day_of(shift.start_ms) not in (day, day - 1):
                continue
            held = last_in_force(self._post_versions(shift.post), day)
            if held is not None and held.site == site:
                found.append(shift)
        return tuple(sorted(found))

    def is_planned(self, site: str, day: int) -> bool:
        """Tell whether any shift at this site starts on this date or the day before."""
        if not self._any_shift():
            return False
        if site not in self._planned:
            rows = bulk.fetch(self._connection, _PLANNED, (site, self._upto, self._upto))
            self._planned[site] = frozenset(day_of(start_ms) for (start_ms,) in rows)
        return day in self._planned[site] or day - 1 in self._planned[site]

    def post(self, code: str, day: int) -> Post | None:
        """Give a post as of this day."""
        held = last_in_force(self._post_versions(code), day)
        return held.post if held else None

    def is_certified(self, site: str, day: int) -> bool:
        """Tell whether a certified activity ran at this site on this day."""
        if self._runs is None:
            self._runs = list(self._read_runs())
        runs = (last_in_force(versions, day) for versions in self._runs)
        return any(
            run.certified
            and run.site == site
            and (run.first_day is None or run.first_day <= day)
            and (run.last_day is None or day <= run.last_day)
            for run in runs
            if run is not None
        )

    def born(self, who: str, day: int) -> int | None:
        """Give the date of birth, as known on this day."""
        query = select(Volunteer.valid_from, Volunteer.born).where(Volunteer.number == who)
        ordered = query.where(Volunteer.entered <= self._upto)
        rows = self._connection.execute(ordered.order_by(Volunteer.valid_from, Volunteer.entered))
        return in_force([Version(since, born) for since, born in rows], day, None)

    def is_known(self, who: str) -> bool:
        """Tell whether this number is a volunteer's."""
        query = select(Volunteer.number).where(Volunteer.number == who)
        return (
            self._connection.execute(query.where(Volunteer.entered <= self._upto)).first()
            is not None
        )

    def trainings(self, who: str, day: int) -> tuple[str, ...]:
        """Give the names of the trainings that this number had on or before this day."""
        query = select(Training.name).where(Training.volunteer == who, Training.day <= day)
        asked = query.where(Training.valid_from <= day, Training.entered <= self._upto)
        return tuple(sorted(set(self._connection.scalars(asked))))

    def insurances(self, who: str, day: int) -> tuple[Cover, ...]:
        """Give the insurances of this number, as known on this day."""
        asked = select(
            Insurance.policy, Insurance.first_day, Insurance.valid_from, Insurance.last_day
        ).where(Insurance.volunteer == who, Insurance.entered <= self._upto)
        ordered = asked.order_by(Insurance.valid_from, Insurance.entered)
        last: dict[tuple[str, int], int | None] = {}
        for policy, first_day, since, last_day in self._connection.execute(ordered):
            if since <= day:
                last[policy, first_day] = last_day
        return tuple(Cover(*key, last_day) for key, last_day in sorted(last.items()))

    def _any_shift(self) -> bool:
        """Tell whether there are shifts at all: where nobody plans, nothing is looked up."""
        if self._has_shifts is None:
            self._has_shifts = bool(bulk.fetch(self._connection, "SELECT 1 FROM shift LIMIT 1"))
        return self._has_shifts

    def _assigned(self, who: str) -> Mapping[str, int]:
        if who not in self._since and not self._everyone:
            self.read([who])
        return self._since.get(who, _NONE)

    def _of_day(self, who: str, day: int) -> list[str]:
        if who not in self._by_day:
            found: dict[int, list[str]] = {}
            for code in self._since[who]:
                for start in {day_of(version.value.start_ms) for version in self._shifts[code]}:
                    found.setdefault(start, []).append(code)
            self._by_day[who] = found
        return self._by_day[who].get(day, [])

    def _read_shifts(self, codes: Collection[str]) -> None:
        missing = sorted(set(codes) - self._shifts.keys())
        self._shifts.update(dict.fromkeys(missing, ()))
        for some in in_parts(missing):
            asked = select(
                ShiftRow.code,
                ShiftRow.valid_from,
                ShiftRow.post,
                ShiftRow.start_ms,
                ShiftRow.end_ms,
            ).where(ShiftRow.code.in_(some))
            for code, since, post, start_ms, end_ms in self._versions(asked, ShiftRow):
                shift = Version(since, Shift(code, post, start_ms, end_ms))
                self._shifts[code] = (*self._shifts[code], shift)

    def _post_versions(self, code: str) -> tuple[Version[_Post], ...]:
        if code not in self._posts:
            asked = select(
                PostRow.valid_from, PostRow.site, PostRow.role, PostRow.needs, PostRow.capacity
            ).where(PostRow.code == code)
            self._posts[code] = tuple(
                Version(since, _Post(site, Post(role, _items(needs), capacity)))
                for since, site, role, needs, capacity in self._versions(asked, PostRow)
            )
        return self._posts[code]

    def _read_runs(self) -> Iterator[tuple[Version[_Run], ...]]:
        asked = select(
            Activity.code, Activity.valid_from, Activity.site, Activity.first_day, Activity.last_day,
            Activity.certified,
        )  # fmt: skip
        by_code: dict[str, tuple[Version[_Run], ...]] = {}
        for code, since, site, first, last, certified in self._versions(asked, Activity):
            run = Version(since, _Run(site, first, last, certified == 1))
            by_code[code] = (*by_code.get(code, ()), run)
        yield from by_code.values()

    def _versions(
        self, asked: Select[*tuple[Any, ...]], model: type[ShiftRow | PostRow | Activity]
    ) -> Iterator[Row[*tuple[Any, ...]]]:
        """Give rows as they stood, in the order in which versions count."""
        known = asked.where(model.entered <= self._upto)
        yield from self._connection.execute(known.order_by(model.valid_from, model.entered))


def _items(needs: str) -> tuple[str, ...]:
    return tuple(item for item in needs.split(";") if item)


_ASSIGNED = "SELECT volunteer, shift, valid_from FROM assignment WHERE {who} entered <= ?"
_PLANNED = (
    "SELECT DISTINCT s.start_ms FROM post p JOIN shift s ON s.post = p.code "
    "WHERE p.site = ? AND p.entered <= ? AND s.entered <= ?"
)
