"""The dated reference data as reconciliation asks for it: for these people, and for whatever sites they turn out to be at.

People are read in bulk, sites when first asked for; each answer is kept, so that asking again costs one look-up.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from server.central_order import BEHIND_ALL, entered_before, place_at
from server.people.badges_gone import Gone, gone_of
from server.people.duties import Duties
from server.people.person_versions import PersonRow, PersonVersions
from server.people.places import EVER, Places
from server.people.planned import ALWAYS, Around
from server.people.versions import Version, in_force
from server.reconcile.facts import Cover, Post, Reference, Revocation, Shift
from server.reconcile.policy import Policy
from server.reconcile.rules.posts import is_plain

_Team = str | tuple[Version[str], ...]
"""The one team that a person has had throughout, or the versions in the order of `valid_from`."""


class DatedReference:
    """`server.reconcile.facts.Reference` over the database, within the caller's transaction.

    upto: as it stood after so many changes of reference data; before: and before this place in central order.
    """

    __slots__ = (
        "_before",
        "_connection",
        "_duties",
        "_earlier",
        "_gone",
        "_people",
        "_places",
        "_plain",
        "_policies",
        "_regions",
        "_stood",
        "_teams",
        "_upto",
    )

    def __init__(
        self,
        connection: Connection,
        *,
        upto: int = EVER,
        before: int | None = None,
        latest: "DatedReference | None" = None,
    ) -> None:
        """Read nothing yet. latest: what is known of people already, every version of it."""
        self._connection = connection
        self._upto = upto
        self._before = before
        self._people: PersonVersions = latest._people if latest else PersonVersions(connection)
        self._teams: dict[str, _Team] = {}
        self._gone: Gone | None = None
        self._places = Places(connection, upto)
        self._duties: Duties = Duties(connection, upto, latest._duties if latest else None)
        self._policies: dict[tuple[str, int], Policy] = {}
        self._regions: dict[tuple[str, int], str] = {}
        self._plain: dict[tuple[str, str, int], bool] = {}
        self._earlier: dict[int, DatedReference] = {}
        self._stood: dict[int, int] = {}

    def turn_to(self, people: Collection[str]) -> None:
        """Forget whoever was read before, and read what there is about these people; what is not about people stays known."""
        self._people = PersonVersions(self._connection)
        self._teams, self._earlier = {}, {}
        self._duties.forget()
        self.read(people)

    def read(
        self, people: Collection[str] | None, sites: Collection[str] = (), around: Around = ALWAYS
    ) -> None:
        """Read what there is about these people (None: everyone), and what is planned at these sites around some days."""
        _read_teams(self._people.read(people), self._teams)
        for who in people or ():
            self._teams.setdefault(who, "")
        self._gone = None
        self._duties.read(people, sites, around)

    def stood(self, entered: Mapping[int, int]) -> None:
        """Say how many changes of reference data were made before places in central order: `stood_before` need not ask."""
        self._stood.update(entered)

    def name(self, who: str) -> str:
        """Give the person's newest name ("" for none)."""
        return max(
            ((r.valid_from, r.entered, r.name) for r in self._people.of(who)), default=_NOBODY
        )[2]

    def team(self, who: str, day: int) -> str:
        """Give the person's team on this day ("" for none)."""
        team = self._teams.get(who, "")
        return team if type(team) is str else in_force(team, day, "")  # type: ignore[arg-type] # the other half

    def region(self, site: str, day: int) -> str:
        """Give the site's region on this day ("" for none)."""
        key = (site, day)
        found = self._regions.get(key)
        if found is None:
            found = self._regions[key] = self._places.region(site, day)
        return found

    def policy(self, site: str, day: int) -> Policy:
        """Give the figures in force at this site on this day."""
        key = (site, day)
        found = self._policies.get(key)
        if found is None:
            found = self._policies[key] = self._places.policy(site, day)
        return found

    def revocations(self, who: str) -> tuple[Revocation, ...]:
        """Give what was revoked of this number's badges, in order of time."""
        return self._all_gone().badges.get(who, ())

    def withdrawn(self, key: bytes) -> int | None:
        """Give since when nothing counts that this badge key signed (its id); None if it was not withdrawn."""
        return self._all_gone().keys.get(key)

    def stood_before(self, order: int) -> Reference:
        """Give the reference data as it stood before this place in central order."""
        if order == BEHIND_ALL:
            return self
        if order not in self._earlier:
            upto = self._stood.get(order)
            if upto is None:
                upto = entered_before(self._connection, *place_at(self._connection, order))
            then = _Earlier(self._connection, upto=upto, before=order, latest=self)
            self._earlier[order] = then
        return self._earlier[order]

    def is_known(self, who: str) -> bool:
        """Tell whether this number is a volunteer's."""
        return any(row.entered <= self._upto for row in self._people.of(who))

    def is_plain(self, site: str, post: str, day: int) -> bool:
        """Tell whether no rule about shifts, posts and activities can have anything to say there then."""
        key = (site, post, day)
        found = self._plain.get(key)
        if found is None:
            found = self._plain[key] = is_plain(self, site, post, day)
        return found

    def has_shifts(self, who: str) -> bool:
        """Tell whether this number is assigned to any shift at all."""
        return self._duties.has_shifts(who)

    def shifts(self, who: str, site: str, day: int) -> tuple[Shift, ...]:
        """Give the shifts at this site that this number is assigned to and that start on this date or the day before."""
        return self._duties.shifts(who, site, day)

    def is_planned(self, site: str, day: int) -> bool:
        """Tell whether any shift at this site starts on this date or the day before."""
        return self._duties.is_planned(site, day)

    def post(self, code: str, day: int) -> Post | None:
        """Give a post as of this day."""
        return self._duties.post(code, day)

    def place(self, site: str, day: int) -> tuple[int, int] | None:
        """Give latitude and longitude of a site in millionths of a degree."""
        return self._places.place(site, day)

    def is_certified(self, site: str, day: int) -> bool:
        """Tell whether a certified activity ran at this site on this day."""
        return self._duties.is_certified(site, day)

    def born(self, who: str, day: int) -> int | None:
        """Give the date of birth, as known on this day."""
        known = [r for r in self._people.of(who) if r.entered <= self._upto]
        return in_force([Version(row.valid_from, row.born) for row in known], day, None)

    def trainings(self, who: str, day: int) -> tuple[str, ...]:
        """Give the names of the trainings that this number had on or before this day."""
        return self._duties.trainings(who, day)

    def insurances(self, who: str, day: int) -> tuple[Cover, ...]:
        """Give the insurances of this number, as known on this day."""
        return self._duties.insurances(who, day)

    def _all_gone(self) -> Gone:
        if self._gone is None:
            self._gone = gone_of(self._people.gone, self._before)
        return self._gone


class _Earlier(DatedReference):
    """An earlier state, asked for few people: each is looked up when first asked for."""

    __slots__ = ()

    def team(self, who: str, day: int) -> str:
        """Give the person's team on this day ("" for none)."""
        if who not in self._teams:
            known = [row for row in self._people.of(who) if row.entered <= self._upto]
            _read_teams(known, self._teams)
            self._teams.setdefault(who, "")
        return super().team(who, day)

    def revocations(self, who: str) -> tuple[Revocation, ...]:
        """Give what was revoked of this number's badges, in order of time."""
        if not self._people.has(who):
            self._people.read([who])
            self._gone = None
        return super().revocations(who)


def load_reference(
    connection: Connection,
    people: Collection[str] | None,
    sites: Collection[str] = (),
    around: Around = ALWAYS,
) -> DatedReference:
    """Read what reconciling these people (None: everyone) needs; of shifts at sites, those at these, around some local days.

    Whatever else is asked for is read then. Good for the caller's transaction only.
    """
    reference = DatedReference(connection)
    reference.read(people, sites, around)
    return reference


_NOBODY = (0, 0, "")


def _read_teams(rows: Iterable[PersonRow], found: dict[str, _Team]) -> None:
    shared: dict[str, str] = {}  # one string a team, not one a person
    for number, valid_from, _, name, *_ in rows:
        team = shared.setdefault(name, name)
        before = found.get(number)
        if before is None:
            found[number] = team if valid_from == 0 else (Version(valid_from, team),)
        elif before != team:
            first = (Version(0, before),) if isinstance(before, str) else before
            found[number] = (*first, Version(valid_from, team))
