"""Change the key that signs badges without a gap: announced first, it signs from a later time on. Withdraw a stolen one."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from schemas.vocabulary import Code
from server.badges.signing_keys import KeyState, Record, SigningKey, all_keys, say, signing_key
from server.books.derive.queue import queue_people
from server.database import Database
from server.keys import make_badge_key
from server.limits import BADGE_KEYS_MAX, PRINTED_LISTED_MAX
from server.models.badge import Badge, BadgeRevocation
from sync.errors import Refused
from sync.ids import badge_key_id


@dataclass(frozen=True, slots=True)
class Rotated:
    """The key that signs next. from_ms: from then on. already: it was announced before, and nothing was done now."""

    key: str
    from_ms: int
    already: bool
    retired: list[str]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A key whose badges do not count any more. badges: how many of them did; people: whose (the first of many).

    signing: the key that signs now.
    """

    key: str
    from_ms: int
    already: bool
    badges: int
    people: list[str]
    signing: str


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What changing keys needs. folder: of the private keys. record: writes the central entry."""

    database: Database
    folder: Path
    now_ms: int
    record: Record

    def rotate(self, from_ms: int) -> Rotated:
        """Announce a new key that signs from this time on, and retire those whose badges have all expired.

        One that is announced already stays the next one; it only ever takes over earlier than was said. Raise
        `Refused(bad_field)` where so many keys verify that another would burden every kiosk.
        """
        with self.database.write_facts() as connection:
            retired = self._retire(connection)
            coming = [key for key in self._verifying(connection) if key.from_ms > self.now_ms]
            if coming and coming[0].from_ms <= from_ms:
                return Rotated(coming[0].id.hex(), coming[0].from_ms, True, retired)
            public = coming[0].public if coming else self._make(connection)
            say(connection, self.record, public, KeyState.SIGNING, from_ms, "")
        return Rotated(badge_key_id(public).hex(), from_ms, False, retired)

    def withdraw(self, key_id: str, reason: str) -> Withdrawn:
        """Withdraw a key: from now on nothing that it signed counts. If it signs, the next one takes over at once.

        Raise `Refused(not_found)` for a key that was never ours.
        """
        with self.database.write_facts() as connection:
            found = {key.id.hex(): key for key in all_keys(connection)}.get(key_id)
            if found is None:
                raise Refused(Code.NOT_FOUND, "没有此密钥 / no such key")
            already = found.withdrawn_ms is not None
            badges, people = _holders(connection, found.id, self.now_ms)
            if not already:
                queue_people(connection, None)  # before the central log, as others do
                say(connection, self.record, found.public, KeyState.WITHDRAWN, self.now_ms, reason)
                self._take_over(connection)
            from_ms = self.now_ms if found.withdrawn_ms is None else found.withdrawn_ms
            signing = signing_key(connection, self.now_ms).id.hex()
        return Withdrawn(key_id, from_ms, already, badges, people, signing)

    def _take_over(self, connection: Connection) -> None:
        """See to it that a key signs now: one that does, else the next one, else a new one."""
        left = self._verifying(connection)
        if any(key.from_ms <= self.now_ms for key in left):
            return
        public = left[0].public if left else self._make(connection)
        say(connection, self.record, public, KeyState.SIGNING, self.now_ms, "")

    def _make(self, connection: Connection) -> bytes:
        if len(self._verifying(connection)) >= BADGE_KEYS_MAX:
            raise Refused(Code.BAD_FIELD, f"密钥太多 / more than {BADGE_KEYS_MAX} keys in use")
        return make_badge_key(self.folder)

    def _verifying(self, connection: Connection) -> list[SigningKey]:
        return [key for key in all_keys(connection) if key.verifies]

    def _retire(self, connection: Connection) -> list[str]:
        """Retire the keys that sign no more and whose last badge has expired."""
        signing = signing_key(connection, self.now_ms)
        done: list[str] = []
        for key in self._verifying(connection):
            if (key.from_ms, key.id) >= (signing.from_ms, signing.id):
                continue
            last_s = connection.scalar(select(func.max(Badge.expires_s)).where(Badge.key == key.id))
            if (last_s or 0) * 1000 < self.now_ms:
                say(connection, self.record, key.public, KeyState.RETIRED, self.now_ms, "")
                done.append(key.id.hex())
        return done


def _holders(connection: Connection, key: bytes, now_ms: int) -> tuple[int, list[str]]:
    """Give how many badges of a key have neither expired nor been revoked, and whose they are."""
    gone = (
        select(func.max(BadgeRevocation.serial))
        .where(BadgeRevocation.number == Badge.number)
        .scalar_subquery()
    )
    counting = (
        (Badge.key == key)
        & (Badge.expires_s * 1000 > now_ms)
        & (Badge.serial > func.coalesce(gone, 0))
    )
    count = connection.scalar(select(func.count()).select_from(Badge).where(counting)) or 0
    numbers = select(Badge.number).where(counting).distinct().order_by(Badge.number)
    return count, list(connection.scalars(numbers.limit(PRINTED_LISTED_MAX)))
