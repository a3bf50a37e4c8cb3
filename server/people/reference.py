"""The dated reference data as reconciliation asks for it: for these people, and for whatever sites they turn out to be at.

People are read in bulk, sites when first asked for; each answer is kept, so that asking again costs one look-up.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from server import bulk
from server.badges.signing_keys import KeyState
from server.central_order import entered_before, order_of, place_at, ranks
from server.models.badge import BadgeKey, BadgeRevocation
from server.models.central_place import CentralPlace
from server.people.duties import EVER, Duties
from server.people.places import Places
from server.people.roster import in_parts
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
        "_places",
        "_plain",
        "_policies",
        "_regions",
        "_revoked",
        "_teams",
        "_upto",
        "_withdrawn",
    )

    def __init__(
        self, connection: Connection, *, upto: int = EVER, before: int | None = None
    ) -> None:
        """Read nothing yet."""
        self._connection = connection
        self._upto = upto
        self._before = before
        self._teams: dict[str, _Team] = {}
        self._revoked: dict[str, tuple[Revocation, ...]] = {}
        self._withdrawn: dict[bytes, int] | None = None
        self._places = Places(connection, upto)
        self._duties = Duties(connection, upto)
        self._policies: dict[tuple[str, int], Policy] = {}
        self._regions: dict[tuple[str, int], str] = {}
        self._plain: dict[tuple[str, str, int], bool] = {}
        self._earlier: dict[int, DatedReference] = {}

    def read(self, people: Collection[str] | None) -> None:
        """Read what there is about these people (None: everyone)."""
        shared: dict[str, str] = {}  # one string a team, not one a person
        for some in [None] if people is None else in_parts(people):
            marks = "" if some is None else f"number IN ({', '.join('?' * len(some))}) AND"
            asked = (*(some or ()), self._upto)
            rows = bulk.fetch(self._connection, _TEAMS.format(where=marks), asked)
            _read_teams(rows, self._teams, shared)
            for who in some or ():
                self._teams.setdefault(who, "")
        self._revoked.update(_read_revocations(self._connection, people, self._before))
        self._duties.read(people)

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
        return self._revoked.get(who, ())

    def withdrawn(self, key: bytes) -> int | None:
        """Give since when nothing counts that this badge key signed (its id); None if it was not withdrawn."""
        if self._withdrawn is None:
            self._withdrawn = _read_withdrawals(self._connection, self._before)
        return self._withdrawn.get(key)

    def stood_before(self, order: int) -> Reference:
        """Give the reference data as it stood before this place in central order."""
        if order not in self._earlier:
            upto = entered_before(self._connection, *place_at(self._connection, order))
            then = _Lazy(self._connection, upto=upto, before=order)
            self._earlier[order] = then
        return self._earlier[order]

    def is_known(self, who: str) -> bool:
        """Tell whether this number is a volunteer's."""
        return self._duties.is_known(who)

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
        return self._duties.born(who, day)

    def trainings(self, who: str, day: int) -> tuple[str, ...]:
        """Give the names of the trainings that this number had on or before this day."""
        return self._duties.trainings(who, day)

    def insurances(self, who: str, day: int) -> tuple[Cover, ...]:
        """Give the insurances of this number, as known on this day."""
        return self._duties.insurances(who, day)


class _Lazy(DatedReference):
    """An earlier state, asked for few people: each is read when first asked for."""

    __slots__ = ()

    def team(self, who: str, day: int) -> str:
        """Give the person's team on this day ("" for none)."""
        self._look_up(who)
        return super().team(who, day)

    def revocations(self, who: str) -> tuple[Revocation, ...]:
        """Give what was revoked of this number's badges, in order of time."""
        self._look_up(who)
        return super().revocations(who)

    def _look_up(self, who: str) -> None:
        if who not in self._teams:
            self.read([who])


def load_reference(connection: Connection, people: Collection[str] | None) -> Reference:
    """Read what reconciling these people (None: everyone) needs. Good for the caller's transaction only."""
    reference = DatedReference(connection)
    reference.read(people)
    return reference


def _read_revocations(
    connection: Connection, people: Collection[str] | None, before: int | None
) -> dict[str, tuple[Revocation, ...]]:
    """Give what was revoked before a place in central order. Few badges are: where nothing was, nobody is looked up."""
    gone = select(
        BadgeRevocation.number,
        BadgeRevocation.serial,
        BadgeRevocation.from_ms,
        CentralPlace.log,
        CentralPlace.seq,
    ).outerjoin(CentralPlace, CentralPlace.hash == BadgeRevocation.entry_hash)
    gone = gone.order_by(BadgeRevocation.from_ms, BadgeRevocation.serial)
    if connection.execute(select(BadgeRevocation.number).limit(1)).first() is None:
        return {}
    rank = ranks(connection)
    found: dict[str, tuple[Revocation, ...]] = {}
    for some in [None] if people is None else in_parts(people):
        asked = gone if some is None else gone.where(BadgeRevocation.number.in_(some))
        for number, serial, from_ms, log, seq in connection.execute(asked):
            if before is None or log is None or order_of(rank[log], seq) < before:
                found[number] = (*found.get(number, ()), Revocation(serial, from_ms))
    return found


def _read_withdrawals(connection: Connection, before: int | None) -> dict[bytes, int]:
    """Give since when keys are withdrawn, by what was said before a place in central order: the earliest time."""
    said = (
        select(BadgeKey.key, BadgeKey.from_ms, CentralPlace.log, CentralPlace.seq)
        .outerjoin(CentralPlace, CentralPlace.hash == BadgeKey.entry_hash)
        .where(BadgeKey.state == KeyState.WITHDRAWN)
    )
    rank = ranks(connection)
    found: dict[bytes, int] = {}
    for key, from_ms, log, seq in connection.execute(said):
        if before is None or log is None or order_of(rank[log], seq) < before:
            found[bytes(key)] = min(from_ms, found.get(bytes(key), from_ms))
    return found


_TEAMS = (
    "SELECT number, valid_from, team FROM volunteer WHERE {where} entered <= ? "
    "ORDER BY number, valid_from, entered"
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
