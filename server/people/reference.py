"""The dated reference data as reconciliation asks for it: for these people, and for whatever sites they turn out to be at.

People are read in bulk, sites when first asked for; each answer is kept, so that asking again costs one look-up.
"""

from collections.abc import Collection

from sqlalchemy import Connection, Select, select

from server.models.badge import BadgeRevocation
from server.models.volunteer import Volunteer
from server.people.places import Places
from server.people.roster import in_parts
from server.people.versions import Version, in_force
from server.reconcile.facts import Reference, Revocation
from server.reconcile.policy import Policy

_Team = str | tuple[Version[str], ...]
"""The one team that a person has had throughout, or the versions in the order of `valid_from`."""


class DatedReference:
    """`server.reconcile.facts.Reference` over the database, within the caller's transaction."""

    __slots__ = ("_places", "_policies", "_regions", "_revoked", "_teams")

    def __init__(
        self,
        teams: dict[str, _Team],
        revoked: dict[str, tuple[Revocation, ...]],
        places: Places,
    ) -> None:
        """Keep what was read, and where more can be read."""
        self._teams = teams
        self._revoked = revoked
        self._places = places
        self._policies: dict[tuple[str, int], Policy] = {}
        self._regions: dict[tuple[str, int], str] = {}

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
        """Give what was revoked of this person's badges, in order of time."""
        return self._revoked.get(who, ())


def load_reference(connection: Connection, people: Collection[str] | None) -> Reference:
    """Read what reconciling these people (None: everyone) needs. Good for the caller's transaction only."""
    teams = select(Volunteer.number, Volunteer.valid_from, Volunteer.team).order_by(
        Volunteer.number, Volunteer.valid_from, Volunteer.entered
    )
    revoked = select(
        BadgeRevocation.number, BadgeRevocation.serial, BadgeRevocation.from_ms
    ).order_by(BadgeRevocation.from_ms, BadgeRevocation.serial)
    found_teams: dict[str, _Team] = {}
    found_revoked: dict[str, tuple[Revocation, ...]] = {}
    for some in [None] if people is None else in_parts(people):
        asked = teams if some is None else teams.where(Volunteer.number.in_(some))
        _read_teams(connection, asked, found_teams)
        gone = revoked if some is None else revoked.where(BadgeRevocation.number.in_(some))
        for number, serial, from_ms in connection.execute(gone):
            found_revoked[number] = (*found_revoked.get(number, ()), Revocation(serial, from_ms))
    return DatedReference(found_teams, found_revoked, Places(connection))


def _read_teams(
    connection: Connection, asked: Select[str, int, str], found: dict[str, _Team]
) -> None:
    shared: dict[str, str] = {}  # one string a team, not one a person
    for number, valid_from, name in connection.execute(asked):
        team = shared.setdefault(name, name)
        before = found.get(number)
        if before is None:
            found[number] = team if valid_from == 0 else (Version(valid_from, team),)
        elif before != team:
            first = (Version(0, before),) if isinstance(before, str) else before
            found[number] = (*first, Version(valid_from, team))
