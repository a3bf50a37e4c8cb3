"""What every print has in common: whose badges, signed with which keys, for how long, and whether old ones are replaced."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from server.badges.issue import YEARS, Issued, issue_badges
from server.badges.revoke import Append, QueuePeople, revoke_in
from server.badges.wanted import Printed, Wanted, sort_out
from server.database import Database
from server.limits import REISSUE_AGAIN_MS
from server.models.badge import Badge


@dataclass(frozen=True, slots=True)
class Replace:
    """Old badges are replaced: revoked for this reason, and the next serial is issued in the same transaction."""

    reason: str
    append: Append
    queue_people: QueuePeople


@dataclass(frozen=True, slots=True)
class Job:
    """A print. keys: the private ones, by id. progress: told what is being done and how many are through.

    is_demo: what is printed says so.
    """

    database: Database
    keys: Mapping[bytes, Ed25519PrivateKey]
    wanted: Wanted
    now_ms: int
    progress: Callable[[str, int], None]
    years: int = YEARS
    is_demo: bool = False
    replace: Replace | None = None

    def issue(self, connection: Connection, part: list[str], result: Printed) -> list[Issued]:
        """Give the badges of a part, in the caller's transaction; what is nobody's is noted in the result."""
        here, nobody = sort_out(connection, part)
        result.unknown.extend(nobody)
        if self.replace is not None:
            result.replaced += self._revoke(connection, self.replace, here)
        return issue_badges(
            connection,
            self.keys,
            here,
            now_ms=self.now_ms,
            years=self.years,
            is_reissue=self.replace is not None,
        )

    def _revoke(self, connection: Connection, replace: Replace, here: Sequence[str]) -> int:
        """Revoke what these people have; tell how many badges were. One replaced just now is the new one already."""
        just_now = select(Badge.number).where(
            Badge.number.in_(here), Badge.reissued_ms > self.now_ms - REISSUE_AGAIN_MS
        )
        kept = set(connection.scalars(just_now))
        due = [number for number in here if number not in kept]
        return revoke_in(
            connection,
            due,
            replace.reason,
            now_ms=self.now_ms,
            append=replace.append,
            queue_people=replace.queue_people,
        )
