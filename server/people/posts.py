"""Posts with what they need, and activities, as they stood: the reference data behind D7 to D9 and E9."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.kept import Kept, is_view
from server.models.activity import Activity
from server.models.post import Post as PostRow
from server.people.places import EVER
from server.people.versions import Entered, Version, as_stood, last_in_force
from server.reconcile.facts import Post


class Held(NamedTuple):
    """A post, and where it is."""

    site: str
    post: Post


class _Run(NamedTuple):
    """An activity, from its first to its last day (None: open)."""

    site: str
    first_day: int | None
    last_day: int | None
    certified: bool

    def covers(self, site: str, day: int) -> bool:
        """Tell whether it ran at a site on a day, certified."""
        return (
            self.certified
            and self.site == site
            and (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
        )


_Posts = Mapping[str, Sequence[Entered[Held]]]
_Runs = Sequence[Sequence[Entered[_Run]]]


class Posts:
    """Reads posts when each is first asked for, and activities (few) all at once.

    Within a view all of them are read together, and kept by the process until one has changed.
    """

    def __init__(self, connection: Connection, upto: int = EVER) -> None:
        """Read within the caller's transaction. upto: what stood after so many changes of reference data."""
        self._connection = connection
        self._upto = upto
        self._posts: dict[str, tuple[Version[Held], ...]] = {}
        self._is_kept = is_view(connection)

    def held(self, code: str, day: int) -> Held | None:
        """Give a post and its site as of this day; None for one that was not there yet."""
        return last_in_force(self._versions(code), day)

    def is_certified(self, site: str, day: int) -> bool:
        """Tell whether a certified activity ran at this site on this day."""
        runs = (last_in_force(versions, day) for versions in self._runs)
        return any(run.covers(site, day) for run in runs if run is not None)

    def _versions(self, code: str) -> tuple[Version[Held], ...]:
        found = self._posts.get(code)
        if found is None:
            c = self._connection
            kept = _POSTS.of(c) if self._is_kept else _read_posts(c, code)
            found = self._posts[code] = as_stood(kept.get(code, ()), self._upto)
        return found

    @cached_property
    def _runs(self) -> list[tuple[Version[_Run], ...]]:
        c = self._connection
        kept = _RUNS.of(c) if self._is_kept else _read_runs(c)
        return [as_stood(versions, self._upto) for versions in kept]


def _read_posts(connection: Connection, only: str | None = None) -> _Posts:
    """Read every version of a post, or of all (None)."""
    p = PostRow
    asked = select(p.code, p.valid_from, p.entered, p.site, p.role, p.needs, p.capacity)
    ordered = asked.order_by(p.valid_from, p.entered)
    found: dict[str, list[Entered[Held]]] = {}
    for name, since, entered, site, role, needs, capacity in connection.execute(
        ordered if only is None else ordered.where(p.code == only)
    ):
        post = Post(role, tuple(item for item in needs.split(";") if item), capacity)
        found.setdefault(name, []).append(Entered(since, entered, Held(site, post)))
    return found


def _read_runs(connection: Connection) -> _Runs:
    a = Activity
    asked = select(a.code, a.valid_from, a.entered, a.site, a.first_day, a.last_day, a.certified)
    found: dict[str, list[Entered[_Run]]] = {}
    for code, since, entered, site, first, last, certified in connection.execute(
        asked.order_by(a.valid_from, a.entered)
    ):
        run = _Run(site, first, last, certified == 1)
        found.setdefault(code, []).append(Entered(since, entered, run))
    return list(found.values())


_POSTS, _RUNS = Kept(_read_posts), Kept(_read_runs)
