"""How the keys that sign badges stand: what each does, what it signed, and which kiosks can have it."""

from collections.abc import Container
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server.badges.signing_keys import SigningKey, all_keys, signing_key
from server.models.badge import Badge
from server.models.log import Enrolment, Log


@dataclass(frozen=True, slots=True)
class KeyTold:
    """A key. state: next, signing, verifying, retired or withdrawn. here: whether its private half is on this machine.

    kiosks: enrolled ones; kiosks_since: those of them that were heard since the key was announced, and so have it.
    """

    key: str
    state: str
    announced_ms: int
    from_ms: int
    badges: int
    kiosks: int
    kiosks_since: int
    here: bool


def tell_keys(connection: Connection, now_ms: int, here: Container[bytes]) -> list[KeyTold]:
    """Give every key there ever was, the oldest first. here: the ids of the private keys on this machine."""
    signing = signing_key(connection, now_ms).id
    signed = select(Badge.key, func.count()).group_by(Badge.key)
    badges = {bytes(key): count for key, count in connection.execute(signed)}
    enrolled = select(Enrolment.log).distinct()
    heard = select(Log.contact_ms).where(Log.kind == "kiosk", Log.name.in_(enrolled))
    contacts = list(connection.scalars(heard))
    return [
        KeyTold(
            key=key.id.hex(),
            state=_state(key, signing, now_ms),
            announced_ms=key.announced_ms,
            from_ms=key.from_ms,
            badges=badges.get(key.id, 0),
            kiosks=len(contacts),
            kiosks_since=sum(contact >= key.announced_ms for contact in contacts),
            here=key.id in here,
        )
        for key in all_keys(connection)
    ]


def _state(key: SigningKey, signing: bytes, now_ms: int) -> str:
    if key.withdrawn_ms is not None:
        return "withdrawn"
    if key.retired:
        return "retired"
    if key.id == signing:
        return "signing"
    return "next" if key.from_ms > now_ms else "verifying"
