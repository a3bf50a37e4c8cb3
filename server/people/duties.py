"""Who was assigned to what, and what posts need and people have: the reference data behind D6 to D9 and E9.

Assignments are read in bulk, all else when it is first asked for; each answer is kept.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from server.models.insurance import Insurance
from server.models.training import Training
from server.people.places import EVER
from server.people.planned import ALWAYS, Around, Planned
from server.people.posts import Posts
from server.people.versions import Version, last_in_force
from server.reconcile.facts import Cover, Post, Shift
from server.reconcile.minutes import day_of


class Duties:
    """What was planned and what people have, as it stood after so many changes (`upto`)."""

    def __init__(
        self, connection: Connection, upto: int = EVER, latest: "Duties | None" = None
    ) -> None:
        """Read within the caller's transaction. latest: what is known already, every version of it."""
        self._connection = connection
        self._upto = upto
        self._posts = Posts(connection, upto)
        self._planned: Planned = latest._planned if latest else Planned(connection)
        self._since: dict[str, Mapping[str, int]] = {}
        self._by_day: dict[str, dict[int, list[str]]] = {}
        self._shifts: dict[str, tuple[Version[Shift], ...]] = {}

    def read(
        self, people: Collection[str] | None, sites: Collection[str] = (), around: Around = ALWAYS
    ) -> None:
        """Read the assignments of these people (None: of everyone), and what begins at these sites around some days."""
        self._planned.read(people, sites, around)

    def forget(self) -> None:
        """Forget whose assignments were read; shifts stay known."""
        self._since, self._by_day = {}, {}
        self._planned.forget()

    def has_shifts(self, who: str) -> bool:
        """Tell whether this number is assigned to any shift at all."""
        return self._planned.has_shifts() and bool(self._assigned(who))

    def shifts(self, who: str, site: str, day: int) -> tuple[Shift, ...]:
        """Give the shifts at this site that this number is assigned to and that start on this date or the day before."""
        since = self._assigned(who)
        if not since:
            return ()
        found = []
        for code in {*self._of_day(who, day), *self._of_day(who, day - 1)}:
            shift = last_in_force(self._versions(code), day)
            if shift is None or since[code] > day or day_of(shift.start_ms) not in (day, day - 1):
                continue
            held = self._posts.held(shift.post, day)
            if held is not None and held.site == site:
                found.append(shift)
        return tuple(sorted(found))

    def is_planned(self, site: str, day: int) -> bool:
        """Tell whether any shift at this site starts on this date or the day before."""
        if not self._planned.has_shifts():
            return False
        begin = self._planned.begins(site, day)
        return min(begin.get(day, EVER), begin.get(day - 1, EVER)) <= min(self._upto, EVER - 1)

    def post(self, code: str, day: int) -> Post | None:
        """Give a post as of this day."""
        held = self._posts.held(code, day)
        return held.post if held else None

    def is_certified(self, site: str, day: int) -> bool:
        """Tell whether a certified activity ran at this site on this day."""
        return self._posts.is_certified(site, day)

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

    def _assigned(self, who: str) -> Mapping[str, int]:
        """Give since when a number is assigned to each of its shifts."""
        found = self._since.get(who)
        if found is None:
            own: dict[str, int] = {}
            for shift, since, entered in self._planned.assigned(who):
                if entered <= self._upto:
                    own[shift] = min(since, own.get(shift, since))
            found = self._since[who] = own
        return found

    def _of_day(self, who: str, day: int) -> list[str]:
        if who not in self._by_day:
            found: dict[int, list[str]] = {}
            for code in self._assigned(who):
                for start in {day_of(version.value.start_ms) for version in self._versions(code)}:
                    found.setdefault(start, []).append(code)
            self._by_day[who] = found
        return self._by_day[who].get(day, [])

    def _versions(self, code: str) -> tuple[Version[Shift], ...]:
        """Give the versions of a shift as they stood, in the order in which they count."""
        if code not in self._shifts:
            self._shifts[code] = tuple(
                Version(since, shift)
                for (since, entered), shift in self._planned.versions(code)
                if entered <= self._upto
            )
        return self._shifts[code]
