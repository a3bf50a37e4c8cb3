"""The dated reference data as reconciliation asks for it: for these people, and for whatever sites they turn out to be at.

People are read in bulk, sites when first asked for; each answer is kept, so that asking again costs one look-up.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from server import bulk
from server.models.badge import BadgeRevocation
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
    teams: dict[str, _Team] = {}
    shared: dict[str, str] = {}  # one string a team, not one a person
    for some in [None] if people is None else in_parts(people):
        marks = "" if some is None else f"WHERE number IN ({', '.join('?' * len(some))})"
        rows = bulk.fetch(connection, _TEAMS.format(where=marks), tuple(some or ()))
        _read_teams(rows, teams, shared)
    return DatedReference(teams, _read_revocations(connection, people), Places(connection))


def _read_revocations(
    connection: Connection, people: Collection[str] | None
) -> dict[str, tuple[Revocation, ...]]:
    """Give what was revoked. Few badges are: where nothing was, nobody is looked up."""
    gone = select(BadgeRevocation.number, BadgeRevocation.serial, BadgeRevocation.from_ms).order_by(
        BadgeRevocation.from_ms, BadgeRevocation.serial
    )
    if connection.execute(gone.limit(1)).first() is None:
        return {}
    found: dict[str, tuple[Revocation, ...]] = {}
    for some in [None] if people is None else in_parts(people):
        asked = gone if some is None else gone.where(BadgeRevocation.number.in_(some))
        for number, serial, from_ms in connection.execute(asked):
            found[number] = (*found.get(number, ()), Revocation(serial, from_ms))
    return found


_TEAMS = (
    "SELECT number, valid_from, team FROM volunteer {where} ORDER BY number, valid_from, entered"
)


def _read_teams(
    rows: Iterable[tuple[str, int, str]], found: dict[str, _Team], shared: dict[str, str]
) -> None:
    for number, valid_from, name in rows:
        team = shared.setdefault(name, name)
        before = found.get(number)
        if before is None:
            found[number] = team if valid_from == 0 else (Version(valid_from, team),)
        elif before != team:
            first = (Version(0, before),) if isinstance(before, str) else before
            found[number] = (*first, Version(valid_from, team))
