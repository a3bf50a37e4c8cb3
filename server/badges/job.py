"""What every print has in common: whose badges, signed with which keys, for how long, and whether old ones are replaced."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, select

from server.badges.issue import YEARS, Issued, issue_badges
from server.badges.revoke import Append, QueuePeople, revoke_in
from server.badges.wanted import Printed, Wanted, sort_out
from server.database import Database
from server.limits import REISSUE_AGAIN_MS
from server.models.badge import BadgeRevocation


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
        return issue_badges(connection, self.keys, here, now_ms=self.now_ms, years=self.years)

    def _revoke(self, connection: Connection, replace: Replace, here: Sequence[str]) -> int:
        """Revoke what these people have; tell how many badges were. One replaced just now is the new one already."""
        just_now = select(BadgeRevocation.number, func.max(BadgeRevocation.from_ms))
        just_now = just_now.where(BadgeRevocation.number.in_(here))
        last = {
            row[0]: row[1] for row in connection.execute(just_now.group_by(BadgeRevocation.number))
        }
        due = [n for n in here if last.get(n, -REISSUE_AGAIN_MS) <= self.now_ms - REISSUE_AGAIN_MS]
        return revoke_in(
            connection,
            due,
            replace.reason,
            now_ms=self.now_ms,
            append=replace.append,
            queue_people=replace.queue_people,
        )
